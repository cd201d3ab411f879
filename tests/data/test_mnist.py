"""MNIST from files as they are distributed, here small ones."""

import gzip

import numpy as np
import pytest

from chainrule.data import DataFileError, mnist
from chainrule.experiments import ConfigError, open_config


def write(folder, part="train", images=(5, 28, 28), labels=5, dash="-", packed=False):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, images).astype(np.uint8)
    classes = (np.arange(labels) % 10).astype(np.uint8)
    for name, array in ((f"{part}-images{dash}idx3-ubyte", pixels), (f"{part}-labels{dash}idx1-ubyte", classes)):
        content = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    return pixels, classes


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("below", "dash"), [("", "-"), ("MNIST/raw", "-"), ("", ".")])
def test_images_and_labels(tmp_path, packed, below, dash):
    pixels, classes = write(tmp_path / below, packed=packed, dash=dash)
    dataset = mnist(tmp_path)
    assert dataset.x.shape == (5, 1, 28, 28) and dataset.x.dtype == np.float32
    np.testing.assert_array_equal(np.rint(dataset.x[:, 0] * 255), pixels)
    assert dataset.x.max() <= 1
    assert dataset.y.tolist() == classes.tolist() and dataset.y.dtype == np.int64
    assert mnist(tmp_path, flat=True).x.shape == (5, 784)


def test_train_and_test_are_files_of_their_own(tmp_path):
    write(tmp_path, "t10k", (3, 28, 28), 3)
    assert len(mnist(tmp_path, train=False)) == 3
    with pytest.raises(DataFileError, match=r"mnist found no train-images-idx3-ubyte in .*downloads nothing: get the "
                                            r"files from https://"):
        mnist(tmp_path)


@pytest.mark.parametrize(("images", "labels"), [((5, 28, 28), 4), ((5, 28), 5), ((0, 28, 28), 0)])
def test_files_that_do_not_belong_together(tmp_path, images, labels):
    write(tmp_path, images=images, labels=labels)
    with pytest.raises(DataFileError, match="expected images of"):
        mnist(tmp_path)


def test_a_config_names_the_folder_from_its_own(tmp_path):
    write(tmp_path / "digits")
    (tmp_path / "c.yaml").write_text(
        "task: supervised\ndata: {dataset: {mnist: {root: digits}}}\nmodel: [Flatten, {Linear: [784, 10]}]\n"
        "loss: CrossEntropyLoss\noptimizer: SGD\ntraining: {epochs: 1}\n")
    assert len(open_config(tmp_path / "c.yaml").experiment.loader.dataset) == 5
    with pytest.raises(ConfigError, match=r"c.yaml:2:.*mnist found no t10k-images-idx3-ubyte"):
        open_config(tmp_path / "c.yaml", ["data.dataset.mnist.train=false"])
