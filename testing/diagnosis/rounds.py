"""Ways to call a layer that need more than one round: another before, and the same forward once more."""

from collections.abc import Callable

from ...layers.core import Buffer, replay
from ..trial import copies
from .pupil import Named, Pupil, state_of

__all__ = ["ROUNDS"]


def _later(pupil: Pupil) -> Named:
    """A second round of forward and backward, after one with other inputs and a step that moves the parameters."""
    first, entry = pupil.forward(copies(pupil.question.other_x), seed=pupil.question.seed + 1)
    yield from ((f"{name} of the first round", value) for name, value in pupil.outputs(first))
    for _ in pupil.backward(entry):
        pass
    pupil.layer.zero_grad()
    for name, value in state_of(pupil.layer):
        if isinstance(value, Buffer):
            value.assign(pupil.question.state[name].astype(value.data.dtype))
        else:
            value.data = 1.25 * pupil.question.state[name]
    y, entry = pupil.forward()
    yield from pupil.outputs(y)
    yield from pupil.backward(entry)


def _replayed(pupil: Pupil) -> Named:
    """Forward, and once more under ``replay``, as recomputation does: what is kept between calls moves once."""
    again = replay(pupil.layer)
    pupil.forward()
    yield from pupil.outputs(again(*copies(pupil.question.x)))
    yield from pupil.kept()


ROUNDS: dict[str, Callable[[Pupil], Named]] = {"later": _later, "replayed": _replayed}
"""These ways by name."""
