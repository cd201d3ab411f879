"""How long a right answer takes, in the time of the reference: time that the system counts, and nobody can forge."""

from collections.abc import Callable, Mapping

__all__ = ["times_as_long"]

ANSWER, READY = (f"chainrule.course.answering:answer_{what}" for what in ("part", "nothing"))
SHORTEST = 0.02         # seconds: below, noise is all there is
RUNS = 3


def times_as_long(processor: Callable[[str, Mapping[str, str]], float], texts: Mapping[str, str],
                  right: Mapping[str, str]) -> float:
    """Return how many times as long as the reference a submission takes, beyond what getting ready takes.

    Args:
        processor: returns the seconds of computing of a call with texts
        texts:     of the submission
        right:     of the reference
    """
    ready, reference, own = (min(processor(call, of) for _ in range(RUNS))
                             for call, of in ((READY, right), (ANSWER, right), (ANSWER, texts)))
    return (own - ready) / max(reference - ready, SHORTEST)
