"""Cutting weights into parts: every weight belongs to one part, and no part is larger than the room there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.layers.attention import parts as module
from chainrule.layers.attention.parts import parts


@settings(max_examples=150, deadline=None, derandomize=True)
@given(lead=st.lists(st.integers(1, 4), max_size=3), length=st.integers(1, 9), source=st.integers(1, 9),
       is_causal=st.booleans(), room=st.integers(1, 60))
def test_every_weight_that_counts_is_in_one_part(lead, length, source, is_causal, room):
    shape = (*lead, length, source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROOM", room)
        count, sizes = np.zeros(shape, int), []
        for part in parts(shape, is_causal):
            count[part.place][..., part.reach] += 1
            sizes.append(count[part.place].size)
            cells = part.cells(np.arange(np.prod(shape)).reshape(shape))
            assert np.array_equal(part.rows(np.arange(length)[:, None])[..., 0],
                                  np.broadcast_to(part.first + np.arange(cells.shape[-2]), cells.shape[:-1]))
            assert part.rows(np.zeros((length, 3))).shape == (*cells.shape[:-1], 3)
            assert part.columns(np.zeros((source, 3))).shape == (*cells.shape[:-2], cells.shape[-1], 3)
    seen = np.broadcast_to(np.tri(length, source, dtype=bool), shape) if is_causal else np.ones(shape, bool)
    assert (count[seen] == 1).all() and (count <= 1).all()
    assert max(sizes) <= max(room, source)


def test_what_a_causal_mask_hides_from_a_whole_part_is_left_out():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROOM", 8)
        reaches = [part.reach.stop for part in parts((6, 4), True)]
        firsts = [part.first for part in parts((6, 4), True)]
    assert reaches == [2, 4, 4]
    assert firsts == [0, 2, 4]
