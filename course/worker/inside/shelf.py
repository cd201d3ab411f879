"""A package held in memory: modules come from texts by path, so that a worker needs no files."""

from collections.abc import Mapping
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import CodeType, ModuleType

__all__ = ["Shelf", "module_name"]


class Shelf(MetaPathFinder, InspectLoader):
    """Finder and loader of modules whose texts are given as ``{"chainrule/layers/linear.py": text}``.

    ``compiled`` has the code of some texts already, made in the warmed parent.
    """

    def __init__(self, texts: Mapping[str, str], compiled: Mapping[str, CodeType] | None = None) -> None:
        self.paths = {module_name(path): path for path in texts if path.endswith(".py")}
        self.texts = texts
        self.compiled = compiled or {}

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return where a module is, None if it is not here."""
        if fullname not in self.paths:
            return None
        return spec_from_loader(fullname, self, origin=self.paths[fullname], is_package=self.is_package(fullname))

    def is_package(self, fullname: str) -> bool:
        """Return whether a module is the ``__init__.py`` of a folder."""
        return self.paths[fullname].rpartition("/")[2] == "__init__.py"

    def get_source(self, fullname: str) -> str:
        """Return the text of a module."""
        return self.texts[self.paths[fullname]]

    def get_code(self, fullname: str) -> CodeType:
        """Return the code of a module."""
        path = self.paths[fullname]
        return self.compiled.get(path) or compile(self.texts[path], path, "exec", dont_inherit=True)


def module_name(path: str) -> str:
    """Return the dotted name of a path: ``a/__init__.py`` is ``a``, ``a/b.py`` is ``a.b``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
