"""Checkpoint files: whole or recognised as damaged, never more than what they are."""

import errno
import hashlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from chainrule.training.checkpoints import CheckpointError, read_checkpoint, write_checkpoint
from chainrule.training.checkpoints.file import FORMAT

STATE = {"epoch": 3, "model": {"0.weight": np.arange(12, dtype=np.float32).reshape(3, 4)}, "best": float("inf"),
         "optimizer": {"state": {0: {"step": 2, "exp_avg": np.ones(3)}}}}


@pytest.fixture
def path(tmp_path):
    write_checkpoint(tmp_path / "a.safetensors", STATE)
    return tmp_path / "a.safetensors"


def shown(state):
    return repr(state)


def test_it_comes_back(path):
    assert shown(read_checkpoint(path)) == shown(STATE)
    assert list(path.parent.iterdir()) == [path]


def test_other_tools_read_the_weights(path):
    np.testing.assert_array_equal(load(path.read_bytes())["model.0.weight"], STATE["model"]["0.weight"])


def refused(path, content):
    path.write_bytes(content)
    try:
        return shown(read_checkpoint(path)) == shown(STATE)     # what makes no difference may be read
    except CheckpointError as error:
        return str(path) in str(error)


def test_every_truncation_and_every_longer_file_is_recognised(path):
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(CheckpointError, match=r"damaged|can not be read"):
            read_checkpoint(path)
    for more in (b"\0", b" ", content):
        path.write_bytes(content + more)
        with pytest.raises(CheckpointError):
            read_checkpoint(path)


def test_flipped_bits_are_recognised(path):
    content = path.read_bytes()
    positions = np.random.default_rng(0).choice(8 * len(content), 1000, replace=False)
    for position in positions.tolist():
        flipped = bytearray(content)
        flipped[position // 8] ^= 1 << position % 8
        assert refused(path, bytes(flipped)), f"bit {position}"


@pytest.mark.long
def test_any_bit_any_byte_and_any_block_is_recognised(path):
    content, rng = path.read_bytes(), np.random.default_rng(1)
    for position in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[position // 8] ^= 1 << position % 8
        assert refused(path, bytes(flipped)), f"bit {position}"
    for trial in range(5000):
        changed = bytearray(content)
        start = int(rng.integers(len(content)))
        size = int(rng.integers(1, 64))
        changed[start:start + size] = rng.bytes(int(rng.integers(64)))
        assert refused(path, bytes(changed)), f"trial {trial}"


def made(tree, arrays, **metadata):
    """Return a file with a right checksum and a content of our choice."""
    text = json.dumps(tree) if not isinstance(tree, str) else tree
    seal = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        seal.update(f"\n{name} {arrays[name].dtype.str} {arrays[name].shape}\n".encode() + arrays[name].tobytes())
    return save(arrays, {"format": FORMAT, "state": text, "sha256": seal.hexdigest(), **metadata})


def test_the_seal_is_made_as_documented(path):
    path.write_bytes(made({"dict": {"w": {"array": "w"}}}, {"w": np.ones(2)}))
    assert shown(read_checkpoint(path)) == "{'w': array([1., 1.])}"


@pytest.mark.parametrize("content", [
    b"", b"\x80\x04cos\nsystem\n(S'true'\ntR.", b"PK\x03\x04", (1 << 62).to_bytes(8, "little") + b"{}",
    (2).to_bytes(8, "little") + b"{}", (2).to_bytes(8, "little") + b"[]", (4).to_bytes(8, "little") + b"null",
    (200_000).to_bytes(8, "little") + b"[" * 200_000,
    save({"w": np.ones(2)}), save({"w": np.ones(2)}, {"format": FORMAT}),
    made({"dict": {}}, {}, format="chainrule checkpoint 99"),
    made({"dict": {"a": {"array": "nowhere"}}}, {"w": np.ones(2)}),
    made({"class": "os.system"}, {"w": np.ones(2)}),
    made("[" * 100_000, {"w": np.ones(2)}),
    made("1" * 5000, {"w": np.ones(2)}),
], ids=range(15))
def test_what_was_never_one_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged or no checkpoint"):
        read_checkpoint(path)


def header(path, offsets, size):
    """Write a file that declares a tensor of a size, and is as long as it says by being hollow."""
    text = json.dumps({"w": {"dtype": "F32", "shape": [size // 4], "data_offsets": offsets}}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    return len(text)


@pytest.mark.parametrize("claim", [1 << 40, 1 << 62, -1, "many", None, 2.5])
def test_sizes_that_are_not_there_are_not_allocated(path, claim):
    header(path, [0, claim], 1 << 40)
    with pytest.raises(CheckpointError):
        read_checkpoint(path)


def test_a_hollow_file_of_a_terabyte_is_not_read(path):
    length = header(path, [0, 1 << 40], 1 << 40)
    os.truncate(path, 8 + length + (1 << 40))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(CheckpointError, match="declares a header"):
        read_checkpoint(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000      # kilobytes


def test_what_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "nowhere", "."):
        with pytest.raises(CheckpointError):
            read_checkpoint(tmp_path / name)
    with pytest.raises(CheckpointError, match="no ordinary file"):
        read_checkpoint("/dev/zero")


@pytest.mark.parametrize("function", ["open", "fsync", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_write_that_fails_leaves_what_was_there(path, monkeypatch, function, number):
    def failing(*_, **__):
        raise OSError(number, os.strerror(number))

    before = path.read_bytes()
    target = (Path, "open") if function == "open" else (os, function)
    with monkeypatch.context() as patch, pytest.raises(OSError, match=os.strerror(number)):
        patch.setattr(*target, failing)
        write_checkpoint(path, {"epoch": 4})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_reading_imports_nothing_and_runs_nothing(path):
    """No pickle is loaded, whatever stands in a file: the modules after reading are those before."""
    code = ("import sys, safetensors.numpy, chainrule.training.checkpoints as c; before = set(sys.modules); "
            f"c.read_checkpoint({str(path)!r}); print(set(sys.modules) - before)")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == "set()"
