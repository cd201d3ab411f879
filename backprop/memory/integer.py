"""The cheapest schedule there is under a budget, by integer programming: an anchor for small networks."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from ...layers.core import ValueRangeError
from ...layers.core.optional import scipy
from .computation import Computation
from .liveness import gradient_bytes
from .schedule import Schedule

__all__ = ["cheapest"]


def cheapest(computation: Computation, budget: float, limit: int = 14, seconds: float = 60) -> Schedule | None:
    """Return the schedule of least cost whose peak is within the budget; None if there is none.

    The step has a stage for each node forward, and one for each node back, in the plain order. Before its own step a
    stage may compute nodes again, in their order. With ``again[t, k]`` for "stage t computes node k" and
    ``alive[t, i, k]`` for "value i is in memory at place k of stage t", the place behind the last being that of the
    way back, minimise the cost of ``again`` such that everywhere

        again[t, k]    <= alive[t, j, k]                            for every source j of k, and for k itself
        alive[t, i, k] <= alive[t, i, k - 1], + again[t, i] if k is i           (what lives was there before)
        sum over i of bytes[i] * alive[t, i, k] + gradients[t, k] <= budget

    Raises: ValueRangeError for more than ``limit`` nodes, for masks and views, which the formulation does not know, and
    when the solver has not finished after so many ``seconds``.

    Source: Jain et al. 2020 (Checkmate), section 4, where life follows from products of ``again``; HiGHS solves it.
    """
    nodes, n = computation.nodes, len(computation.nodes)
    if n > limit:
        raise ValueRangeError(f"cheapest expected at most {limit} nodes, got {n}; plan larger networks by lower sets")
    if any(node.own or node.view is not None for node in nodes):
        raise ValueRangeError("cheapest expected a computation without masks and views; describe values alone")
    program = _Program(2 * n, n)
    during, after = gradient_bytes(computation, list(computation.backward))
    for stage in range(2 * n):
        back = None if stage < n else computation.backward[stage - n]
        program.link(stage)
        for place, node in enumerate(nodes):
            program.uses(stage, place, {place, *node.sources})
        if back is None:
            program.fix(program.again[stage, stage:], [1] + [0] * (n - stage - 1))
        else:
            program.fix(program.alive[stage, list(nodes[back].reads), n], 1)
        if stage <= n:
            known = [place for place in computation.outputs if place < stage]       # the caller holds them
            program.fix(program.alive[stage, known], 1)
        for place in range(n + 1):
            held = 0 if back is None else after[stage - n] if place < n else during[stage - n] + nodes[back].scratch
            program.row(program.alive[stage, :, place], [node.bytes for node in nodes], budget - held)
    taken = program.solve([node.cost for node in nodes], seconds)
    if taken is None:
        return None
    return tuple(step for stage in range(2 * n) for step in (
        *np.flatnonzero(taken[stage]).tolist(), *([] if stage < n else [~computation.backward[stage - n]])))


class _Program:
    """Variables by stage, node and place, and the rows that bind them."""

    def __init__(self, stages: int, n: int) -> None:
        self.again = np.arange(stages * n).reshape(stages, n)
        self.alive = self.again.size + np.arange(stages * n * (n + 1)).reshape(stages, n, n + 1)
        self.low, self.high = np.zeros(self.again.size + self.alive.size), np.ones(self.again.size + self.alive.size)
        self._rows: list[tuple[npt.NDArray[np.intp], Iterable[float], float]] = []

    def row(self, variables: npt.NDArray[np.intp], factors: Iterable[float], most: float) -> None:
        """Let the sum of factors times variables be at most ``most``."""
        self._rows.append((variables, factors, most))

    def fix(self, variables: npt.NDArray[np.intp], values: npt.ArrayLike) -> None:
        self.low[variables] = self.high[variables] = values

    def uses(self, stage: int, place: int, needed: set[int]) -> None:
        for each in needed:
            self.row(np.array([self.again[stage, place], self.alive[stage, each, place]]), (1, -1), 0)

    def link(self, stage: int) -> None:
        """Let every value be alive only if it was at the place before, or is computed here."""
        _, n = self.again.shape
        for value in range(n):
            for place in range(n + 1):
                now, earlier = self.alive[stage, value, place], []
                if place or stage:
                    earlier.append(self.alive[stage, value, place - 1] if place else self.alive[stage - 1, value, n])
                if place == value:
                    earlier.append(self.again[stage, value])
                self.row(np.array([now, *earlier]), (1, *(-1 for _ in earlier)), 0)

    def solve(self, cost: list[float], seconds: float) -> npt.NDArray[np.bool_] | None:
        """Return which nodes the stages compute at the least cost, or None if the rows admit nothing."""
        objective, whole = np.zeros(self.low.size), np.zeros(self.low.size, np.intp)
        objective[self.again], whole[self.again] = cost, 1
        columns = np.concatenate([variables for variables, _, _ in self._rows])
        rows = np.repeat(np.arange(len(self._rows)), [len(variables) for variables, _, _ in self._rows])
        factors = np.concatenate([np.fromiter(factors, float) for _, factors, _ in self._rows])
        matrix = scipy.sparse.csr_array((factors, (rows, columns)), shape=(len(self._rows), self.low.size))
        result = scipy.optimize.milp(
            objective, constraints=scipy.optimize.LinearConstraint(matrix, -np.inf, [most for *_, most in self._rows]),
            integrality=whole, bounds=scipy.optimize.Bounds(self.low, self.high),
            options={"time_limit": seconds, "mip_rel_gap": 0})
        if result.status == 2:
            return None
        if result.status != 0:
            raise ValueRangeError(f"cheapest expected a solution within {seconds} s, got none: {result.message}")
        return np.asarray(result.x[self.again] > 0.5)
