"""Before answers of a stranger are compared: which are worth a look, and which are too large for one."""

from ...testing.diagnosis import Diagnosis, Fault
from ...testing.diagnosis.answers import Answers

__all__ = ["incomparable", "too_large", "worth_a_look"]

UNASKED = 50            # answers to what was not asked that are looked at


def worth_a_look(expected: Answers, received: Answers) -> Answers:
    """Return all answers that were asked for, and of others a few."""
    others = [key for key in received if key not in expected][:UNASKED]
    return {key: value for key, value in received.items() if key in expected or key in others}


def too_large(name: str, expected: Answers, received: Answers) -> Diagnosis | None:
    """Return what is wrong where an array is far larger than any that was expected, so that none is worked on."""
    most = 4 * max((array.nbytes for array in expected.values()), default=0) + 10_000
    for key, array in received.items():
        if array.nbytes > most:
            shape = expected[key].shape if key in expected else "of nothing"
            return incomparable(name, f"expected shape {shape}, received shape {array.shape}")
    return None


def incomparable(name: str, numbers: str) -> Diagnosis:
    """Return that an answer can not be compared."""
    return Diagnosis(name, 1, (Fault("answer", "", numbers, "wrong shape", "order", "It can not be compared."),))
