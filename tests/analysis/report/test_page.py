"""The page, shown by a real browser: complete, quiet, and as narrow as a phone; and what stands on it."""

import re

import numpy as np
import pytest

import chainrule
from chainrule.analysis import Samples, report_page
from chainrule.data import DataLoader, digits, spirals
from chainrule.layers import Conv2d, Flatten, Linear, ReLU
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Residual, Sequential
from chainrule.models.zoo import mlp
from chainrule.optim import Adam
from chainrule.training import LayerStatistics, Trainer


def trained(model, data, loss, epochs=3):
    trainer = Trainer(model, loss, Adam(model.parameters(), lr=0.01), metrics=["accuracy"] if data.y.ndim == 1 else [],
                      callbacks=[LayerStatistics()])
    trainer.fit(DataLoader(data, 64), epochs, validation=data)
    return trainer


@pytest.fixture(scope="module")
def pictures():
    chainrule.manual_seed(0)
    model = Sequential(Conv2d(1, 6, 3, padding=1), ReLU(), Residual(Sequential(Conv2d(6, 6, 3, padding=1), ReLU())),
                       Flatten(), Linear(384, 10))
    data = digits().split(300, rng=np.random.default_rng(0))[1]
    trainer = trained(model, data, CrossEntropyLoss(), 1)
    return report_page("digits <of my own>", trainer.history.rows, model, Samples(data.x, data.y),
                       loss=trainer.loss, status="1 of 2 epochs", epochs=2)


@pytest.fixture(scope="module")
def plane():
    chainrule.manual_seed(0)
    model, data = mlp([2, 16, 16, 3]), spirals(120, rng=np.random.default_rng(0))
    trainer = trained(model, data, CrossEntropyLoss())
    return report_page("spirals", trainer.history.rows, model, Samples(data.x, data.y), loss=trainer.loss, epochs=3)


def test_pictures_on_a_phone(browse, pictures):
    seen = browse(pictures)
    assert seen["console"] == [] and seen["scripts"] == 0
    assert seen["width"] == 400 and seen["scrolls"] <= 400 and seen["wide"] == []
    assert seen["broken"] == 0 and seen["flat"] == 0
    assert {"loss", "accuracy", "learning rate", "grad_norm", "update_ratio", "confusion matrix", "0 Conv2d",
            "graph of Sequential"} <= set(seen["pictures"])
    assert seen["images"] >= 6 + 3          # filters and mistakes
    for words in ("digits <of my own>", "1 of 2 epochs", "worst mistakes", "filters of 0 Conv2d(1, 6, 3, padding=1)"):
        assert words in seen["text"]


def test_the_plane_on_a_desk(browse, plane):
    seen = browse(plane, 1400)
    assert seen["console"] == [] and seen["broken"] == 0 and seen["flat"] == 0
    assert seen["width"] == 1400 and seen["scrolls"] <= 1400 and seen["wide"] == []
    assert {"decision boundary", "the plane behind the data", "the plane behind Linear(16, 3)"} <= set(seen["pictures"])


def test_the_browser_sees_what_is_wrong(browse):
    seen = browse('<html><body><img src="data:,"><p style="width:700px">wide</p>'
                  '<script>console.error("oh"); nothing.here</script></body></html>')
    assert seen["scrolls"] > 400 and len(seen["wide"]) == 1 and seen["broken"] == 1 and seen["scripts"] == 1
    assert len(seen["console"]) == 2


@pytest.mark.parametrize("page", ["pictures", "plane"])
def test_the_page_needs_nothing_else(page, request):
    text = request.getfixturevalue(page)
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"'<>)]+", re.sub(r'base64,[^"]*', "", text)))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r'(?:src|href)="([^"]{0,22})', text)) <= {"data:image/png;base64,", "data:,"}
    assert "<script" not in text and "@import" not in text and "url(" not in text
    assert len(text) < 400_000


def test_a_page_of_a_run_that_goes_on_loads_itself_anew():
    model = mlp([2, 4, 1])
    assert 'http-equiv="refresh"' in report_page("run", [], model, running=True)
    assert "refresh" not in report_page("run", [], model)


def test_what_a_run_does_not_have_is_left_out():
    model, data = mlp([3, 4, 2]), np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    trainer = trained(model, chainrule.data.ArrayDataset(data[:, :3], data[:, 3:]), MSELoss())
    page = report_page("numbers", trainer.history.rows, model, Samples(data[:, :3], data[:, 3:]), loss=MSELoss())
    headings = re.findall(r"<h3>(.*?)</h3>", page)
    assert headings == ["loss", "learning rate", "norm of the gradient", "update / weights",
                        "distribution of the weights", "norms of Jacobians", "idle units", "answers against targets",
                        "worst answers", "Sequential"]
    bare = report_page("nothing yet", [], model)
    assert "<h1>nothing yet</h1>" in bare and "<h3>" not in bare and "<b>26</b><span>parameters" in bare


def test_a_number_that_is_none_is_no_obstacle():
    nan = float("nan")
    rows = [{"epoch": epoch, "loss": loss, "val_loss": None, "lr": 0.1, "seconds": 1.0, "layers": {
        "0": {"grad_norm": nan, "weight_norm": 1.0, "update_ratio": None}}} for epoch, loss in ((1, nan), (2, 1.0))]
    assert "nan" not in re.sub(r'base64,[^"]*', "", report_page("run", rows, mlp([2, 4, 1])))
