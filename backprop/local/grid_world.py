"""A field of squares to be crossed in as few steps as possible."""

from typing import Any

import numpy as np

from ...layers.core import Array, Size, check_size

__all__ = ["GridWorld"]

MOVES = ((-1, 0), (1, 0), (0, -1), (0, 1))      # up, down, left, right


class GridWorld:
    """A square field, to be crossed from corner to corner; each step costs 1, and walls hold one where one is.

    It is used as an environment of Gymnasium is: ``reset`` and ``step``, with observations of a one where one stands.

    Source: Sutton & Barto 2018, example 3.5 and others; without gymnasium.

    Example:
        >>> from chainrule.backprop import GridWorld
        >>> world = GridWorld(5)
        >>> observation, _ = world.reset()
        >>> observation.shape, world.step(3)[1:4]
        ((25,), (-1.0, False, False))
    """

    def __init__(self, size: Size = 5, max_steps: Size = 100) -> None:
        self.size = check_size(size, "size", "GridWorld", least=2)
        self.max_steps = check_size(max_steps, "max_steps", "GridWorld")
        self._place = self._steps = 0

    def reset(self, *, seed: int | None = None) -> tuple[Array, dict[str, Any]]:
        """Go back to the first corner; nothing here is random, so ``seed`` changes nothing."""
        self._place = self._steps = 0
        return self._observation(), {}

    def step(self, action: int) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Move up, down, left or right; return observation, reward, whether it is reached, whether time is up, {}."""
        row, column = divmod(self._place, self.size)
        down, right = MOVES[action]
        row, column = (min(max(place, 0), self.size - 1) for place in (row + down, column + right))
        self._place, self._steps = row * self.size + column, self._steps + 1
        reached = self._place == self.size**2 - 1
        return self._observation(), -1.0, reached, not reached and self._steps >= self.max_steps, {}

    def _observation(self) -> Array:
        observation = np.zeros(self.size**2, np.float32)
        observation[self._place] = 1
        return observation
