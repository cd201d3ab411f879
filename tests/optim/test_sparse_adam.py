"""SparseAdam against PyTorch's, both behind embeddings with sparse gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers import Embedding, EmbeddingBag
from chainrule.layers.core import Parameter, StateError
from chainrule.optim import SparseAdam


@given(st.fixed_dictionaries({
    "lr": st.sampled_from([1e-3, 0.2]), "betas": st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.3, 0.2)]),
    "eps": st.sampled_from([1e-8, 1e-2]), "maximize": st.booleans()}), st.integers(0, 99))
@settings(max_examples=6, deadline=None)
def test_numbers_of_torch(chosen, seed):
    torch, rng = pytest.importorskip("torch"), np.random.default_rng(seed)
    ours = [Embedding(9, 3, padding_idx=2, sparse=True).astype(np.float64) for _ in range(2)]
    theirs = [torch.nn.Embedding(9, 3, padding_idx=2, sparse=True, dtype=torch.float64) for _ in range(2)]
    for mine, other in zip(ours, theirs, strict=True):
        mine.load_state_dict(other.state_dict())
    optimizer = SparseAdam([layer.weight for layer in ours], **chosen)
    reference = torch.optim.SparseAdam([layer.weight for layer in theirs], **chosen)
    for step in range(50):
        optimizer.zero_grad()
        reference.zero_grad()
        for mine, other in zip(ours[:1 + step % 3], theirs[:1 + step % 3], strict=True):    # sometimes only the first
            for _ in range(1 + step % 2):                                   # gradients of two passes add up
                indices = rng.integers(0, 9, (2, 3))
                grad = rng.standard_normal((2, 3, 3))
                mine.forward(indices)
                mine.backward(grad)
                other(torch.tensor(indices)).backward(torch.tensor(grad))
        optimizer.step()
        reference.step()
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.weight.data, other.weight.detach().numpy(), rtol=1e-10, atol=1e-10)
    again = SparseAdam([layer.weight for layer in ours])
    again.load_state_dict(reference.state_dict())
    np.testing.assert_equal(optimizer.state_dict()["state"][0]["step"], again.state_dict()["state"][0]["step"])


def test_rows_that_were_not_looked_up_stay():
    layer = EmbeddingBag(6, 2, sparse=True)
    before = layer.weight.data.copy()
    optimizer = SparseAdam(layer.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        layer.forward(np.array([[1, 4], [4, 4]]))
        layer.backward(np.ones((2, 2), np.float32))
        optimizer.step()
    assert np.flatnonzero((layer.weight.data != before).any(axis=1)).tolist() == [1, 4]
    assert not optimizer.state_dict()["state"][0]["exp_avg"][[0, 2, 3, 5]].any()


def test_a_gradient_of_all_rows():
    w = Parameter(np.ones((3, 2)))
    w.grad = np.ones((3, 2))
    with pytest.raises(StateError, match=r"SparseAdam expected .* whose rows are named, got a dense one; .*Adam"):
        SparseAdam([w]).step()
