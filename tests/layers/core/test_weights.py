"""Weight files: back and forth, damage, atomicity."""

import numpy as np
import pytest

from chainrule.layers import Linear
from chainrule.layers.core import (
    ShapeError,
    WeightFileError,
    load_weights,
    read_weights,
    save_weights,
    write_atomically,
)


def test_weights_come_back_bit_for_bit(tmp_path):
    layer, other = Linear(5, 3), Linear(5, 3)
    save_weights(layer, tmp_path / "a.safetensors")
    load_weights(other, tmp_path / "a.safetensors")
    assert all(value.tobytes() == other.state_dict()[name].tobytes() for name, value in layer.state_dict().items())
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]


@pytest.mark.parametrize("content", [b"", b"short", b"\xff" * 64, b"\x08\0\0\0\0\0\0\0{\"a\": 1"])
def test_a_damaged_file_is_refused(tmp_path, content):
    path = tmp_path / "bad.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightFileError, match="damaged or no safetensors file"):
        read_weights(path)


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "a.safetensors"
    save_weights(Linear(5, 3), path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(WeightFileError):
        read_weights(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightFileError, match=r"none\.safetensors can not be read: No such file"):
        read_weights(tmp_path / "none.safetensors")


def test_a_file_for_another_network_changes_nothing(tmp_path):
    layer = Linear(4, 3)
    before = layer.weight.data.copy()
    save_weights(Linear(5, 3), tmp_path / "a.safetensors")
    with pytest.raises(ShapeError, match="weight: expected shape"):
        load_weights(layer, tmp_path / "a.safetensors")
    np.testing.assert_array_equal(layer.weight.data, before)


def test_a_failing_write_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    write_atomically(path, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old" and [p.name for p in tmp_path.iterdir()] == ["a.bin"]
