"""``training.checkpoints:`` in a config."""

import pytest

from chainrule.experiments import ConfigError, open_config
from chainrule.experiments.tasks.saving import Saving


@pytest.mark.parametrize(("override", "message"), [
    ("every=0", "training.checkpoints.every"), ("unit=hours", "training.checkpoints.unit"),
    ("keep=0", "training.checkpoints.keep"), ("kep=3", "did you mean 'keep'"),
    ("best=val_los", "training.checkpoints.*val_los")])
def test_what_is_wrong_is_said_at_its_place(override, message):
    with pytest.raises(ConfigError, match=message):
        open_config("xor", [f"training.checkpoints.{override}"])


def test_the_best_is_judged_by_the_validation_if_there_is_one():
    assert Saving().monitor({"loss": False}) is None
    assert Saving().monitor({"loss": False, "val_loss": False}) == "val_loss"
    assert Saving(best="loss").monitor({"loss": False, "val_loss": False}) == "loss"
