"""The formula of the other mode, or of another reduction."""

from ..case import Case, Part
from .found import Found, PartTest

__all__ = ["MODE_TESTS"]


def other_mode(case: Case, part: Part) -> Found | None:
    """What evaluation should give comes in training."""
    other, _ = case.pair("evaluation", part.name)
    if other is None or case.agree(part.expected, other) or not case.agree(part.received, other):
        return None
    return Found("train/eval mixed", "mode", f"{part.name} in training is what it should be in evaluation: the two "
                 f"modes are mixed up.", "training: the batch's own numbers; evaluation: those kept from training")


def other_reduction(case: Case, part: Part) -> Found | None:
    """What another reduction should give comes for this one."""
    for way in ("mean", "sum"):
        other, _ = case.pair(way, part.name)
        if other is not None and part.name == "loss" and case.agree(part.received, other):
            return Found("mean for sum", "mean", f"The loss is that of reduction={way!r}: the division by the number "
                         f"of terms is missing, or one too many.", "mean = sum / number of terms")
    return None


MODE_TESTS: tuple[PartTest, ...] = (other_mode, other_reduction)
