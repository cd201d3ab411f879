"""scikit-learn's MLPClassifier, for what it has: perceptrons with rectifiers that tell classes apart."""

from collections.abc import Mapping

import numpy as np
from sklearn.neural_network import MLPClassifier

from .. import specs
from ..workload import Adam, Unable, Workload
from .task import Task

__all__ = ["SklearnMLP"]


class SklearnMLP(Task):
    """``partial_fit`` on one batch is a step, and on all examples an epoch; no penalty, no momentum."""

    modules = ("sklearn",)

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        if workload.loss != "cross_entropy" or workload.mode not in ("train", "fit") or any(
                not isinstance(spec, specs.Linear | specs.ReLU) for spec in workload.network):
            raise Unable("only trains perceptrons, on classes")
        self.affine = [spec for spec in workload.network if isinstance(spec, specs.Linear)]
        if workload.mode == "fit":
            self.split = workload.split()
            self.seed = 0
            self.step = self.fit
        else:
            (self.x,), self.y = workload.arrays()
            self.model = self.make(len(self.y), 0)
            self.step = self.train

    def make(self, batch: int, seed: int) -> MLPClassifier:
        """Return a classifier with the weights of the workload and an optimiser that has seen nothing."""
        rule = self.workload.optimizer
        model = MLPClassifier([spec.outputs for spec in self.affine[:-1]], alpha=0.0, batch_size=batch,
                              solver="adam" if isinstance(rule, Adam) else "sgd", learning_rate_init=rule.lr,
                              momentum=0.0, nesterovs_momentum=False, random_state=seed)
        classes = np.arange(self.affine[-1].outputs)
        model.partial_fit(np.zeros((batch, self.affine[0].inputs), np.float32), np.resize(classes, batch),
                          classes=classes)
        weights = iter(self.workload.weights().values())
        for coefficients, intercepts in zip(model.coefs_, model.intercepts_, strict=True):
            coefficients[...] = next(weights).T
            intercepts[...] = next(weights)
        del model._optimizer                                    # there is no public way to begin anew
        return model

    @classmethod
    def wake(cls) -> None:
        """Run a step of a tiny classifier."""
        classes = np.arange(10)
        MLPClassifier([2], batch_size=10).partial_fit(np.zeros((10, 2), np.float32), classes, classes=classes)

    def step(self) -> float:
        raise NotImplementedError("set to one of the two below")

    def train(self) -> float:
        self.model.partial_fit(self.x, self.y)
        return float(self.model.loss_)

    def fit(self) -> float:
        self.seed += 1
        model = self.make(self.workload.batch, self.seed)
        for _ in range(self.workload.epochs):
            model.partial_fit(self.split.x, self.split.y)
            accuracy = model.score(self.split.x_test, self.split.y_test)
            if accuracy >= self.workload.wanted:
                break
        self.check_reached(accuracy)
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        picked = self.make(self.workload.batch, 0).predict_proba(self.split.x)[range(len(self.split.y)), self.split.y]
        return {"loss": -np.log(picked).mean()}
