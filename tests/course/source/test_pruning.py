"""A package reduced to what some names need."""

import ast
import sys

from chainrule.course.handout.library import library_text
from chainrule.course.source import Imported, prune

FILES = {
    "p/__init__.py": '"""P."""\n\nfrom .a import f, g\nfrom .b import h\n\n__all__ = ["f", "g", "h"]\n',
    "p/a.py": '"""A."""\n\nimport math\nimport os\n\nfrom . import b\nfrom .c import near, far\n\n'
              '__all__ = ["f", "g"]\n\n# how much\nSIZE = 3\n"""Of what it is the size."""\n\n'
              'OTHER = 4\n\n\ndef f(x: "Kind") -> int:\n'
              '    return b.h(SIZE) + near(math.pi)\n\n\ndef g():\n    return far(os.name, OTHER)\n\n\nclass Kind:\n'
              '    """A kind."""\n',
    "p/b.py": '"""B."""\n\n__all__ = ["h"]\n\nTABLE = {}\n\n\ndef h(x):\n    return x\n\n\nTABLE["h"] = h\n',
    "p/c.py": '"""C."""\n\n__all__ = ["far", "near"]\n\n\ndef near(x):\n    return 1\n\n\n'
              'def far(x, y):\n    return 2\n',
}


def test_only_what_is_needed_stays_and_it_stays_as_it_was():
    texts = prune(FILES.get, [Imported("p", "f")])
    assert set(texts) == set(FILES)
    assert texts["p/__init__.py"] == '"""P."""\n\nfrom .a import f\n\n__all__ = ["f"]\n'
    assert texts["p/a.py"] == (
        '"""A."""\n\nimport math\n\nfrom . import b\nfrom .c import near\n\n__all__ = ["f"]\n\n# how much\nSIZE = 3\n'
        '"""Of what it is the size."""\n\n\ndef f(x: "Kind") -> int:\n    return b.h(SIZE) + near(math.pi)\n\n\n'
        'class Kind:\n    """A kind."""\n')
    assert 'TABLE["h"] = h' in texts["p/b.py"]      # what binds nothing may matter
    assert "far" not in texts["p/c.py"]


def test_changed_texts_take_the_place_of_others():
    blanked = FILES["p/a.py"].replace("return b.h(SIZE) + near(math.pi)", "raise NotImplementedError")
    texts = prune(FILES.get, [Imported("p", "f")], {"p/a.py": blanked})
    assert "p/c.py" not in texts and "p/b.py" not in texts and "math" not in texts["p/a.py"]


def test_numpy_stays_where_something_has_to_be_written():
    text = {"q.py": '"""Q."""\nimport numpy as np\n\n\ndef f():\n    raise NotImplementedError\n'}
    assert "import numpy as np" in prune(text.get, [Imported("q", "f")])["q.py"]


def test_every_name_in_a_pruned_library_is_defined():
    texts = prune(library_text, [Imported("chainrule.layers", "LSTM"), Imported("chainrule.optim", "Adam")])
    assert "chainrule/layers/conv.py" not in texts and "chainrule/optim/sgd.py" not in texts
    for path, text in texts.items():
        tree = ast.parse(text)
        assert ast.get_docstring(tree), path
        package = path.split("/")[:-1]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = "/".join([*package[:len(package) - node.level + 1], *(node.module or "").split(".")]).rstrip("/")
                source = texts.get(f"{base}.py") or texts.get(f"{base}/__init__.py")
                assert source is not None, f"{path} imports from {base}"
                assert all(alias.name in source or f"{base}/{alias.name}.py" in texts for alias in node.names), path
            elif isinstance(node, ast.Import):
                assert all(alias.name.partition(".")[0] in sys.stdlib_module_names | {"numpy"} for alias in node.names)
