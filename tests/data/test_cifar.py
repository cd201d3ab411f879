"""CIFAR in both forms in which it is distributed, here small files; the pickle is read without running anything."""

import pickle
import struct

import numpy as np
import pytest

from chainrule.data import DataFileError, cifar10, cifar100

ROWS = np.random.default_rng(0).integers(0, 256, (4, 3072)).astype(np.uint8)


def python_2(entries):
    """Return a dict of bytes and lists of small numbers and one array, as Python 2 pickled the real files."""
    def text(value):
        return b"U" + bytes([len(value)]) + value

    content = b"\x80\x02}q\x01("
    for name, value in entries.items():
        content += text(name)
        if isinstance(value, list):
            content += b"]q\x02(" + b"".join(b"K" + bytes([number]) for number in value) + b"e"
        elif isinstance(value, bytes):
            content += text(value)
        else:
            shape = b"".join(b"M" + struct.pack("<H", size) for size in value.shape)
            content += (b"cnumpy.core.multiarray\n_reconstruct\nq\x03cnumpy\nndarray\nq\x04K\x00\x85" + text(b"b")
                        + b"\x87Rq\x05(K\x01" + shape + b"\x86cnumpy\ndtype\nq\x06" + text(b"u1")
                        + b"K\x00K\x01\x87Rq\x07(K\x03" + text(b"|") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
                        + b"\x89T" + struct.pack("<I", value.nbytes) + value.tobytes() + b"tb")
    return content + b"u."


def same(dataset, labels):
    assert dataset.x.shape == (len(labels), 3, 32, 32) and dataset.x.dtype == np.float32
    np.testing.assert_array_equal(np.rint(dataset.x.reshape(len(labels), -1) * 255), ROWS)
    assert dataset.y.tolist() == labels and dataset.y.dtype == np.int64


@pytest.mark.parametrize("write", [python_2, *[lambda entries, protocol=protocol: pickle.dumps(entries, protocol)
                                               for protocol in (2, 3, 4)]])
def test_the_python_version(tmp_path, write):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in [*[f"data_batch_{number}" for number in range(1, 6)], "test_batch"]:
        (folder / name).write_bytes(write({b"batch_label": b"a batch", b"labels": [3, 9, 0, 1], b"data": ROWS}))
    same(cifar10(tmp_path, train=False), [3, 9, 0, 1])
    assert len(cifar10(tmp_path)) == 20
    assert cifar10(folder).preparation.classes[3] == "cat"


def test_the_binary_version(tmp_path):
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "test_batch.bin").write_bytes(np.hstack([np.array([[3], [9], [0], [1]], np.uint8), ROWS]).tobytes())
    same(cifar10(tmp_path, train=False), [3, 9, 0, 1])


@pytest.mark.parametrize("binary", [False, True])
def test_cifar_100_has_two_kinds_of_labels(tmp_path, binary):
    coarse, fine = [3, 19, 0, 1], [99, 5, 0, 7]
    if binary:
        labels = np.array([coarse, fine], np.uint8).T
        (tmp_path / "train.bin").write_bytes(np.hstack([labels, ROWS]).tobytes())
    else:
        (tmp_path / "train").write_bytes(python_2({b"coarse_labels": coarse, b"fine_labels": fine, b"data": ROWS}))
    same(cifar100(tmp_path), fine)
    same(cifar100(tmp_path, coarse=True), coarse)


def test_missing_files_say_where_to_get_them(tmp_path):
    with pytest.raises(DataFileError, match=r"cifar10 found no data_batch_1 in .*https://www.cs.toronto.edu/~kriz"):
        cifar10(tmp_path)


@pytest.mark.parametrize(("content", "words"), [
    (python_2({b"data": ROWS}), "a dict of data|no dict of data"),
    (python_2({b"data": ROWS, b"labels": [1, 2, 3]}), "N labels, got uint8 of shape \\(4, 3072\\) and 3 labels"),
    (python_2({b"data": ROWS[:, :5], b"labels": [1, 2, 3, 4]}), "of 3072 bytes"),
    (python_2({b"data": ROWS, b"labels": [1, 2, 3, 10]}), "labels from 0 to 9, got 1 to 10"),
    (python_2({b"data": [], b"labels": []}), "no dict of data"),
    (pickle.dumps({"data": ROWS, "labels": [1, 2, 3, "x"]}, 2), "small whole numbers"),
    (pickle.dumps([1, 2]), "no dict of data"),
    (python_2({b"data": ROWS, b"labels": [1, 2, 3, 4]})[:-40], "cut off"),
])
def test_files_that_are_something_else(tmp_path, content, words):
    (tmp_path / "test_batch").write_bytes(content)
    with pytest.raises(DataFileError, match=words):
        cifar10(tmp_path, train=False)


@pytest.mark.parametrize("size", [0, 3072, 3074])
def test_binary_files_hold_whole_records(tmp_path, size):
    (tmp_path / "test_batch.bin").write_bytes(bytes(size))
    with pytest.raises(DataFileError, match=f"{size} bytes are not a number of records of 3073"):
        cifar10(tmp_path, train=False)
