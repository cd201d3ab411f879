"""The file of a config, found by its path or as a recipe, with the files that it includes in their places."""

from collections.abc import Collection
from importlib.resources import files
from pathlib import Path

from ...layers.core import nearest
from .problems import ConfigError, Position
from .reading import MAX_DEPTH, MAX_NODES, Entry, Node, read_config, read_value

__all__ = ["INCLUDE", "find_config", "read_whole", "recipes"]

INCLUDE = "include"


def recipes() -> list[str]:
    """Return the names of the recipes that ship with the package.

    Example:
        >>> from chainrule.experiments import recipes
        >>> "digits_mlp" in recipes()
        True
    """
    names = (entry.name for entry in files("chainrule.configs").iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def find_config(config: str | Path, folder: Path | None = None) -> Path:
    """Return the path of a file, or else of the recipe of that name: ``digits_mlp`` or ``configs/digits_mlp.yaml``."""
    path = Path(config) if folder is None else folder / config
    if path.exists():
        return path
    known, recipe = recipes(), str(config).removeprefix("configs/").removesuffix(".yaml")
    if recipe not in known:
        neighbours = (entry.name for entry in path.parent.glob("*.y*ml"))
        hint = nearest(path.name, neighbours) or nearest(recipe, known) or f"; known: {', '.join(known)}"
        raise ConfigError.at(Position(str(config)), "", f"no such file, and no recipe of that name{hint}")
    return Path(str(files("chainrule.configs") / f"{recipe}.yaml"))


def read_whole(path: Path, sections: Collection[str]) -> Node:
    """Return the config in a file, each ``include: other.yaml`` replaced by what the other file says.

    At the top of a file, the keys beside ``include`` are laid over those of the other file: they replace them, except
    the ``sections``, which are laid over each other in turn. Elsewhere ``{include: other.yaml}`` stands alone. Every
    node keeps the place it was read from.

    Raises: ConfigError for a file that can not be read, a circle, or more than the limits of one file.
    """
    return _Whole(sections).file(read_config(path), path)


class _Whole:
    """Puts files together; ``opened`` are those it is inside of, ``count`` is how many nodes there are so far."""

    def __init__(self, sections: Collection[str]) -> None:
        self.sections = sections
        self.opened: list[Path] = []
        self.count = 0

    def file(self, root: Node, path: Path) -> Node:
        self.opened.append(path.resolve())
        if isinstance(root.value, dict) and INCLUDE in root.value:
            above = {name: entry for name, entry in root.value.items() if name != INCLUDE}
            below = self.included(root.value[INCLUDE].node)
            whole = self.laid_over(below, Node(above, root.position)) if above else below
        else:
            whole = self.inside(root, 0)
        self.opened.pop()
        return whole

    def inside(self, node: Node, depth: int) -> Node:
        self.admit(node, depth)
        if isinstance(node.value, tuple):
            return Node(tuple(self.inside(item, depth + 1) for item in node.value), node.position)
        if not isinstance(node.value, dict):
            return node
        if INCLUDE not in node.value:
            return Node({name: Entry(entry.key_position, self.inside(entry.node, depth + 1))
                         for name, entry in node.value.items()}, node.position)
        if len(node.value) > 1:
            other = next(entry.key_position for name, entry in node.value.items() if name != INCLUDE)
            raise ConfigError.at(other, "", "here 'include' stands alone; only at the top of a file keys beside it "
                                            "change what it includes")
        return self.included(node.value[INCLUDE].node)

    def included(self, name: Node) -> Node:
        """Return what the file called ``name`` says, sought from the folder of the file that includes it."""
        if not isinstance(name.value, str):
            raise ConfigError.at(name.position, INCLUDE, f"expected the path of a file, got {name.kind}")
        try:
            path = find_config(name.value, Path(name.position.file).parent)
            if path.resolve() in self.opened:
                raise ConfigError.at(None, "", f"a circle: {path} is what this is a part of")
            if len(self.opened) >= MAX_DEPTH:
                raise ConfigError.at(None, "", f"nested deeper than {MAX_DEPTH} files")
            root = read_value(path)
        except ConfigError as error:
            [problem, *_] = error.problems
            if problem.where is not None and problem.where.line is not None:
                raise
            raise ConfigError.at(name.position, INCLUDE, problem.message) from None     # the file as a whole
        return self.file(root, path)

    def laid_over(self, below: Node, above: Node) -> Node:
        above = self.inside(above, 0)
        if not isinstance(below.value, dict) or not isinstance(above.value, dict):
            raise ConfigError.at(below.position, "", "expected a mapping for the file that includes this to change, "
                                                     f"got {below.kind}")
        entries = dict(below.value)
        for name, entry in above.value.items():
            old = entries[name].node.value if name in entries and name in self.sections else None
            if isinstance(old, dict) and isinstance(entry.node.value, dict):
                entry = Entry(entry.key_position, Node({**old, **entry.node.value}, entry.node.position))
            entries[name] = entry
        return Node(entries, above.position)

    def admit(self, node: Node, depth: int) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise ConfigError.at(node.position, "", f"more than {MAX_NODES} keys and values, with every file included")
        if depth > MAX_DEPTH:
            raise ConfigError.at(node.position, "", f"nested deeper than {MAX_DEPTH} levels")
