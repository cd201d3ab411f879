"""Source text taken apart: solutions blanked, what only they used taken out, right versions put back."""

from .blanking import Blanked, blank, without_methods
from .locating import Spot, locate
from .module import Imported, Module
from .pruning import prune
from .splicing import splice

__all__ = ["Blanked", "Imported", "Module", "Spot", "blank", "locate", "prune", "splice", "without_methods"]
