"""Layouts: ranks downwards, nothing overlaps, threads hang straight, few edges cross."""

import itertools

import numpy as np

from chainrule.analysis.drawing import lay_out


def random_graph(rng, count):
    return [(source, target) for target in range(1, count)
            for source in sorted({int(each) for each in rng.integers(0, target, rng.integers(1, 3))})]


def test_edges_lead_down_and_nothing_overlaps():
    rng = np.random.default_rng(0)
    for count in (2, 5, 17, 40):
        edges, widths = random_graph(rng, count), rng.integers(20, 90, count).astype(float).tolist()
        layout = lay_out(widths, edges, 10.0)
        assert all(layout.ranks[source] < layout.ranks[target] for source, target in edges)
        assert all(len(layout.lanes[edge]) == layout.ranks[edge[1]] - layout.ranks[edge[0]] - 1 for edge in edges)
        boxes = [(layout.ranks[node], layout.middles[node], widths[node]) for node in range(count)]
        boxes += [(rank, middle, 22.0) for edge in edges
                  for rank, middle in enumerate(layout.lanes[edge], layout.ranks[edge[0]] + 1)]
        for (rank, middle, width), (other, place, wide) in itertools.combinations(boxes, 2):
            assert rank != other or abs(middle - place) >= (width + wide) / 2 + 10 - 1e-6
        assert min(middle - width / 2 for _, middle, width in boxes) >= -1e-6
        assert max(middle + width / 2 for _, middle, width in boxes) <= layout.width + 1e-6


def test_a_chain_is_straight_and_so_is_the_way_around_it():
    layout = lay_out([100.0] * 5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)], 10.0)
    assert np.ptp(layout.middles[1:4]) < 0.5 and np.ptp(layout.lanes[0, 4]) < 0.5


def test_branches_that_are_written_crosswise_are_drawn_side_by_side():
    edges = [(0, 1), (0, 2), (1, 4), (2, 3), (3, 5), (4, 5)]      # 1 leads to 4, 2 to 3
    layout = lay_out([50.0] * 6, edges, 10.0)
    assert (layout.middles[1] < layout.middles[2]) == (layout.middles[4] < layout.middles[3])
    assert abs(layout.middles[0] - layout.middles[5]) < 0.5
