"""What is shipped: the same bytes from the same commit, complete, and with types that hold in a project of a user."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.long, pytest.mark.skipif(not (HOUSE / ".git").exists(), reason="builds what git has")]

PROJECT = '''"""A project of a user."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

import chainrule as cr
from chainrule.data import ArrayDataset, DataLoader, digits, train_test_split
from chainrule.layers import Conv2d, Dropout, Elementwise, Flatten, Linear, MaxPool2d, ReLU
from chainrule.losses import CrossEntropyLoss, Loss
from chainrule.models import Residual, Sequential, summary
from chainrule.optim import Adam, Optimizer, StepLR
from chainrule.testing import check_layer
from chainrule.training import Callback, EarlyStopping, Trainer

Array = NDArray[np.float32]


class Swish(Elementwise):
    """An activation of one's own."""

    def value(self, x: NDArray[np.floating]) -> NDArray[np.floating]:
        value: NDArray[np.floating] = x / (1 + np.exp(-x))
        return value

    def slope(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.floating]:
        slope: NDArray[np.floating] = 1 / (1 + np.exp(-x)) * (1 + x - y)
        return slope


class Watch(Callback):
    """A callback of one's own."""

    def on_batch_end(self, trainer: Trainer, loss: float) -> None:
        print(trainer.epoch, loss)


def network(classes: int) -> Sequential:
    """Return a network."""
    return Sequential(Conv2d(1, 8, 3, padding=1), Swish(), MaxPool2d(2), Flatten(), Dropout(0.2),
                      Residual(Sequential(Linear(128, 128), ReLU())), Linear(128, classes))


def sizes(model: Sequential) -> Iterator[tuple[str, int]]:
    """Yield names and sizes."""
    for name, parameter in model.named_parameters():
        yield name, parameter.size


def main() -> dict[str, float]:
    """Train."""
    cr.manual_seed(0)
    data: ArrayDataset = digits()
    x, x_test, y, y_test = train_test_split(data.x, data.y, test_size=0.25)
    model, loss = network(10), CrossEntropyLoss(label_smoothing=0.1)
    optimizer: Optimizer = Adam(model.parameters(), lr=1e-3)
    trainer = Trainer(model, loss, optimizer, schedule=StepLR(optimizer, 5), metrics=["accuracy"],
                      callbacks=[Watch(), EarlyStopping("val_loss", patience=3)])
    history = trainer.fit(DataLoader(ArrayDataset(x, y), batch_size=32, shuffle=True), epochs=2,
                          validation=ArrayDataset(x_test, y_test))
    print(summary(model, (1, 8, 8)), history["loss"], dict(sizes(model)), check_layer(Swish(), (7, 5)).problems)
    step(model, loss, optimizer, x, y)
    return trainer.evaluate(ArrayDataset(x_test, y_test))


def step(model: Sequential, loss: Loss, optimizer: Optimizer, x: Array, y: NDArray[np.int64]) -> None:
    """Run a step by hand."""
    optimizer.zero_grad()
    loss.forward(model.forward(x), y)
    model.backward(loss.backward())
    optimizer.step()


Linear("64", 10)                    # type: ignore[arg-type]    # strict mypy complains where there is no such error
Adam(network(10), lr=1e-3)          # type: ignore[arg-type]
Trainer(network(10), "loss")        # type: ignore[arg-type, call-arg]
Sequential(ReLU).fitt               # type: ignore[arg-type, attr-defined]
'''


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a folder with wheel and sdist."""
    pytest.importorskip("setuptools")
    return build(tmp_path_factory.mktemp("first"))


def build(folder):
    subprocess.run([sys.executable, str(HOUSE / ".ci" / "build"), str(folder)], check=True, capture_output=True,
                   cwd=folder.parent)
    return folder


def files(folder):
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def test_two_builds_are_the_same_bytes(built, tmp_path):
    for first, second in zip(files(built), files(build(tmp_path / "second")), strict=True):
        assert first.name == second.name and first.read_bytes() == second.read_bytes()


def test_the_wheel_of_the_sdist_is_the_wheel(built, tmp_path):
    wheel, sdist = files(built)
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (sources,) = tmp_path.iterdir()
    epoch = str(int((sources / "LICENSE").stat().st_mtime))
    subprocess.run([sys.executable, "-c", "import setuptools.build_meta as b; b.build_wheel('..')"], cwd=sources,
                   check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": epoch})
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()


def test_nothing_is_missing_and_nothing_too_much(built):
    names = set(zipfile.ZipFile(files(built)[0]).namelist())
    tracked = subprocess.run(["git", "ls-files"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout.split()
    settings = tomllib.loads(subprocess.run(["git", "show", "HEAD:pyproject.toml"], cwd=HOUSE, capture_output=True,
                                            text=True, check=True).stdout)["tool"]["setuptools"]
    assert {"chainrule/py.typed", "chainrule/configs/digits_mlp.yaml", "chainrule/configs/schema.json",
            "chainrule/data/digits.npz", "chainrule/data/alice.txt"} <= names
    rooms = {folder: package.replace(".", "/") for package, folder in settings["package-dir"].items()}
    for path in tracked:
        folder, _, name = path.rpartition("/")
        assert folder not in rooms or f"{rooms[folder]}/{name}" in names, f"{path} is not in the wheel"
    assert {name.split("/")[0] for name in names} == {"chainrule", built_info(names)}


def built_info(names):
    (folder,) = {name.split("/")[0] for name in names if name.endswith("/METADATA")}
    return folder


def test_types_hold_in_a_project_of_a_user(built, tmp_path):
    pytest.importorskip("mypy")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True)
    (site,) = (tmp_path / "venv").rglob("site-packages")
    zipfile.ZipFile(files(built)[0]).extractall(site)
    (site / "libraries.pth").write_text(sysconfig.get_paths()["purelib"])
    (tmp_path / "project.py").write_text(PROJECT)
    (python,) = (tmp_path / "venv").glob("*/python" if os.name != "nt" else "*/python.exe")
    ended = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--python-executable", str(python), "project.py",
                            "--cache-dir", str(tmp_path / "cache")], cwd=tmp_path, capture_output=True, text=True,
                           check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Success: no issues found in 1 source file" in ended.stdout
