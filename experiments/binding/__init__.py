"""Names and values of a config held against the signatures of what they name, and made into objects."""

from .builder import Builder
from .naming import Place
from .overrides import apply_overrides
from .plugins import load_installed, load_plugin, loaded_plugins
from .registry import KINDS, Kind
from .signatures import Argument, arguments_of, out_of_reach
from .values import adapter, is_plain, members

__all__ = [
    "KINDS", "Argument", "Builder", "Kind", "Place", "adapter", "apply_overrides", "arguments_of", "is_plain",
    "load_installed", "load_plugin", "loaded_plugins", "members", "out_of_reach",
]
