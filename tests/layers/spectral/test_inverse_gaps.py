"""The closed form of the power-iteration gradient against the published chain of deflations, and its bounds."""

import numpy as np
import pytest

from chainrule.layers.spectral.inverse_gaps import decompose, inverse_gaps


def chain_of_deflations(x, grad_values, grad_vectors, iterations):
    """Return the gradient of a matrix as in Wang et al. 2019: eigenvectors found one after the other, largest first."""
    values, vectors = decompose(x)
    left, found = x, []
    for index in np.argsort(-np.abs(values)):
        found.append((index, left))
        left = left - np.outer(left @ vectors[:, index], vectors[:, index])
    back = np.zeros_like(x)
    for index, left in reversed(found):
        v = vectors[:, index]
        moved = back - np.outer(back @ v, v)
        down = grad_vectors[:, index] - left.T @ (back @ v) - back.T @ (left @ v)
        value = v @ left @ v
        moved += grad_values[index] * np.outer(v, v)
        down += grad_values[index] * (left @ v + left.T @ v - 2 * value * v)
        term = total = (np.eye(len(x)) - np.outer(v, v)) @ down / value
        for _ in range(iterations - 1):
            term = left @ term / value
            total = total + term
        back = moved + np.outer(total, v)
    return (back + back.T) / 2


@pytest.mark.parametrize("iterations", [1, 2, 7])
@pytest.mark.parametrize("eigenvalues", [[0.3, 1.1, 1.7, 4.0, 4.5], [-3.0, 0.3, 1.1, -1.2, 4.5]])
def test_power_is_the_chain_of_deflations(eigenvalues, iterations):
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    x = turn * eigenvalues @ turn.T
    grad_values, grad_vectors = rng.normal(size=5), rng.normal(size=(5, 5))
    values, vectors = decompose(x)
    inner = np.diag(grad_values) + inverse_gaps(values, "power", iterations) * (vectors.T @ grad_vectors)
    closed = vectors @ (inner + inner.T) @ vectors.T / 2
    np.testing.assert_allclose(closed, chain_of_deflations(x, grad_values, grad_vectors, iterations), atol=1e-12)


def test_series_converge_to_the_quotient():
    values = np.array([[0.2, 1.0, 1.5], [-2.0, 0.5, 1.0]])
    exact = inverse_gaps(values, "analytic", 1)
    np.testing.assert_allclose(exact[0, 0], [0, 1 / 0.8, 1 / 1.3])
    for gradient in ("power", "taylor"):
        far = [np.abs(inverse_gaps(values, gradient, count) - exact).max() for count in (1, 5, 20, 200)]
        assert far == sorted(far, reverse=True) and far[-1] < 1e-12


@pytest.mark.parametrize("count", [1, 4, 50])
def test_what_a_pair_lacks_of_the_whitening_gradient(count):
    """So at most 3 ratio^(K - 1), which is below 1e-3 after 1000 iterations where no ratio is above 0.992."""
    values = np.array([0.3, 1.0, 1.1, 1.1 / 0.98, 5.0])
    ratio = values[:, None] / values
    ratio = np.minimum(ratio, ratio.T)
    upper = np.triu_indices(5, 1)

    def bend(gradient):
        half = inverse_gaps(values, gradient, count) * values**-0.5
        return (half + half.T)[upper]
    for gradient, lacking in (("power", ratio**(count - 1) * (1 + np.sqrt(ratio) + ratio)), ("taylor", ratio**count)):
        np.testing.assert_allclose(bend(gradient), bend("analytic") * (1 - lacking[upper]), rtol=1e-9, atol=1e-12)
    assert 3 * 0.992**999 < 1e-3


def test_no_entry_exceeds_its_bound_where_eigenvalues_meet():
    values = np.array([1, 1, 1 + 1e-8, 2, 2], np.float32)
    assert not np.isfinite(inverse_gaps(values, "analytic", 20)).all()
    for gradient in ("power", "taylor"):
        gaps = inverse_gaps(values, gradient, 20)
        assert gaps.dtype == np.float32 and np.abs(gaps).max() <= 20 and (np.diagonal(gaps) == 0).all()
    np.testing.assert_array_equal(inverse_gaps(values, "taylor", 20), -inverse_gaps(values, "taylor", 20).T)


def test_eigenvectors_have_a_sign_of_their_own():
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(2, 4, 4)))
    values, vectors = decompose(turn * [1, 2, 3, 4] @ turn.swapaxes(1, 2))
    np.testing.assert_allclose(values, [[1, 2, 3, 4]] * 2)
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=1)[:, None], axis=1)
    assert (largest > 0).all()


def test_nan_is_not_lost():
    """LAPACK passes over NaN in matrices of some size."""
    good, bad = np.eye(32, dtype=np.float32), np.eye(32, dtype=np.float32)
    bad[1, 0] = bad[0, 1] = np.nan
    for one, all_values, all_vectors in zip((good, bad), *decompose(np.stack([good, bad])), strict=True):
        values, vectors = decompose(one)
        for found in (values, vectors, all_values, all_vectors):
            assert np.isnan(found).all() == (one is bad) and np.isfinite(found).all() == (one is good)
