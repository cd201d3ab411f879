"""Where the boxes of a directed graph stand: in ranks from top to bottom, with few crossings and straight edges."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Layout", "lay_out"]

SWEEPS = 8
LANE = 22.0     # the width of an edge that passes by a rank


@dataclass
class Layout:
    """Horizontal middles of the nodes, their ranks, and for each edge the middles of the lanes it passes on its way."""

    middles: list[float]
    ranks: list[int]
    lanes: dict[tuple[int, int], list[float]]
    width: float


def lay_out(widths: Sequence[float], edges: Sequence[tuple[int, int]], gap: float) -> Layout:
    """Return places for boxes of these widths; every edge leads from a lower number to a higher one.

    Source: Sugiyama, Tagawa & Toda 1981: ranks by the longest path, lanes for the edges that pass ranks by, order by
    the mean of the neighbours; then places nearest to the neighbours' that keep order and gaps.

    Example:
        >>> from chainrule.analysis.drawing.layout import lay_out
        >>> layout = lay_out([100, 100, 100, 100], [(0, 1), (0, 2), (1, 3), (2, 3)], gap=20)
        >>> layout.ranks, layout.middles
        ([0, 1, 1, 2], [110.0, 50.0, 170.0, 110.0])
    """
    ranks = [0] * len(widths)
    for source, target in sorted(edges, key=lambda edge: edge[1]):
        ranks[target] = max(ranks[target], ranks[source] + 1)
    wide, rank_of = list(widths), list(ranks)
    chains: dict[tuple[int, int], list[int]] = {}
    for source, target in edges:
        chains[source, target] = list(range(len(wide), len(wide) + ranks[target] - ranks[source] - 1))
        wide += [LANE] * len(chains[source, target])
        rank_of += range(ranks[source] + 1, ranks[target])
    links = [link for (source, target), chain in chains.items()
             for link in zip([source, *chain], [*chain, target], strict=True)]
    rows = [[node for node in range(len(wide)) if rank_of[node] == rank] for rank in range(max(rank_of) + 1)]
    middles = _placed(rows, links, wide, gap)
    left = min(middle - width / 2 for middle, width in zip(middles, wide, strict=True))
    right = max(middle + width / 2 for middle, width in zip(middles, wide, strict=True))
    middles = [middle - left for middle in middles]
    return Layout(middles[:len(widths)], ranks,
                  {edge: [middles[node] for node in chain] for edge, chain in chains.items()}, right - left)


def _placed(rows: list[list[int]], links: list[tuple[int, int]], wide: list[float], gap: float) -> list[float]:
    above: list[list[int]] = [[] for _ in wide]
    below: list[list[int]] = [[] for _ in wide]
    for source, target in links:
        below[source].append(target)
        above[target].append(source)
    middles = [0.0] * len(wide)
    for row in rows:
        _settle(row, [0.0] * len(row), middles, wide, gap)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = above if down else below
        for row in rows if down else reversed(rows):
            wish = {node: _mean([middles[each] for each in neighbours[node]], middles[node]) for node in row}
            row.sort(key=wish.__getitem__)
            _settle(row, [wish[node] for node in row], middles, wide, gap)
    chains = _chains(above, below)
    for _ in range(SWEEPS):     # at last what hangs on one thread hangs straight
        for row in rows:
            wishes = [_mean([middles[each] for each in chains[node]] if len(chains[node]) > 1 else
                            [middles[each] for each in above[node] + below[node]], middles[node]) for node in row]
            _settle(row, wishes, middles, wide, gap)
    return middles


def _chains(above: list[list[int]], below: list[list[int]]) -> list[list[int]]:
    """Return for every node those that it forms a thread with: each leads to the next alone, which has no other."""
    chains = [[node] for node in range(len(above))]
    for node, following in enumerate(below):
        if len(following) == 1 and len(above[following[0]]) == 1:
            joined = chains[node] + chains[following[0]]
            for each in joined:
                chains[each] = joined
    return chains


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _settle(row: list[int], wishes: list[float], middles: list[float], wide: list[float], gap: float) -> None:
    """Place a row as near to its wishes as order and gaps allow: least squares, by pooling neighbours that collide."""
    offset, offsets = 0.0, []
    for before, node in zip([None, *row[:-1]], row, strict=True):
        offset += 0.0 if before is None else (wide[before] + wide[node]) / 2 + gap
        offsets.append(offset)
    pools: list[tuple[float, int]] = []
    for wish, shift in zip(wishes, offsets, strict=True):
        mean, size = wish - shift, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    places = [mean for mean, size in pools for _ in range(size)]
    for node, place, shift in zip(row, places, offsets, strict=True):
        middles[node] = place + shift
