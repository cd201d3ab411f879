"""Weights taken in, all or none; and training that goes on here as it would have there, and the other way round."""

import numpy as np
import pytest

from chainrule.data.data_file import DataFileError
from chainrule.interchange.weights import export_weights, import_weights, read_arrays
from chainrule.layers import BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU
from chainrule.layers.core import ShapeError, UnknownNameError
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import train_step


def test_nothing_is_taken_unless_all_fits(tmp_path):
    model = Sequential(Linear(3, 2), Linear(2, 2))
    before = model.state_dict()
    np.savez(tmp_path / "a.npz", **{"0.weight": np.ones((2, 3)), "0.bias": np.ones(3)})
    with pytest.raises(ShapeError, match=r"misshaped +0\.bias.*missing +1\.weight"):
        import_weights(model, tmp_path / "a.npz")
    assert not import_weights(model, tmp_path / "a.npz", dry_run=True).whole
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    import_weights(model, tmp_path / "a.npz", strict=False)
    np.testing.assert_array_equal(model.state_dict()["0.weight"], 1)
    np.testing.assert_array_equal(model.state_dict()["0.bias"], before["0.bias"])


def test_files_that_are_none(tmp_path):
    with pytest.raises(DataFileError, match=r"none\.pt"):
        import_weights(Linear(3, 2), tmp_path / "none.pt")
    (tmp_path / "a.ckpt").write_bytes(b"")
    with pytest.raises(UnknownNameError, match="ckpt"):
        import_weights(Linear(3, 2), tmp_path / "a.ckpt")
    export_weights(Linear(3, 2), tmp_path / "a.npz")
    with pytest.raises(DataFileError, match="inside="):
        read_arrays(tmp_path / "a.npz", "model")


@pytest.mark.parametrize("ours_first", [False, True])
def test_training_goes_on_with_the_same_losses(ours_first, tmp_path):
    torch = pytest.importorskip("torch")
    nn, rng = torch.nn, np.random.default_rng(0)
    x, y = rng.standard_normal((40, 20, 2, 9, 7)).astype(np.float32), rng.integers(0, 5, (40, 20))
    ours = Sequential(Conv2d(2, 6, 3), BatchNorm2d(6), ReLU(), MaxPool2d(2), Flatten(), Linear(36, 5))
    theirs = nn.Sequential(nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                           nn.Linear(36, 5))

    def steps_of_torch(batches):
        optimizer, losses = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9), []
        for index in batches:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(theirs(torch.tensor(x[index])), torch.tensor(y[index]))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def steps_of_ours(batches):
        optimizer = SGD(ours.parameters(), lr=0.1, momentum=0.9)
        return [train_step(ours, CrossEntropyLoss(), optimizer, x[index], y[index]) for index in batches]

    if ours_first:
        steps_of_ours(range(20))
        export_weights(ours, tmp_path / "a.pt")
        theirs.load_state_dict(torch.load(tmp_path / "a.pt", weights_only=True))
    else:
        steps_of_torch(range(20))
        torch.save(theirs.state_dict(), tmp_path / "a.pt")
        import_weights(ours, tmp_path / "a.pt")
    np.testing.assert_allclose(steps_of_ours(range(20, 40)), steps_of_torch(range(20, 40)), rtol=0, atol=1e-4)
