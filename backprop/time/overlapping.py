"""Windows of a long sequence that overlap, and a network on them that says what the state is where the next begins."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Entry, Layer, Shape, call, call_back, check_size, flatten, total
from ..view import View

__all__ = ["Overlapping", "Window", "windows"]

State = tuple[Array, ...]


class Window(NamedTuple):
    """Steps ``start … stop - 1`` with a gradient, of which the last ``counted`` have a loss."""

    start: int
    stop: int
    counted: int


def windows(length: int, k1: int, k2: int) -> Iterator[Window]:
    """Yield the windows of a sequence: each ends k1 steps after the one before, the last at the end, and has k2 steps.

    The first ones are shorter. With k2 of at least k1 every step is counted once, and its gradient goes back through
    k2 - k1 + 1 … k2 steps. With a smaller k2 the first k1 - k2 steps of each stride move the state on and have no loss.

    Example:
        >>> list(windows(7, k1=3, k2=5))
        [Window(start=0, stop=1, counted=1), Window(start=0, stop=4, counted=3), Window(start=2, stop=7, counted=3)]
    """
    for stop in range(length % k1 or k1, length + 1, k1):
        yield Window(max(stop - k2, 0), stop, min(stop, k1, k2))


class Piece(NamedTuple):
    """What a run over some steps gave, the state after them, and the entry with which to go back."""

    scores: Array
    state: State
    entry: Entry


class OverlappingCache(NamedTuple):
    """The entries of a window's pieces, where the second begins, whether the state moves on, all scores' shape."""

    entries: tuple[Entry, ...]
    begin: tuple[int, ...]
    moves: bool
    scores_shape: Shape


class Overlapping(View):
    """A network in training on the windows of ``windows(length, k1, k2)``, ``scores, *state = forward(x, *state)``.

    The scores are those of the last k1 steps; the others have been judged in the window before. The state is that of
    the step where the next window begins. In evaluation it is the network: all scores, and the state at the end.

    Shapes:
        x:      (N, steps, …)
        scores: (N, classes, k1), steps are axis ``scores_axis``
        state:  arrays (layers, N, size), as the network's; none at the beginning of a sequence

    Attributes:
        model:  the network, whose layers are those of this one, under their own names
        k1, k2: steps from window to window, and of a window; k2 = k1 if not given

    Gradients:
        the network's

    Source: Williams & Peng 1990, BPTT(h; h'), here (k2; k1).

    Example:
        >>> from chainrule.backprop import Overlapping
        >>> from chainrule.models.zoo import char_rnn
        >>> network = char_rnn(5, hidden=8)
        >>> scores, *state = Overlapping(network, k1=4, k2=7).forward(np.zeros((2, 7), int))
        >>> scores.shape, bool((state[0] == network.forward(np.zeros((2, 4), int))[1]).all())
        ((2, 5, 4), True)
    """

    forward_mode_gap = "windows are for going back; ask the network itself, its model"

    def __init__(self, model: Layer, k1: int, k2: int | None = None, *, scores_axis: int = -1) -> None:
        super().__init__(model)
        self.k1 = check_size(k1, "k1", "Overlapping")
        self.k2 = self.k1 if k2 is None else check_size(k2, "k2", "Overlapping")
        self.scores_axis = scores_axis

    def forward(self, x: Array, *state: Any) -> Any:
        self.cache = None
        if not self.training:
            y, self.cache = call(self.model, x, *state)
            return y
        steps = x.shape[1]
        cut = min(max(steps + self.k1 - self.k2, 0), steps)         # after so many steps the next window begins
        begin = (cut,) if 0 < cut < steps else ()
        pieces: list[Piece] = []
        for part in np.split(x, begin, axis=1):
            pieces.append(self._run(part, pieces[-1].state if pieces else state))
        left = pieces[0].state if cut else state or tuple(map(np.zeros_like, pieces[0].state))
        scores = np.moveaxis(np.concatenate([piece.scores for piece in pieces], self.scores_axis), self.scores_axis, -1)
        self.cache = OverlappingCache(tuple(piece.entry for piece in pieces), begin, cut > 0, scores.shape)
        return np.moveaxis(scores[..., -self.k1:], -1, self.scores_axis), *left

    def backward(self, grad_out: Any) -> Any:
        cache = self.saved()
        if isinstance(cache, Entry):
            return call_back(self.model, cache, grad_out, needs_input_grad=self.needs_input_grad)
        grad_scores, *grad_state = flatten(grad_out)
        parts: list[Array | None] = [None] * len(cache.entries)
        if grad_scores is not None:
            grad = np.zeros(cache.scores_shape, grad_scores.dtype)
            grad[..., -self.k1:] = np.moveaxis(grad_scores, self.scores_axis, -1)
            parts[:] = np.split(np.moveaxis(grad, -1, self.scores_axis), cache.begin, self.scores_axis)
        grad_x: list[Any] = []
        grads: list[Array | None] = [None] * len(grad_state)
        for number, (entry, part) in reversed(list(enumerate(zip(cache.entries, parts, strict=True)))):
            if number == 0 and cache.moves:
                grads = [total(*pair) for pair in zip(grads, grad_state, strict=True)]
            found, *grads = flatten(call_back(self.model, entry, (part, *grads),
                                              needs_input_grad=number > 0 or self.needs_input_grad))
            grad_x.insert(0, found)
        if not self.needs_input_grad:
            return None
        if not cache.moves and grads:
            grads = [total(*pair) for pair in zip(grads, grad_state, strict=True)]
        return None if grad_x[0] is None else np.concatenate(grad_x, 1), *grads

    def _run(self, x: Array, state: State) -> Piece:
        (scores, *after), entry = call(self.model, x, *state)
        return Piece(scores, tuple(after), entry)
