"""Configs for other kinds of data than tables; each opens as it is written."""

import numpy as np
import pytest

from chainrule.data import DataFileError
from chainrule.experiments import new_config, open_config
from chainrule.experiments.document.reading import parse_config
from chainrule.experiments.new.lines import quoted

RNG = np.random.default_rng(0)


def opened(tmp_path, data, **options):
    text = new_config(data, tmp_path / "my.yaml", **options)
    (tmp_path / "my.yaml").write_text(text)
    return text, open_config(tmp_path / "my.yaml").experiment


@pytest.mark.parametrize(("shape", "y", "loss"), [
    ((60, 5), RNG.integers(0, 3, 60), "CrossEntropyLoss()"), ((60, 5), RNG.random(60), "MSELoss()"),
    ((60, 4, 3), RNG.random((60, 2)), "MSELoss()"), ((60, 3, 16, 12), RNG.integers(0, 3, 60), "CrossEntropyLoss()"),
    ((3000, 5), RNG.integers(0, 3, 3000), "CrossEntropyLoss()")])
def test_arrays(tmp_path, shape, y, loss):
    np.savez(tmp_path / "my.npz", x=RNG.random(shape), y=y)
    text, experiment = opened(tmp_path, tmp_path / "my.npz")
    assert experiment.trainer.loss.title == loss
    assert ("Conv2d" in text) is (len(shape) == 4)


def test_a_text(tmp_path):
    (tmp_path / "my.txt").write_text("once upon a time, there was an umlaut: ä. " * 60, encoding="utf-8")
    text, experiment = opened(tmp_path, tmp_path / "my.txt")
    assert "prompt: once upon " in text or 'prompt: "once upon "' in text
    assert len(experiment.loader) > 0


def test_a_folder_of_images(tmp_path):
    image = pytest.importorskip("PIL.Image")
    for kind in ("cats", "dogs"):
        (tmp_path / "pets" / kind).mkdir(parents=True)
        for number in range(8):
            image.fromarray(RNG.integers(0, 256, (20, 30, 3)).astype(np.uint8)).save(
                tmp_path / "pets" / kind / f"{number}.png")
    text, experiment = opened(tmp_path, tmp_path / "pets")
    assert "RandomHorizontalFlip" in text and "root: pets " in text
    assert experiment.loader.dataset.preparation.classes == ("cats", "dogs")
    assert experiment.loader.transform is not None


def test_mnist(tmp_path):
    for part, count in (("train", 30), ("t10k", 12)):
        for name, array in ((f"{part}-images-idx3-ubyte", RNG.integers(0, 256, (count, 28, 28))),
                            (f"{part}-labels-idx1-ubyte", np.arange(count) % 10)):
            (tmp_path / name).write_bytes(bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
                                          + array.astype(np.uint8).tobytes())
    text, experiment = opened(tmp_path, tmp_path)
    assert "train: false" in text and "Flip" not in text
    assert len(experiment.test) == 12


def test_two_tables_of_a_folder_are_read_alike(tmp_path):
    rows = [f"{RNG.random()},{word},{row % 2}" for row, word in enumerate(["a", "b", "c"] * 20)]
    (tmp_path / "train.csv").write_text("n,w,y\n" + "\n".join(rows))
    (tmp_path / "test.csv").write_text("n,w,y\n1,c,1\n2,a,0\n")
    text, experiment = opened(tmp_path, tmp_path)
    assert "train.csv" in text and "test.csv" in text
    np.testing.assert_array_equal(experiment.test.x[:, 1:] > 0, [[False, False, True], [True, False, False]])


def test_rare_classes_are_balanced_and_the_frequent_reason_given(tmp_path):
    (tmp_path / "my.csv").write_text("n,y\n" + "".join(f"{RNG.random()},{int(row > 90)}\n" for row in range(100)))
    text, experiment = opened(tmp_path, tmp_path / "my.csv")
    assert "balanced: true" in text and "the rarest class has 9 samples, the most frequent 91" in text
    assert experiment.loader.sampler is not None


def test_columns_that_teach_nothing_are_left_out_with_the_reason(tmp_path):
    names = "index,name,empty,same,n,y"
    (tmp_path / "my.csv").write_text(names + "\n" + "".join(
        f"{row},person {row},,5,{RNG.random()},{row % 2}\n" for row in range(60)))
    text, experiment = opened(tmp_path, tmp_path / "my.csv")
    assert "ignore: [index, name, empty, same]" in text
    assert experiment.loader.dataset.x.shape[1] == 1


@pytest.mark.parametrize("name", ["plain", "a: b", "no", "12:30", "1", "x # y", "'", '"', "ä", "tab\tnew\nline", "- a",
                                  " blank ", "null", "\x85", "{", "*a", "%", "back\\slash"])
def test_every_name_can_be_written(name):
    assert parse_config(f"key: {quoted(name)}      # comment").plain() == {"key": name}


def test_a_label_is_for_tables(tmp_path):
    np.savez(tmp_path / "my.npz", x=np.zeros((12, 2)), y=np.zeros(12))
    with pytest.raises(DataFileError, match="--label for tables only"):
        new_config(tmp_path / "my.npz", tmp_path / "my.yaml", "y")
