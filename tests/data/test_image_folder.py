"""A folder of images for each class."""

import numpy as np
import pytest

from chainrule.data import DataFileError, image_folder
from chainrule.layers.core import ValueRangeError

PIL = pytest.importorskip("PIL.Image")


@pytest.fixture
def root(tmp_path):
    for place, name in enumerate(["b", "a"]):
        (tmp_path / name / "inner").mkdir(parents=True)
        for number in range(place + 1):
            pixels = np.full((5, 5, 3), 100 * place + number, np.uint8)
            PIL.fromarray(pixels).save(tmp_path / name / "inner" / f"{number}.PNG")
        (tmp_path / name / "notes.txt").write_text("no image")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_classes_are_folders_in_alphabetical_order(root):
    dataset = image_folder(root, size=(4, 6))
    assert dataset.x.shape == (3, 3, 4, 6) and dataset.y.tolist() == [0, 0, 1]
    assert np.rint(dataset.x[:, 0, 0, 0] * 255).tolist() == [100, 101, 0]
    assert dataset.preparation.classes == ("a", "b")
    assert image_folder(root, 4, color=False).x.shape == (3, 1, 4, 4)


def test_a_new_image_is_read_alike(root):
    dataset = image_folder(root, 4)
    np.testing.assert_array_equal(dataset.preparation.read(root / "b" / "inner" / "0.PNG"), dataset.x[2:])


def test_what_is_no_such_folder(root, tmp_path):
    with pytest.raises(DataFileError, match=r"a folder of images for each class .*, got none$"):
        image_folder(tmp_path / "none", 4)
    (root / "c").mkdir()
    with pytest.raises(DataFileError, match="got none in c"):
        image_folder(root, 4)
    (root / "c").rmdir()
    with pytest.raises(ValueRangeError, match="choose a smaller one"):
        image_folder(root, 10**6)
