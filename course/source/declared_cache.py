"""What a class says that it keeps for its way back."""

import ast
import re

from .locating import definition_of

__all__ = ["declared_cache"]


def declared_cache(text: str, path: tuple[str, ...]) -> str:
    """Return what a class says that its cache is: behind ``Cache:`` in its docstring, or as a tuple named like it.

    Example:
        >>> from chainrule.course.source import declared_cache
        >>> declared_cache('class A:\\n    "Cache: ``(x, y)``, what was read"\\n', ("A",))
        '``(x, y)``, what was read'
        >>> declared_cache("class ACache(NamedTuple):\\n    x: Array\\n    y: Array\\nclass A:\\n    pass", ("A",))
        'ACache(x, y)'
    """
    tree = ast.parse(text)
    node, kind = definition_of(tree, path), definition_of(tree, (f"{path[-1]}Cache",))
    said = re.search(r"^Cache:\s*((?:.+\n?)+)", (ast.get_docstring(node) if node else None) or "", re.MULTILINE)
    if said is not None:
        return " ".join(said[1].split())
    fields = [ast.unparse(each.target) for each in (kind.body if kind else ()) if isinstance(each, ast.AnnAssign)]
    return f"{path[-1]}Cache({', '.join(fields)})" if fields else ""
