"""Conjugate gradients against solving, and where they stop."""

import numpy as np

from chainrule.backprop.second_order.conjugate_gradients import conjugate_gradients

rng = np.random.default_rng(0)
matrix = rng.normal(size=(13, 20))
matrix = matrix @ matrix.T * np.outer(np.logspace(0, 2, 13), np.logspace(0, 2, 13))
b, start = rng.normal(size=13), rng.normal(size=13)


def run(**options):
    return conjugate_gradients(lambda v: matrix @ v, b, start, **options)


def plain(residual):
    return residual


def scaled(residual):
    return residual / np.diag(matrix)


def test_they_solve_the_system_and_their_values_are_those_of_the_quadratic():
    iterates = run(precondition=scaled, tolerance=0)
    np.testing.assert_allclose(iterates[-1].x, np.linalg.solve(matrix, b), rtol=1e-6)
    for x, value in iterates:
        assert np.isclose(value, x @ matrix @ x / 2 - b @ x, rtol=1e-9, atol=1e-12)
    assert (np.diff([iterate.value for iterate in iterates]) <= 1e-12).all()


def test_the_preconditioner_makes_them_faster():
    ends = [run(precondition=each, tolerance=0, max_iter=13)[-1].value for each in (plain, scaled)]
    assert ends[1] < ends[0] - 0.01 * abs(ends[0])


def test_they_stop_when_ten_steps_bring_little_and_keep_iterates_ever_farther_apart():
    size = 400
    diagonal = np.linspace(1, 100, size)
    calls = []

    def product(v):
        calls.append(v)
        return diagonal * v
    iterates = conjugate_gradients(product, np.ones(size), np.zeros(size), plain, tolerance=5e-4)
    assert 11 < len(calls) < 60                     # 400 would solve it exactly
    assert len(iterates) < 16
    exact = (1 / diagonal) @ np.ones(size) / -2
    assert abs(iterates[-1].value / exact - 1) < 0.005


def test_a_solved_system_ends_at_once():
    (only,) = conjugate_gradients(lambda v: matrix @ v, 0 * b, 0 * start, plain)
    assert not only.x.any()
