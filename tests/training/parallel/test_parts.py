"""part_of: the batches themselves alone, and only what can be divided among several."""

import numpy as np
import pytest

from chainrule.data import ArrayDataset, DataLoader
from chainrule.layers.core import DtypeError
from chainrule.training.parallel import part_of


def test_parts_of_a_loader(ranks):
    loader = DataLoader(ArrayDataset(np.zeros((5, 1)), np.arange(5)), 3)
    found = ranks(2, lambda job: [y.tolist() for _, y in part_of(loader, job)])
    assert found == [[[0, 1], [3]], [[2], [4]]]


def test_what_has_no_parts_is_refused(ranks):
    message = r"^training on 2 processes expected batches that can be divided among them, got list; pass a DataLoader"
    with pytest.raises(DtypeError, match=message):
        ranks(2, lambda job: part_of([(np.zeros(2), np.zeros(2))], job))
