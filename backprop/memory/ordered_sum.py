"""A sum whose terms may come in any order and are yet added in one: so rounding does not depend on a schedule."""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

__all__ = ["OrderedSum"]

Term = TypeVar("Term")


class OrderedSum(Generic[Term]):
    """Adds one term for each rank, from the smallest rank on; terms that come early wait.

    Example:
        >>> text = OrderedSum([1, 2, 3], lambda total, term: f"({total} + {term})")
        >>> for rank, term in ((3, "c"), (1, "a"), (2, "b")):
        ...     text.take(rank, term)
        >>> text.total
        '((a + b) + c)'
    """

    def __init__(self, ranks: Iterable[int], add: Callable[[Term, Term], Term]) -> None:
        self._ranks, self._add = sorted(ranks, reverse=True), add
        self._early: list[tuple[int, Term]] = []
        self.total: Term | None = None

    def take(self, rank: int, term: Term) -> None:
        """Take the term of a rank; equal ranks keep the order in which they come."""
        self._early.append((rank, term))
        while self._ranks and self._ranks[-1] in (ranks := [each for each, _ in self._early]):
            _, next_term = self._early.pop(ranks.index(self._ranks.pop()))
            self.total = next_term if self.total is None else self._add(self.total, next_term)

    def held(self) -> Iterator[Term]:
        """Yield what is held: the sum so far, and the terms that wait."""
        if self.total is not None:
            yield self.total
        yield from (term for _, term in self._early)
