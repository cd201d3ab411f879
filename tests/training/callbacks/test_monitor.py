"""Monitor: the column must exist before the first epoch is trained."""

import pytest

from chainrule.layers.core import UnknownNameError
from chainrule.training import EarlyStopping, StopOnPlateau


def test_unknown_columns_are_refused_at_once(fitted, regression):
    with pytest.raises(UnknownNameError, match=r"unknown monitor of EarlyStopping 'val_loss' – did you mean 'loss'.*; "
                                               "known: loss; give fit validation data"):
        fitted(EarlyStopping())
    with pytest.raises(UnknownNameError, match=r"monitor of StopOnPlateau 'accuracy'.*; known: loss, val_loss$"):
        fitted(StopOnPlateau(monitor="accuracy"), validation=regression())
