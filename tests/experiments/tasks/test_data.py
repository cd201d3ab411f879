"""The section ``data:``: what is learned from the training part, and what a config may change about its batches."""

import json

import numpy as np
import pytest

from chainrule.data import Preparation
from chainrule.experiments import ConfigError, open_config, run
from chainrule.training import Callback

IMAGES = """\
task: supervised
data: {dataset: {digits: {}}, test_size: 0.25, validation_size: 0.1}
model: [{Conv2d: [1, 4, 3, 1, 1]}, ReLU, Flatten, {Linear: [256, 10]}]
loss: CrossEntropyLoss
optimizer: SGD
metrics: [accuracy]
training: {epochs: 2, batch_size: 100}
"""


def config(tmp_path, text=IMAGES, *changes):
    (tmp_path / "c.yaml").write_text(text)
    return open_config(tmp_path / "c.yaml", changes).experiment


def table(tmp_path, name, rows):
    lines = ["n,w,y"] + [f"{'' if row % 9 == 4 else 100 + row},{'ab'[row % 2]},{1000 * row}" for row in rows]
    (tmp_path / name).write_text("\n".join(lines))


TABLE = """\
task: supervised
data:
  dataset: {csv_file: {path: train.csv, label: y, label_type: number, missing: mean}}
  validation_size: 0.2
  standardize: true
  standardize_target: true
model: {Linear: [3, 1]}
loss: MSELoss
optimizer: SGD
training: {epochs: 1}
"""


def test_all_that_is_learned_is_learned_from_the_training_part(tmp_path):
    table(tmp_path, "train.csv", range(40))
    experiment = config(tmp_path, TABLE)
    training = experiment.loader.dataset
    np.testing.assert_allclose(training.x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(training.y.std(), 1, atol=1e-5)
    assert abs(experiment.validation.x[:, 0].mean()) > 1e-3 and np.isfinite(experiment.validation.x).all()
    assert experiment.validation.preparation is training.preparation
    prices = training.preparation.answer(training.y)
    np.testing.assert_allclose(prices, np.rint(prices / 1000) * 1000, atol=0.1)
    assert prices.max() > 30_000


def test_a_test_file_is_read_as_the_training_file(tmp_path):
    table(tmp_path, "train.csv", range(40))
    table(tmp_path, "test.csv", [2, 6])                                 # in which there is only one word
    text = TABLE.replace("  validation", "  test_dataset: {csv_file: {path: test.csv, label: y}}\n  validation")
    experiment = config(tmp_path, text)
    assert experiment.test.x.shape == (2, 3)
    np.testing.assert_allclose(experiment.test.preparation.answer(experiment.test.y), [[2000], [6000]], rtol=1e-5)


def test_classes_of_training_and_test_files_agree(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 2)), y=np.array(["a", "b", "a", "b"]))
    np.savez(tmp_path / "b.npz", x=np.zeros((2, 2)), y=np.array(["a", "c"]))
    text = TABLE[:TABLE.index("data:")] + """\
data: {dataset: {npz_file: a.npz}, test_dataset: {npz_file: b.npz}}
model: {Linear: [2, 2]}
loss: CrossEntropyLoss
optimizer: SGD
training: {epochs: 1}
"""
    with pytest.raises(ConfigError, match="test_dataset to have the classes of dataset, a, b, got a, c"):
        config(tmp_path, text)


def test_channels_are_scaled_as_one(tmp_path):
    x = config(tmp_path, IMAGES, "data.standardize=channels").loader.dataset.x
    np.testing.assert_allclose([x.mean(), x.std()], [0, 1], atol=1e-5)
    assert np.ptp(x[:, 0].mean(axis=0)) > 0.5           # but not each pixel


def test_features_are_decorrelated(tmp_path):
    x = config(tmp_path, IMAGES, "data.standardize=decorrelate").loader.dataset.x
    assert x.shape[1:] == (1, 8, 8) and np.abs(x.mean(axis=0)).max() < 1e-5
    assert 0.9 < np.linalg.eigvalsh(np.cov(x.reshape(len(x), -1).T, bias=True)).max() <= 1.001


AUGMENTED = ("training.augment=[{RandomCrop: {size: 8, padding: 1}}, {PixelNoise: {sigma: 0.1}}, "
             "{MixUp: {num_classes: 10}}]")


