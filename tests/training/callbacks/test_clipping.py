"""ClipGradNorm: no step is longer than lr * max_norm."""

import numpy as np
import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.training import Callback, ClipGradNorm


class Norms(Callback):
    def __init__(self):
        self.seen = []

    def on_backward_end(self, trainer, loss):
        self.seen.append(np.sqrt(sum(float((p.grad ** 2).sum()) for p in trainer.model.parameters())))


def test_norms_are_clipped_before_the_update(fitted):
    before, after = Norms(), Norms()
    trainer = fitted(before, ClipGradNorm(0.1), after, epochs=5)
    assert max(before.seen) > 0.2
    np.testing.assert_allclose(after.seen, np.minimum(before.seen, 0.1), rtol=1e-4)
    free = fitted(epochs=5)
    assert any((p.data != q.data).any() for p, q in
               zip(trainer.model.parameters(), free.model.parameters(), strict=True))


def test_a_large_bound_changes_nothing(fitted):
    clipped, free = fitted(ClipGradNorm(1e6)), fitted()
    assert all((p.data == q.data).all() for p, q in
               zip(clipped.model.parameters(), free.model.parameters(), strict=True))


def test_zero_is_no_bound():
    with pytest.raises(ValueRangeError, match=r"ClipGradNorm expected max_norm in \(0, inf\], got 0"):
        ClipGradNorm(0)
