"""The sections of a supervised config: data divided, and everything random from one seed."""

import numpy as np
import pytest

from chainrule.data import digits
from chainrule.experiments import ConfigError, open_config

CONFIG = """
seed: {seed}
data:
  dataset: {{digits: {{flat: true}}}}
  {data}
model: [{{Linear: [64, 10]}}]
loss: {loss}
optimizer: {{SGD: {{lr: 0.1}}}}
training: {{epochs: 1, batch_size: 100}}
"""


@pytest.fixture
def experiment(tmp_path):
    def make(data="test_size: 0", seed=0, loss="CrossEntropyLoss"):
        path = tmp_path / "config.yaml"
        path.write_text(CONFIG.format(data=data, seed=seed, loss=loss))
        return open_config(path).experiment
    return make


def rows(part):
    return {row.tobytes() for row in part.x}


def test_parts_are_disjoint_and_make_up_the_whole(experiment):
    made = experiment("test_size: 0.25\n  validation_size: 100")
    parts = [made.loader.dataset, made.validation, made.test]
    assert [len(part) for part in parts] == [1797 - 450 - 100, 100, 450]
    assert rows(parts[0]) | rows(parts[1]) | rows(parts[2]) == rows(digits(flat=True))
    assert sum(len(rows(part)) for part in parts) == len(rows(digits(flat=True)))


def test_without_sizes_all_is_for_training(experiment):
    made = experiment()
    assert len(made.loader.dataset) == 1797
    assert made.validation is None
    assert made.test is None
    assert made.judge() == {}


def test_the_share_for_validation_is_one_of_the_whole(experiment):
    made = experiment("test_size: 0.5\n  validation_size: 0.25")
    assert len(made.validation) == 450


def test_a_test_data_set_of_its_own_is_judged_and_no_part_of_the_other_is_held_out(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("data: {dataset: {keyword: {n_samples: 30, starts: [0, 0], noise: 0}}, validation_size: 6, "
                    "test_dataset: {keyword: {n_samples: 9, starts: [48, 48], noise: 0}}}\n"
                    "model: [Flatten, {Linear: [64, 3]}]\nloss: CrossEntropyLoss\noptimizer: {SGD: {lr: 0.1}}\n"
                    "training: {epochs: 1}\n")
    made = open_config(path).experiment
    parts = [made.loader.dataset, made.validation, made.test]
    assert [len(part) for part in parts] == [24, 6, 9]
    words = [np.flatnonzero(np.ptp(part.x[:, 0], axis=0)) for part in parts]
    assert words[0].max() < 16 and words[1].max() < 16 and words[2].min() >= 48
    assert made.judge()["test_loss"] > 0


def test_both_ways_to_hold_test_data_out_are_one_too_many(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(seed=0, loss="CrossEntropyLoss",
                                  data="test_size: 10\n  test_dataset: {digits: {flat: true}}"))
    with pytest.raises(ConfigError, match="data expected a test_dataset or a test_size, got both"):
        open_config(path)


@pytest.mark.parametrize(("dataset", "shown"), [
    ("digits", r"expected x of shape \(\.\.\., 64\), got"),
    ("{keyword: {starts: [0, 99]}}", r"data.test_dataset.keyword.starts: keyword expected starts between 0 and 48"),
])
def test_a_test_data_set_that_does_not_fit_is_refused(tmp_path, dataset, shown):
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(seed=0, loss="CrossEntropyLoss", data=f"test_dataset: {dataset}"))
    with pytest.raises(ConfigError, match=shown):
        open_config(path)


def test_stratify_holds_the_same_share_of_every_class_out(experiment):
    made = experiment("test_size: 0.2\n  stratify: true")
    counts = np.bincount(made.test.y)
    assert (np.abs(counts - 0.2 * np.bincount(digits().y)) < 1).all()


def test_standardize_measures_the_training_part_alone(experiment):
    made = experiment("test_size: 0.25\n  standardize: true")
    changing = made.loader.dataset.x.std(axis=0) > 0
    np.testing.assert_allclose(made.loader.dataset.x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(made.loader.dataset.x.std(axis=0)[changing], 1, atol=1e-4)
    assert np.abs(made.test.x.mean(axis=0)[changing]).max() > 0.01


def test_the_target_may_be_the_input(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("data: {dataset: {blobs: {n_features: 3}}, target: x, test_size: 7, standardize: true}\n"
                    "model: {Linear: [3, 3]}\nloss: MSELoss\noptimizer: SGD\ntraining: {epochs: 1}")
    made = open_config(path).experiment
    for part in (made.loader.dataset, made.test):
        assert (part.x == part.y).all()


def state(experiment):
    weights = experiment.model.state_dict()
    return [weights["0.weight"], experiment.test.x, next(iter(experiment.loader))[0]]


def test_one_seed_decides_weights_division_and_order(experiment):
    first, again, other = (state(experiment("test_size: 0.25", seed=seed)) for seed in (7, 7, 8))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert all((a != b).any() for a, b in zip(first, other, strict=True))


def test_the_division_does_not_depend_on_the_model(tmp_path):
    path = tmp_path / "c.yaml"
    parts = []
    for model in ("{Linear: [64, 10]}", "[{Linear: [64, 30]}, {Dropout: 0.5}, {Linear: [30, 10]}]"):
        path.write_text(f"data: {{dataset: {{digits: {{flat: true}}}}, test_size: 9}}\nmodel: {model}\n"
                        "loss: CrossEntropyLoss\noptimizer: SGD\ntraining: {epochs: 1}")
        parts.append(open_config(path).experiment.test.x)
    assert (parts[0] == parts[1]).all()


def test_penalties_are_on_weights_and_not_on_biases(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("data: {dataset: xor}\nmodel: [{Linear: [2, 3]}, Tanh, {Linear: [3, 1]}]\nloss: MSELoss\n"
                    "penalties: [{L2Penalty: 1e-4}, {L1Penalty: 1e-3}]\noptimizer: SGD\ntraining: {epochs: 1}")
    made = open_config(path).experiment
    first, second = made.trainer.penalties
    assert (first.weight, second.weight) == (1e-4, 1e-3)
    assert first.parameters == second.parameters == [made.model[0].weight, made.model[2].weight]


SCHEDULES = {
    "schedule: {StepLR: {step_size: 1, gamma: 0.5}}\ntraining: {epochs: 2, batch_size: 5}": 0.5**2,
    "training:\n  epochs: 2\n  batch_size: 5\n  callbacks:\n    - ScheduleRunner:\n"
    "        schedule: {StepLR: {step_size: 1, gamma: 0.5}}\n        every: batch": 0.5**8,
}


@pytest.mark.parametrize("lines", SCHEDULES)
def test_the_schedule_moves_on_as_told(tmp_path, lines):
    path = tmp_path / "c.yaml"
    path.write_text("data: {dataset: {blobs: {n_samples: 20}}}\nmodel: {Linear: [2, 3]}\nloss: CrossEntropyLoss\n"
                    f"optimizer: {{SGD: {{lr: 1}}}}\n{lines}")
    made = open_config(path).experiment
    made.run()
    assert made.trainer.optimizer.param_groups[0]["lr"] == SCHEDULES[lines]
