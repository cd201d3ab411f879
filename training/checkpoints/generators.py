"""Every random generator that a training draws from: where it stands, and back to there."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...layers.core import Layer, StateError, default_rng, members

if TYPE_CHECKING:
    from ..trainer import Trainer

__all__ = ["Generators", "generators_in"]

_APART = ("generators", "source", "communicator", "exchange")      # attributes of a trainer that draw nothing, or apart
_DEEPEST = 8        # attributes of attributes …: what loaders and transforms are nested, and a stop for all else


class Generators:
    """The generators of a trainer's model, of those who take part in training it, and of what gives the batches.

    The former are put back to where they were when a state was taken. What gives batches draws at its own pace, with
    a permutation at the beginning and perhaps ahead of the training: it begins a pass again and skips what was done.

    Attributes:
        own:    those of model and callbacks, and the package's
        source: those of the source alone, whose states belong to the beginning of a pass
    """

    def __init__(self, trainer: "Trainer") -> None:
        layers = [generator for _, layer in trainer.model.named_layers()
                  for _, generator in members(layer, np.random.Generator)]
        others = {name: value for name, value in vars(trainer).items() if name not in _APART} | {
            "callbacks": [callback for callback in trainer.callbacks if not callback.first_rank_only]}
        self.own = _once([default_rng(), *layers, *generators_in(others)])
        self.source = generators_in(trainer.source)

    def states(self) -> dict[str, list[Any]]:
        """Return where all are now."""
        return {"own": _states(self.own), "source": _states(self.source)}

    def restore(self, states: dict[str, list[Any]], *names: str) -> None:
        """Put those of one kind, or of both, back.

        Raises: ValueError for states of other generators than these.
        """
        for name in names:
            found = getattr(self, name)
            if len(found) != len(states[name]):
                raise ValueError(f"expected the states of {len(found)} generators, got {len(states[name])}")
            for generator, state in zip(found, states[name], strict=True):
                generator.bit_generator.state = state

    def part_ways(self, rank: int, size: int, others: Sequence[list[Any]] = ()) -> None:
        """Let the ``own`` of every rank of a job, which are where those of rank 0 are, draw numbers of their own.

        ``others`` is where those of the further ranks were in a run that goes on; of another size, they begin anew.

        Raises: StateError for a generator that can not be put so far ahead that its numbers are others.
        """
        known = len(others) == size - 1
        if rank and known:
            self.restore({"own": others[rank - 1]}, "own")
        for generator in self.own if rank and not known else ():
            bits = generator.bit_generator
            if not hasattr(bits, "jumped"):
                raise StateError(f"training on {size} processes expected random generators that can jump ahead, as "
                                 f"PCG64 can, got {type(bits).__name__}; make them with np.random.default_rng(seed)")
            bits.state = bits.jumped(rank).state


def generators_in(thing: Any) -> list[np.random.Generator]:
    """Return the generators among the attributes of an object, and among theirs.

    Example:
        >>> from chainrule.training.checkpoints.generators import generators_in
        >>> loader = DataLoader(digits(), rng=np.random.default_rng(0))
        >>> generators_in(loader) == [loader.rng]
        True
    """
    return _once(list(_walk(thing, set(), _DEEPEST)))


def _walk(thing: Any, seen: set[int], deep: int) -> Iterator[np.random.Generator]:
    if isinstance(thing, np.random.Generator):
        yield thing
    elif deep and id(thing) not in seen and not isinstance(thing, (type, np.ndarray, Layer)):
        seen.add(id(thing))
        inside = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, (list, tuple)) else \
            getattr(thing, "__dict__", {}).values()
        for each in list(inside):
            yield from _walk(each, seen, deep - 1)


def _states(generators: list[np.random.Generator]) -> list[Any]:
    return [generator.bit_generator.state for generator in generators]


def _once(generators: list[np.random.Generator]) -> list[np.random.Generator]:
    return list({id(generator): generator for generator in generators}.values())
