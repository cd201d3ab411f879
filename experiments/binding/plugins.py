"""The user's own layers, losses, data sets …: modules named on the command line or installed, never in a config."""

import importlib
import sys
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from ...layers.core import ChainruleError
from .registry import KINDS, exports

__all__ = ["GROUP", "PluginError", "load_installed", "load_plugin", "loaded_plugins"]

GROUP = "chainrule.plugins"     # the group of entry points of installed packages
_asked_for: dict[str, None] = {}


class PluginError(ChainruleError, ImportError):
    """A plugin can not be imported, or has nothing for a config, or a name that is taken."""


def load_plugin(name: str) -> None:
    """Let configs use what the module called ``name`` exports; the current folder is searched too.

    Raises: PluginError.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    _register(name, lambda: importlib.import_module(name))
    _asked_for[name] = None


def loaded_plugins() -> list[str]:
    """Return the modules that ``load_plugin`` was asked for, in their order."""
    return list(_asked_for)


@cache
def load_installed() -> None:
    """Let configs use the modules that installed packages name as entry points of the group ``chainrule.plugins``."""
    for entry in sorted(entry_points(group=GROUP)):
        _register(entry.value, entry.load)


def _register(name: str, load: Any) -> None:
    try:
        module = load()
        found = [(kind, exports(module, base)) for base, kind in KINDS.items()]
    except Exception as error:      # whatever a module of someone else may raise
        raise PluginError(f"plugin {name!r} can not be imported: {type(error).__name__}: {error}") from error
    if not isinstance(module, ModuleType) or not any(members for _, members in found):
        raise PluginError(f"plugin {name!r} has nothing for a config; expected a module with layers, losses, "
                          f"functions that are annotated to return a data set, or the like")
    taken = {name: thing for kind in KINDS.values() for name, thing in kind.members.items()}
    clashes = [own for _, members in found for own, thing in members.items() if taken.get(own, thing) is not thing]
    if clashes:
        raise PluginError(f"plugin {name!r} has names that are taken: {', '.join(clashes)}; give them others")
    for kind, members in found:
        kind.members.update(members)
