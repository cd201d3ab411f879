"""Kinds of mistakes that know nothing of the layer: a file for each family, and the order in which they are tried."""

from ..case import Case, Part
from .arrangement import ARRANGEMENT_TESTS, PRODUCT_TESTS
from .axes import AXES_TESTS
from .batches import BATCH_TESTS, MIXING_TESTS
from .calls import CALL_TESTS, argument_changed
from .contributions import CONTRIBUTION_TESTS, MEETING_TESTS, THIN_TESTS
from .formulas import FORMULA_TESTS, LAST_TESTS
from .found import CallTest, Found, PartTest
from .masks import MASK_TESTS
from .modes import MODE_TESTS
from .offsets import OFFSET_TESTS
from .products import SOLVED_TESTS
from .proportions import PATTERN_TESTS, PROPORTION_TESTS, SIGN_TESTS
from .scales import FACTOR_TESTS, SCALE_TESTS
from .terms import TERM_TESTS, gradient_of_others_right, term_constant_along_axes
from .upstream import LINEARITY_TESTS, UPSTREAM_TESTS

__all__ = ["CALL_TESTS", "SURE_TESTS", "VAGUE_TESTS", "CallTest", "Found", "PartTest", "argument_changed", "guess",
           "recognise", "recognise_calls"]

SURE_TESTS: tuple[PartTest, ...] = (
    *FORMULA_TESTS[:1], *UPSTREAM_TESTS, *MODE_TESTS, *SCALE_TESTS, *BATCH_TESTS, *ARRANGEMENT_TESTS, *MASK_TESTS,
    *LINEARITY_TESTS, *AXES_TESTS, *PRODUCT_TESTS, *SOLVED_TESTS, *FACTOR_TESTS, *TERM_TESTS, *OFFSET_TESTS,
    *MEETING_TESTS, *SIGN_TESTS, *CONTRIBUTION_TESTS, *PROPORTION_TESTS, *THIN_TESTS)
"""From the particular to the vague; the first that recognises something has the word."""

VAGUE_TESTS: tuple[PartTest, ...] = (*MIXING_TESTS, *FORMULA_TESTS[1:], term_constant_along_axes, *LAST_TESTS,
                                     *PATTERN_TESTS, gradient_of_others_right)
"""What is said where nothing more particular holds, after the dictionary was asked for terms."""


def recognise(case: Case, part: Part) -> Found | None:
    """Return the kind of mistake in one wrong array, if a test recognises it for sure."""
    return next((found for test in SURE_TESTS if (found := test(case, part))), None)


def guess(case: Case, part: Part) -> Found | None:
    """Return what can be said where no test is sure."""
    return next((found for test in VAGUE_TESTS if (found := test(case, part))), None)


def recognise_calls(case: Case) -> Found | None:
    """Return the kind of mistake where one forward and one backward are right."""
    return next((found for test in CALL_TESTS if (found := test(case))), None)