def test_augmentation_is_for_the_training_part_only(tmp_path):
    plain, changed = config(tmp_path), config(tmp_path, IMAGES, AUGMENTED)
    np.testing.assert_array_equal(plain.validation.x, changed.validation.x)
    np.testing.assert_array_equal(plain.loader.dataset.x, changed.loader.dataset.x)
    (x, _), (other, shares) = next(iter(plain.loader)), next(iter(changed.loader))
    assert x.shape == other.shape and not np.array_equal(x, other)
    assert shares.shape == (100, 10)


def weights(tmp_path, name, *changes):
    (tmp_path / "c.yaml").write_text(IMAGES)
    ended = run(open_config(tmp_path / "c.yaml", [AUGMENTED, *changes]), tmp_path / name, verbose=False)
    (found,) = ended.path.rglob("weights.safetensors")
    return found.read_bytes()


def test_an_augmented_run_is_the_same_with_and_without_prefetching(tmp_path):
    assert weights(tmp_path, "a") == weights(tmp_path, "b", "training.prefetch=3") != weights(tmp_path, "c", "seed=1")


class PauseAfter(Callback):
    """Ends a fit amid an epoch."""

    def __init__(self, batches):
        self.left = batches

    def on_batch_end(self, trainer, loss):
        self.left -= 1
        if not self.left:
            trainer.pause()


@pytest.mark.parametrize("prefetch", [0, 3])
def test_an_augmented_run_cut_amid_an_epoch_goes_on_bit_for_bit(tmp_path, prefetch):
    def fresh():
        return config(tmp_path, IMAGES, AUGMENTED, f"training.prefetch={prefetch}", "training.batch_size=200")

    whole = fresh()
    whole.run()
    cut, rest = fresh(), fresh()
    cut.run(PauseAfter(9))                              # of the 6 batches of an epoch
    rest.trainer.load_state_dict(cut.trainer.state_dict())
    rest.trainer.fit(rest.loader, 1, rest.batches(rest.validation))
    assert rest.trainer.epoch == whole.trainer.epoch == 2
    for one, other in zip(whole.model.parameters(), rest.model.parameters(), strict=True):
        np.testing.assert_array_equal(one.data, other.data)
    assert rest.trainer.history[-1]["loss"] == whole.trainer.history[-1]["loss"]


def test_balanced_batches(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros((200, 2)), y=np.repeat([0, 1], [190, 10]))
    text = IMAGES.replace("{digits: {}}", "{npz_file: a.npz}").replace(
        "[{Conv2d: [1, 4, 3, 1, 1]}, ReLU, Flatten, {Linear: [256, 10]}]", "{Linear: [2, 2]}")
    experiment = config(tmp_path, text, "training.balanced=true", "data.stratify=true")
    share = np.concatenate([y for _ in range(9) for _, y in experiment.loader]).mean()
    assert abs(share - 0.5) < 0.05
    assert experiment.test.y.mean() < 0.1


@pytest.mark.parametrize(("change", "words"), [
    ("training.augment=[{RandomCrop: 5}]", "keep the shape of samples, (1, 8, 8), in which all others are judged"),
    ("training.augment=[{RandomCrap: 5}]", "augment.0.RandomCrap: unknown augmentation – did you mean 'RandomCrop'"),
    ("training.augment=[Normalize]", "unknown augmentation"),
    ("training.augment=[MixUp]", "MixUp expected y of shape"),
    ("training.augment=[{RandomHorizontalFlip: 2}]", "training.augment.0.RandomHorizontalFlip"),
    ("training.prefetch=-1", "training.prefetch"),
    ("data.standardize=channel", "did you mean 'channels'"),
    ("data.standardize_target=true", "targets that are numbers, got classes"),
])
def test_what_does_not_fit_is_said_before_anything_runs(tmp_path, change, words):
    with pytest.raises(ConfigError) as caught:
        config(tmp_path, IMAGES, change)
    assert words in str(caught.value)


def test_the_preparation_of_a_run_reads_new_files(tmp_path):
    table(tmp_path, "train.csv", range(40))
    preparation = config(tmp_path, TABLE).loader.dataset.preparation
    preparation.save(tmp_path / "p.json")
    (tmp_path / "new.csv").write_text("w,n\nb,120\n")
    loaded = Preparation.load(tmp_path / "p.json")
    np.testing.assert_array_equal(loaded.read(tmp_path / "new.csv"), preparation.read(tmp_path / "new.csv"))
    assert json.loads((tmp_path / "p.json").read_text())["target"]["mean"][0] > 1000
