"""Networks as scikit-learn estimators: scikit-learn's own checks, pipelines, searches, and what users get wrong."""

import pickle
import sys

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn")

from sklearn.datasets import load_diabetes, load_iris  # noqa: E402  after the skip where scikit-learn is missing
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402

import chainrule  # noqa: E402
from chainrule.data import digits  # noqa: E402
from chainrule.interchange.scikit_learn import ChainruleClassifier, ChainruleRegressor  # noqa: E402
from chainrule.layers import Linear, Tanh  # noqa: E402
from chainrule.layers.core import UnknownNameError  # noqa: E402
from chainrule.losses import L1Loss  # noqa: E402
from chainrule.models import Sequential  # noqa: E402

ESTIMATORS = [ChainruleClassifier, ChainruleRegressor]


@pytest.mark.long
@pytest.mark.parametrize("kind", ESTIMATORS)
def test_scikit_learn_finds_nothing_wrong(kind):
    results = check_estimator(kind(), on_skip=None)
    assert len(results) > 50 and all(result["status"] in ("passed", "skipped") for result in results)


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_scikit_learn_finds_nothing_wrong_with_fewer_steps(kind):
    results = check_estimator(kind((16,), learning_rate=0.05, epochs=10), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


def test_a_pipeline_learns_flowers_and_a_search_finds_the_better_rate():
    x, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    pipeline = make_pipeline(MinMaxScaler(), ChainruleClassifier((8,), epochs=15, random_state=0))
    search = GridSearchCV(pipeline, {"chainruleclassifier__learning_rate": [1e-6, 3e-2]}, cv=3).fit(x, names)
    assert search.best_params_ == {"chainruleclassifier__learning_rate": 3e-2}
    assert search.best_score_ > 0.9
    assert set(search.predict(x)) == set(names)
    np.testing.assert_allclose(search.predict_proba(x).sum(axis=1), 1)


def test_the_regressor_beats_the_mean_in_the_units_of_the_target():
    x, y = load_diabetes(return_X_y=True)
    regressor = ChainruleRegressor((8,), epochs=10, learning_rate=0.01, random_state=0)
    assert cross_val_score(regressor, x, y, cv=3).mean() > 0.4
    assert 100 < regressor.fit(x, y).predict(x).mean() < 200
    two = regressor.fit(x, np.stack([y, -y], axis=1)).predict(x)
    assert two.shape == (442, 2) and two[:, 0].mean() > 0 > two[:, 1].mean()


def test_a_network_and_a_loss_of_ones_own():
    x, y = load_diabetes(return_X_y=True)
    made = []

    def network(inputs, outputs):
        made.append((inputs, outputs))
        return Sequential(Linear(inputs, 3), Tanh(), Linear(3, outputs))

    regressor = ChainruleRegressor(network=network, loss=L1Loss(), optimizer="SGD", learning_rate=0.05, epochs=5,
                                   optimizer_options={"momentum": 0.9}, random_state=0).fit(x, y)
    assert made == [(10, 1)] and isinstance(regressor.network_[1], Tanh)
    assert regressor.history_[-1]["loss"] < regressor.history_[0]["loss"]


def test_the_same_seed_gives_the_same_network_and_leaves_the_packages_generator_alone():
    x, y = load_iris(return_X_y=True)
    before = chainrule.layers.core.get_rng_state()
    one, other, third = (ChainruleClassifier((5,), dropout=0.2, epochs=2, random_state=seed).fit(x, y).predict_proba(x)
                         for seed in (3, 3, 4))
    assert (one == other).all() and (one != third).any()
    assert chainrule.layers.core.get_rng_state() == before


def test_early_stopping_ends_before_the_last_epoch():
    data = digits(flat=True)
    classifier = ChainruleClassifier((32,), learning_rate=0.03, epochs=100, early_stopping=True, patience=2,
                                     random_state=0).fit(data.x[:400], data.y[:400])
    assert classifier.n_iter_ < 100 and len(classifier.history_) == classifier.n_iter_
    assert classifier.score(data.x[400:], data.y[400:]) > 0.85


def test_rare_classes_count_more_with_class_weight():
    rng = np.random.default_rng(0)
    y = (np.arange(200) >= 190).astype(int)
    x = rng.normal(size=(200, 2)) + y[:, None]
    found = [(ChainruleClassifier((4,), epochs=30, learning_rate=0.01, class_weight=weight, random_state=0)
              .fit(x, y).predict(x)[y == 1]).mean() for weight in (None, "balanced", {0: 1.0, 1: 1000.0})]
    assert found[0] < 0.5 < found[1] <= found[2]


def test_a_fitted_estimator_can_be_pickled_by_the_users_of_scikit_learn():
    x, y = load_iris(return_X_y=True)
    fitted = ChainruleClassifier((5,), epochs=2, random_state=0).fit(x, y)
    assert (pickle.loads(pickle.dumps(fitted)).predict_proba(x) == fitted.predict_proba(x)).all()


@pytest.mark.parametrize(("options", "shown"), [
    ({"activation": "Relu"}, "unknown activation 'Relu' – did you mean 'ReLU'"),
    ({"optimizer": "Adan"}, "unknown optimizer 'Adan' – did you mean 'Adam'"),
])
def test_names_that_are_none(options, shown):
    with pytest.raises(UnknownNameError, match=shown):
        ChainruleClassifier(**options).fit(np.zeros((4, 2)), np.array([0, 1, 0, 1]))


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    monkeypatch.delitem(sys.modules, "chainrule.interchange.scikit_learn")
    with pytest.raises(ImportError, match=r"needs scikit-learn 1.6 or newer; pip install 'chainrule\[sklearn\]'"):
        __import__("chainrule.interchange.scikit_learn")
