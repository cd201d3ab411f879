"""PyTorch's files: what torch.save writes is read, and what would run code, or unfold, is refused."""

import contextlib
import io
import zipfile

import numpy as np
import pytest

from chainrule.data.data_file import DataFileError
from chainrule.interchange.weights import export_weights, read_torch
from chainrule.layers import BatchNorm1d, Linear
from chainrule.layers.core import UnknownNameError
from chainrule.models import Sequential


def changed(path, member, change, compression=zipfile.ZIP_STORED):
    """Write the file anew with one member changed."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = change(members[member])
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.fixture
def file(tmp_path):
    export_weights(Sequential(Linear(3, 2), BatchNorm1d(2)), tmp_path / "model.pt")
    return tmp_path / "model.pt"


@pytest.mark.parametrize("program", [
    b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00boomtR.", b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.",
    b"\x80\x02ctorch.nn.modules.linear\nLinear\n)R.", b"\x80\x02ctorch\nFloatStorage\n)R.", b"\x80\x02K\x01.", b"",
    b"."])
def test_programs_are_refused(file, program):
    changed(file, "archive/data.pkl", lambda _: program)
    with pytest.raises(DataFileError, match=r"model\.pt"):
        read_torch(file)


@pytest.mark.parametrize(("size", "stride"), [((3, 2), (2, 2)), ((7, 1), (1, 1)), ((1 << 30, 1), (0, 1)),
                                              ((-1, 2), (1, 1)), ((2, 3), (-3, 1)), ((2, 3), (3,))])
def test_views_stay_inside_of_their_storage(file, size, stride):
    def whole(numbers):
        return b"(" + b"".join(b"J" + int(number).to_bytes(4, "little", signed=True) for number in numbers) + b"t"

    changed(file, "archive/data.pkl", lambda content: content.replace(whole((2, 3)) + whole((3, 1)),
                                                                      whole(size) + whole(stride), 1))
    with pytest.raises(DataFileError):
        read_torch(file)


def test_packed_numbers_are_refused(file):
    changed(file, "archive/data/0", lambda _: bytes(10**6), zipfile.ZIP_DEFLATED)
    with pytest.raises(DataFileError, match="packed"):
        read_torch(file)


def test_numbers_cut_off(file):
    changed(file, "archive/data/0", lambda content: content[:-4])
    with pytest.raises(DataFileError, match="instead of 6"):
        read_torch(file)


def old(state, python2=False):
    """Return a file of before 1.6, by the opcodes that PyTorch 1.5 wrote, or 0.3 under Python 2."""
    def text(name):
        return b"U" + bytes([len(name)]) + name.encode() if python2 else \
            b"X" + len(name).to_bytes(4, "little") + name.encode()

    def number(value):
        return b"J" + value.to_bytes(4, "little")

    tensors, numbers = b"", b""
    for key, (name, array) in enumerate(state.items()):
        size, stride = (b"(" + b"".join(map(number, each)) + b"t"
                        for each in (array.shape, [step // array.itemsize for step in array.strides]))
        storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text(str(key)) + text("cpu") + number(
            array.size) + b"NtQ"
        tensors += text(name) + (b"ctorch._utils\n_rebuild_tensor\n(" + storage + number(0) + size + stride + b"tR"
                                 if python2 else b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + number(0) + size
                                 + stride + b"\x89ccollections\nOrderedDict\n)RtR")
        numbers += array.size.to_bytes(8, "little") + array.tobytes()
    system = b"}(" + text("protocol_version") + b"M\xe9\x03" + text("little_endian") + b"\x88u"
    keys = b"](" + b"".join(text(str(key)) for key in range(len(state))) + b"e"
    parts = (b"\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19", b"M\xe9\x03", system, b"ccollections\nOrderedDict\n)R(" + tensors
             + b"u", keys)
    return b"".join(b"\x80\x02" + part + b"." for part in parts) + numbers


@pytest.mark.parametrize("python2", [False, True])
def test_files_of_before_1_6(tmp_path, python2):
    state = {"0.weight": np.arange(6, dtype=np.float32).reshape(2, 3), "0.bias": np.array([7, 8], np.float32)}
    content = old(state, python2)
    (tmp_path / "a.pth").write_bytes(content)
    found = read_torch(tmp_path / "a.pth")
    assert list(found) == list(state)
    assert all((found[name] == array).all() and found[name].dtype == np.float32 for name, array in state.items())
    for length in range(0, len(content) - 1, 7):
        (tmp_path / "a.pth").write_bytes(content[:length])
        with pytest.raises(DataFileError):
            read_torch(tmp_path / "a.pth")
    (tmp_path / "a.pth").write_bytes(content.replace(b"\x02\0\0\0\0\0\0\0", b"\xff" * 8))     # so many numbers
    with pytest.raises(DataFileError, match="storage 1 holds 2 numbers instead"):
        read_torch(tmp_path / "a.pth")
    (tmp_path / "a.pth").write_bytes(content.replace(b"collections\nOrderedDict", b"os\nsystem"))
    with pytest.raises(DataFileError, match="refused"):
        read_torch(tmp_path / "a.pth")


def test_files_cut_off_anywhere(file):
    content = file.read_bytes()
    for length in range(0, len(content) - 1, 97):
        file.write_bytes(content[:length])
        with pytest.raises(DataFileError):
            read_torch(file)


def test_bytes_changed_anywhere_raise_or_give_arrays(file):
    content, rng = file.read_bytes(), np.random.default_rng(0)
    for place in rng.integers(len(content), size=300):
        file.write_bytes(content[:place] + bytes([rng.integers(256)]) + content[place + 1:])
        with contextlib.suppress(DataFileError):
            assert all(isinstance(array, np.ndarray) for array in read_torch(file).values())


def test_no_file(tmp_path):
    with pytest.raises(DataFileError, match="read_torch"):
        read_torch(tmp_path / "none.pt")


@pytest.mark.parametrize("zipped", [True, False])
def test_all_kinds_of_tensors(tmp_path, zipped):
    torch = pytest.importorskip("torch")
    base = torch.arange(12.0).reshape(3, 4)
    tensors = {"view": base.T[1:, ::2], "same": base, "half": base.half(), "brain": base.bfloat16(),
               "double": base.double(), "whole": torch.arange(3), "true": base > 3, "none": torch.empty(0, 3),
               "number": torch.tensor(2.5),
               "parameter": torch.nn.Parameter(base)}
    torch.save(tensors, tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    found = read_torch(tmp_path / "a.pt")
    assert list(found) == list(tensors)
    for name, tensor in tensors.items():
        wanted = tensor.detach().float().numpy() if name in ("half", "brain") else tensor.detach().numpy()
        np.testing.assert_array_equal(found[name], wanted)
        assert found[name].dtype == wanted.dtype


def test_checkpoints(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"model": torch.nn.Linear(3, 2).state_dict(), "epoch": 3}, tmp_path / "a.pt")
    assert set(read_torch(tmp_path / "a.pt", "model")) == {"weight", "bias"}
    with pytest.raises(DataFileError, match="inside="):
        read_torch(tmp_path / "a.pt")
    with pytest.raises(UnknownNameError, match="model"):
        read_torch(tmp_path / "a.pt", "models")


@pytest.mark.parametrize("zipped", [True, False])
def test_whole_modules_are_refused(zipped, tmp_path):
    torch = pytest.importorskip("torch")
    torch.save(torch.nn.Linear(3, 2), tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)
    with pytest.raises(DataFileError, match=r"refused|no whole storage"):
        read_torch(tmp_path / "a.pt")
