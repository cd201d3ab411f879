"""``training.memory`` trains to the same weights, byte for byte, and is refused where it can not be kept to."""

import pytest

from chainrule.backprop import Planned
from chainrule.experiments import open_config
from chainrule.experiments.document.problems import ConfigError
from chainrule.layers.core import save_weights

CONFIG = """
data: {dataset: digits, test_size: 0.7}
model:
  - Conv2d: [1, 4, 3, 1, 1]
  - BatchNorm2d: 4
  - ReLU
  - Conv2d: [4, 4, 3, 1, 1]
  - BatchNorm2d: 4
  - ReLU
  - Conv2d: [4, 4, 3, 1, 1]
  - BatchNorm2d: 4
  - ReLU
  - Conv2d: [4, 4, 3, 1, 1]
  - BatchNorm2d: 4
  - ReLU
  - Dropout: 0.3
  - Conv2d: [4, 4, 3, 1, 1]
  - ReLU
  - MaxPool2d: 4
  - Flatten
  - Linear: [16, 10]
loss: CrossEntropyLoss
optimizer: {SGD: {lr: 0.1, momentum: 0.9}}
training: {epochs: 1, batch_size: 32, report: false}
"""


def test_a_budget_trains_to_byte_identical_weights(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    files = []
    for name, changes in (("plain", []), ("planned", ["training.memory.budget=40%"])):
        experiment = open_config(path, changes).experiment
        planned = experiment.trainer.model
        assert isinstance(planned, Planned) == bool(changes)
        if isinstance(planned, Planned):
            assert planned.plan.peak <= 0.4 * planned.plan.plain_peak
        experiment.run()
        files.append(tmp_path / f"{name}.safetensors")
        save_weights(experiment.model, files[-1])
    assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize(("recipe", "budget", "message"), [
    ("digits_cnn", "1%", "training.memory.*no schedule of Sequential within"),
    ("digits_cnn", "lots", "training.memory.*budget expected bytes"),
    ("char_lstm", "50%", "training.memory.*state goes on"),
    ("blobs_gan", "50%", "gan trains two networks"),
])
def test_budgets_that_can_not_be_kept_to(recipe, budget, message):
    with pytest.raises(ConfigError, match=message):
        open_config(recipe, [f"training.memory.budget={budget}"])
