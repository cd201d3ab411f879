"""Training of a Sequential whose parts do not wait for each other: each learns from a predicted gradient."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...layers.core import Array, Entry, ValueRangeError, call, call_back, check_range
from ...losses import Loss
from ...models import Sequential
from ...optim import Optimizer
from ...training import Callback, Metric, Trainer
from ...training.step import Step
from .predictor import GradientPredictor

__all__ = ["DecoupledTrainer"]


class DecoupledTrainer(Trainer):
    """Trains a Sequential cut into parts, each updated with a synthetic gradient before the next part has run.

    ``cuts`` are the places at which it is cut: [3, 6] makes parts of the layers 0 … 2, 3 … 5 and the others. Each cut
    has a predictor (SyntheticGradient, Critic, or one's own), which learns from the gradient that the next part
    hands back: that of its own synthetic gradient, or, from the last part, the true one. ``mixing`` above zero gives
    that up: all parts run, and each is handed ``(1 - mixing) * synthetic + mixing * handed back``; with 1 that is
    backpropagation.

    Attributes:
        as Trainer, without penalties and schedule within a step

    Source: Jaderberg et al. 2017, "Decoupled neural interfaces using synthetic gradients"; mixing is BP(λ) of its
    appendix.

    Example:
        >>> from chainrule.backprop import DecoupledTrainer, SyntheticGradient, predictor_network
        >>> train, test = digits(flat=True).split(rng=np.random.default_rng(0))
        >>> model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> network = predictor_network(32 + 10, 32)
        >>> predictor = SyntheticGradient(network, Adam(network.parameters()), classes=10)
        >>> trainer = DecoupledTrainer(model, CrossEntropyLoss(), Adam(model.parameters()), [2], [predictor],
        ...                            metrics=["accuracy"])
        >>> history = trainer.fit(DataLoader(train, batch_size=32, shuffle=True), epochs=20, validation=test)
        >>> history[-1]["val_accuracy"] > 0.9
        True
    """

    many_processes = False

    def __init__(self, model: Sequential, loss: Loss, optimizer: Optimizer, cuts: Sequence[int],
                 predictors: Sequence[GradientPredictor], *, mixing: float = 0.0,
                 metrics: Iterable[str | Metric] = (), callbacks: Iterable[Callback] = ()) -> None:
        super().__init__(model, loss, optimizer, metrics=metrics, callbacks=callbacks)
        places = [0, *cuts, len(model)]
        if any(low >= high for low, high in pairwise(places)):
            raise ValueRangeError(f"DecoupledTrainer expected cuts that grow, between 1 and {len(model) - 1}, got "
                                  f"{list(cuts)}")
        if len(predictors) != len(cuts):
            raise ValueRangeError(f"DecoupledTrainer expected a predictor for each of {len(cuts)} cuts, got "
                                  f"{len(predictors)}")
        self.parts: list[Sequential] = [model[low:high] for low, high in pairwise(places)]
        self.predictors = list(predictors)
        self.mixing = check_range(mixing, 0, 1, name="mixing", owner="DecoupledTrainer")

    def step(self, x: Any, y: Array) -> Step:
        """Run one step on a batch: the parts in turn, or with ``mixing`` all forward, then all back."""
        return self._mixed(x, y) if self.mixing else self._unlocked(x, y)

    def _unlocked(self, x: Any, y: Array) -> Step:
        for part, predictor, below in zip(self.parts, self.predictors, [None, *self.predictors], strict=False):
            h, entry = call(part, x)
            self._update(part, entry, predictor.gradient(h, y), below, predictor.value)
            x = h
        prediction, entry = call(self.parts[-1], x)
        value = self.loss.forward(prediction, y)
        self._update(self.parts[-1], entry, self.loss.backward(), self.predictors[-1] if self.predictors else None,
                     self._values(prediction, y))
        return self._done(value, prediction)

    def _update(self, part: Sequential, entry: Entry, grad: Array, below: GradientPredictor | None,
                value: Array | None) -> None:
        """Go back through one part, teach the predictor below it, and move the parameters of this part alone."""
        self.optimizer.zero_grad()          # what no backward pass reaches after this is not moved
        grad_x = call_back(part, entry, grad, needs_input_grad=below is not None)
        if below is not None:
            below.learn(grad_x, value)
        self.optimizer.step()

    def _mixed(self, x: Any, y: Array) -> Step:
        entries, synthetic = [], []
        for part, predictor in zip(self.parts, [*self.predictors, None], strict=True):
            x, entry = call(part, x)
            entries.append(entry)
            synthetic.append(x if predictor is None else predictor.gradient(x, y))
        prediction = synthetic.pop()
        self.optimizer.zero_grad()
        value, grad = self.loss.forward(prediction, y), self.loss.backward()
        known: Array | None = self._values(prediction, y)
        for part, entry, predictor in zip(self.parts[:0:-1], entries[:0:-1], self.predictors[::-1], strict=True):
            handed = call_back(part, entry, grad)
            predictor.learn(handed, known)
            grad, known = (1 - self.mixing) * synthetic.pop() + self.mixing * handed, predictor.value
        call_back(self.parts[0], entries[0], grad, needs_input_grad=False)
        self.optimizer.step()
        return self._done(value, prediction)

    def _values(self, prediction: Array, y: Array) -> Array:
        """Return the loss of every example."""
        terms, _ = self.loss.terms(prediction, y)
        return np.asarray(terms.reshape(len(prediction), -1).mean(axis=1))

    def _done(self, value: float, prediction: Array) -> Step:
        self._tell("on_backward_end", value)
        return Step(value, prediction, divisor=self.loss.point().divisor)
