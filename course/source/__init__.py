"""Source text taken apart: solutions blanked, what only they used taken out, right versions put back."""

from .blanking import Blanked, blank, without_beyond, without_methods
from .declared_cache import declared_cache
from .inlining import inline
from .locating import Spot, locate
from .module import Imported, Module
from .pruning import prune
from .splicing import splice

__all__ = ["Blanked", "Imported", "Module", "Spot", "blank", "declared_cache", "inline", "locate", "prune", "splice",
           "without_beyond", "without_methods"]
