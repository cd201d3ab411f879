"""Cross-validation of a config: every sample is held out once, in runs of one division."""

import numpy as np
import pytest

from chainrule.experiments import ConfigError, open_config, run_folds

BLOBS = """\
data: {dataset: {blobs: {n_samples: 61, n_classes: 3}}, test_size: 0.3, validation_size: 0.1, standardize: true}
model: [{Linear: [2, 3]}]
loss: CrossEntropyLoss
optimizer: SGD
training: {epochs: 1, report: false}
"""


@pytest.fixture
def config(tmp_path):
    (tmp_path / "c.yaml").write_text(BLOBS)
    return tmp_path / "c.yaml"


@pytest.mark.parametrize("stratify", [False, True])
def test_every_sample_is_held_out_once(config, stratify):
    held_out = []
    for fold in range(4):
        changes = ["data.test_size=0", "data.folds=4", f"data.fold={fold}", "data.standardize=false",
                   f"data.stratify={str(stratify).lower()}"]
        parts = open_config(config, changes).experiment.parts()
        assert {"training", "validation", "test"} == set(parts)
        held_out.append(parts["test"])
        assert sum(map(len, parts.values())) == 61
    x = np.concatenate([part.x for part in held_out])
    assert len(np.unique(x, axis=0)) == 61
    if stratify:
        counts = np.array([np.bincount(part.y, minlength=3) for part in held_out])
        assert np.ptp(counts, axis=0).max() <= 1


def test_each_is_a_run_of_its_own(config, tmp_path):
    ended = list(run_folds(config, 3, ["seed=2"], tmp_path / "runs"))
    assert len({each.path for each in ended}) == 3
    assert len({each.result["test_loss"] for each in ended}) == 3
    assert {(each.path / "config.yaml").read_text().count("folds: 3") for each in ended} == {1}


@pytest.mark.parametrize(("changes", "message"), [
    (["data.folds=3"], "data expected folds, one of which is the test part, or test_size or test_dataset, got both"),
    (["data.test_size=0", "data.folds=3", "data.fold=3"], "data expected fold below folds, 3, got 3; the first is 0"),
    (["data.test_size=0", "data.fold=1"], "data expected fold below folds, None, got 1"),
    (["data.test_size=0", "data.folds=1"], "data.folds: expected a whole number of at least 2"),
    (["data.test_size=0", "data.folds=62"], "KFold expected at least n_splits=62 samples, got 61"),
    (["data.test_size=0", "data.folds=3", "data.dataset={text: {text: aabbaabbaabb, length: 2}}"],
     "Text expected no folds"),
])
def test_what_can_not_be_is_refused(config, changes, message):
    with pytest.raises(ConfigError) as caught:
        open_config(config, changes)
    assert message in str(caught.value)
