"""Grades as other systems read them."""

from collections.abc import Callable

from .autolab import autolab
from .classroom50 import classroom50
from .gradescope import gradescope
from .junit import junit
from .prairielearn import prairielearn
from .table import table
from .words import words

__all__ = ["FORMATS", "OF_MANY"]

OF_MANY: dict[str, Callable[..., str]] = {"csv": table, "junit": junit, "text": words}
"""Formats that hold any number of grades."""

FORMATS: dict[str, Callable[..., str]] = {**OF_MANY, "autolab": autolab, "classroom50": classroom50,
                                          "gradescope": gradescope, "prairielearn": prairielearn}
"""All formats; beyond ``OF_MANY`` they hold one grade."""
