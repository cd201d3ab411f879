"""State dicts written for PyTorch are loaded by it, and what is written is there whole or not at all."""

import numpy as np
import pytest

from chainrule.interchange.weights import export_weights, read_arrays
from chainrule.layers import GRU, BatchNorm2d, Conv2d, Linear, PReLU
from chainrule.layers.core import UnknownNameError
from chainrule.models import Sequential


@pytest.mark.parametrize("ending", [".pt", ".pth", ".npz", ".safetensors"])
def test_what_is_written_is_read(ending, tmp_path):
    model = Sequential(Conv2d(2, 3, 3), BatchNorm2d(3), PReLU(), Linear(3, 2, bias=False))
    export_weights(model, tmp_path / f"model{ending}")
    found = read_arrays(tmp_path / f"model{ending}")
    assert {name: array.dtype for name, array in found.items()} == {name: array.dtype for name, array
                                                                    in model.state_dict().items()}
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(found[name], value)


def test_same_bytes_each_time(tmp_path):
    model = Linear(3, 2)
    for ending in (".pt", ".npz", ".safetensors"):
        for name in ("a", "b"):
            export_weights(model, tmp_path / f"{name}{ending}")
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_other_endings(tmp_path):
    with pytest.raises(UnknownNameError, match="safetensors"):
        export_weights(Linear(3, 2), tmp_path / "model.h5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ours", "theirs"), [
    (lambda: Sequential(Conv2d(2, 3, 3), BatchNorm2d(3), Linear(4, 5)),
     lambda nn: nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Linear(4, 5))),
    (lambda: GRU(3, 5, num_layers=2), lambda nn: nn.GRU(3, 5, num_layers=2)),
])
def test_torch_loads_it(ours, theirs, tmp_path):
    torch = pytest.importorskip("torch")
    model, counterpart = ours(), theirs(torch.nn)
    export_weights(model, tmp_path / "a.pt")
    counterpart.load_state_dict(torch.load(tmp_path / "a.pt", weights_only=True))
    for name, tensor in counterpart.state_dict().items():
        np.testing.assert_array_equal(tensor.numpy(), model.state_dict()[name])
