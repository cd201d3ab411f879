"""The picture of a sweep."""

import io

import matplotlib.image
import numpy as np
import pytest

from chainrule.experiments.sweeps import TrialRow, plan_sweep
from chainrule.experiments.sweeps.picture import draw_sweep


@pytest.mark.parametrize("trials", [0, 1, 9])
def test_it_has_a_panel_for_the_order_and_each_parameter_whatever_there_is(config, trials):
    sweep = plan_sweep(config, ["optimizer.lr=log:1e-4:1", "model.1=choice:Tanh,{Dropout: 0.1}"])
    statuses = ("finished", "pruned", "diverged", "failed", "running")
    rows = [TrialRow(number, statuses[number % 5], None if number % 5 > 1 else 10.0**number, 3,
                     {"optimizer.lr": 10.0**-(number % 4), "model.1": {"Dropout": 0.1} if number % 2 else "Tanh"},
                     None, "") for number in range(trials)]
    picture = matplotlib.image.imread(io.BytesIO(draw_sweep(sweep, rows)))
    assert picture.shape[1] > 2.5 * picture.shape[0]        # three panels beside each other
    dark = (picture[..., :3].sum(-1) < 2.9).mean()
    assert 0.01 < dark < 0.5 and np.isfinite(picture).all()
