"""Files that were cut off, flipped, spliced or made to deceive: each ends in a clear error or is loaded.

For every file: no other error than those of Chainrule, in words; no second lost; no more memory than its size accounts
for; nothing written, started, connected or looked up by name.
"""

import gzip
import io
import os
import pickle
import struct
import sys
import tracemalloc

import numpy as np
import pytest

from chainrule.data import (
    ArrayDataset,
    Preparation,
    cifar10,
    csv_file,
    image_folder,
    mnist,
    npy_files,
    npz_file,
    text_file,
)
from chainrule.layers.core import ChainruleError

RNG = np.random.default_rng(0)
FORBIDDEN = ("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.remove", "os.rename", "subprocess.Popen",
             "pickle.find_class", "socket.connect", "ctypes.dlopen", "shutil.rmtree")
seen = []
watching = False


def watch(event, arguments):
    if watching and (event in FORBIDDEN or (event == "open" and isinstance(arguments[1], str)
                                            and set(arguments[1]) & set("wax+"))):
        seen.append((event, arguments))


sys.addaudithook(watch)


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npz(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


class Attack:
    def __reduce__(self):
        return os.system, ("exit 7",)


def image(kind):
    file = io.BytesIO()
    pytest.importorskip("PIL.Image").fromarray(RNG.integers(0, 256, (11, 13, 3)).astype(np.uint8)).save(file, kind)
    return file.getvalue()


ROWS = RNG.integers(0, 256, (3, 3072)).astype(np.uint8)
TABLE = ("id;name;length;kind\n" + "".join(
    f"{row};\"a \"\"b\"\"; {row % 3}\";{row / 7:.3f};{'xyz'[row % 3]}\n" for row in range(15))).encode()

# by name: the seeds that are mutated, the files they are written to, and what reads them
FORMATS = {
    "npy": ([npy(RNG.random((5, 3), np.float32)), npy(np.array([Attack()], object))], "x.npy",
            lambda folder: npy_files(folder / "x.npy")),
    "npz": ([npz(save, x=RNG.random((5, 3)), y=np.arange(5)) for save in (np.savez, np.savez_compressed)]
            + [npz(np.savez_compressed, x=np.zeros((200, 100)), y=np.array([Attack()] * 200, object))], "a.npz",
            lambda folder: npz_file(folder / "a.npz")),
    "idx": ([idx(RNG.integers(0, 256, (4, 5, 6)).astype(np.uint8))], "train-images-idx3-ubyte", mnist),
    "idx.gz": ([gzip.compress(idx(RNG.integers(0, 9, (4, 5, 6)).astype(np.uint8)))], "train-images-idx3-ubyte.gz",
               mnist),
    "csv": ([TABLE, TABLE.decode().encode("utf-16"), TABLE.replace(b";", b","), gzip.compress(TABLE)], "a.csv",
            lambda folder: csv_file(folder / "a.csv", "kind", ["id"], missing="mean")),
    "pickle": ([pickle.dumps({"data": ROWS, "labels": [1, 2, 3]}, protocol) for protocol in (2, 3, 4)]
               + [pickle.dumps({"data": ROWS[:, :40], "labels": [1, 2, 3]}, 2), pickle.dumps([Attack(), print], 2)],
               "test_batch",
               lambda folder: cifar10(folder, train=False)),
    "bin": ([np.hstack([np.array([[1], [2], [3]], np.uint8), ROWS]).tobytes()], "test_batch.bin",
            lambda folder: cifar10(folder, train=False)),
    "text": (["some text, näive\n".encode() * 20], "a.txt", lambda folder: text_file(folder / "a.txt", 8)),
    "json": ([b'{"classes": ["a"], "inputs": [{"name": "n", "categories": ["x"]}], "label": null, "missing": "mean", '
              b'"format": {"delimiter": null, "decimal": ".", "header": true, "encoding": "utf-8"}, '
              b'"standardize": {"mean": [0.5], "scale": [2.0], "per_channel": 0.0}}'], "p.json",
             lambda folder: Preparation.load(folder / "p.json")),
}
IMAGES = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
EXTREMES = [bytes(4), b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"(" * 300, b"\n\n",
            b'"', b"999999999", b"-1", b"NaN", b"\x80", b"cposix\nsystem\n(S'exit 7'\ntR", b"\x8e" + b"\xff" * 8]


def mutated(content, rng):
    """Return a file that one to four accidents, or attacks, have happened to."""
    for _ in range(rng.integers(1, 5)):
        place, other = (int(rng.integers(0, len(content) + 1)) for _ in range(2))
        start, end = min(place, other), max(place, other)
        match rng.integers(0, 7):
            case 0:
                content = content[:place]
            case 1 if content:
                bits = bytearray(content)
                bits[place % len(bits)] ^= 1 << int(rng.integers(0, 8))
                content = bytes(bits)
            case 2:
                content = content[:start] + content[end:]
            case 3:
                content = content[:end] + content[start:end][:5000] + content[end:]
            case 4:
                content = content[:place] + rng.bytes(int(rng.integers(1, 9))) + content[place:]
            case _:
                extreme = EXTREMES[rng.integers(0, len(EXTREMES))]
                content = content[:place] + extreme + content[place + len(extreme):]
    return content


def judge(read, folder, content):
    """Read a folder; return whether it was loaded, after holding all that happened against what may happen."""
    global watching
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    watching = True
    try:
        found = read(folder)
    except ChainruleError:
        found = None
    finally:
        watching = False
    assert not seen
    assert tracemalloc.get_traced_memory()[1] - before < 5_000_000 + 200 * len(content)
    if isinstance(found, ArrayDataset):
        assert len(found.x) == len(found.y) > 0
        assert not np.isinf(found.x).any()
    return found is not None


def fuzz(name, folder, seeds, file, read, seed, count):
    """Mutate, write and read ``count`` files; return how many were loaded."""
    rng, loaded = np.random.default_rng([seed, *name.encode()]), 0
    tracemalloc.start()
    try:
        for number in range(count):
            content = mutated(seeds[number % len(seeds)], rng)
            (folder / file).write_bytes(content)
            try:
                loaded += judge(read, folder, content)
            except Exception as error:
                error.add_note(f"{name}, seed {seed}, file {number}: {content[:300]!r}")
                raise
    finally:
        tracemalloc.stop()
    return loaded


def run(name, folder, seed, count):
    seeds, file, read = FORMATS[name]
    if name.startswith("idx"):
        (folder / "train-labels-idx1-ubyte").write_bytes(idx(np.arange(4, dtype=np.uint8)))
    (folder / file).write_bytes(seeds[0])
    read(folder)                                        # whole, it loads; and what is imported late is there
    return fuzz(name, folder, seeds, file, read, seed, count)


def run_images(kind, folder, seed, count):
    for name in "ab":
        (folder / name).mkdir()
        (folder / name / "x.png").write_bytes(image("PNG"))
    image_folder(folder, 8)
    return fuzz(kind, folder, [image(kind)], "a/x.png", lambda root: image_folder(root, 8), seed, count)


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files(tmp_path, name):
    loaded = run(name, tmp_path, 0, 60)
    assert loaded < 60 or name == "text"


@pytest.mark.parametrize("kind", IMAGES)
def test_damaged_images(tmp_path, kind):
    run_images(kind, tmp_path, 0, 20)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("name", [*FORMATS, *IMAGES])
def test_many_damaged_files(tmp_path, name, seed):
    (run if name in FORMATS else run_images)(name, tmp_path, seed, 1000)


def test_the_guard_guards(tmp_path):
    def attacked(folder):
        return pickle.loads((folder / "a").read_bytes())

    (tmp_path / "a").write_bytes(pickle.dumps(Attack()))
    tracemalloc.start()
    try:
        with pytest.raises(AssertionError, match="not \\["):
            judge(attacked, tmp_path, b"")
    finally:
        tracemalloc.stop()
        seen.clear()
