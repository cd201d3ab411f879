"""A second set of mistakes: written without looking at the diagnosis, their families before it first saw them."""

import pytest

from chainrule.testing import Diagnosis, diagnose, diagnose_optimizer

from . import second_set_activations, second_set_images, second_set_sequences
from .second_set import SECOND_SET, Wrong
from .second_set_objectives import OPTIMIZERS

ENTERED = (second_set_activations, second_set_images, second_set_sequences)     # importing them fills the set


def told(entry: Wrong) -> Diagnosis:
    if entry in OPTIMIZERS:
        return diagnose_optimizer(lambda params: entry.kind(params, **entry.options))
    return diagnose(entry.kind(**entry.options), *entry.inputs)


def part(kind: type) -> type:
    """Return the library's class that a wrong one extends."""
    return next(base for base in kind.__mro__ if base.__module__.startswith("chainrule."))


@pytest.mark.long
def test_six_of_ten_mistakes_are_put_in_the_right_family():
    both = [*SECOND_SET, *OPTIMIZERS]
    assert len(both) >= 60
    assert len({part(entry.kind) for entry in both}) >= 20
    wrong = [entry.kind.__name__ for entry in both if told(entry).families[:1] != (entry.family,)]
    assert 1 - len(wrong) / len(both) >= 0.60, wrong
