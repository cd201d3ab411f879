"""Second-order methods against SGD and Adam on problems named beforehand: ``python -m benchmarks.second_order``.

``passes``: Hessian-free against SGD with momentum on the digits autoencoder, at equal passes over the data.
``logistic``, ``curve``, ``autoencoder``: every method against Adam's best of four rates, at equal processor time.
``adding``: two marked numbers, 100 steps apart or less, by a plain recurrent network.
Every finished run is stored at once; a call skips what is stored and begins nothing after ``--seconds``.
"""

import argparse
import time
from itertools import pairwise

import numpy as np

import chainrule
from chainrule.backprop import KFAC, HessianFree, LevenbergMarquardt, ScipyMinimize
from chainrule.data import adding, digits
from chainrule.layers import RNN, Linear, Select, Sigmoid, Take, Tanh
from chainrule.layers.core import Observer, observe
from chainrule.losses import BCEWithLogitsLoss, MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.optim.vector import place, value_vector
from chainrule.training import Objective, train_step

from .second_order_picture import draw
from .stored import Stored

__all__ = ["main"]

SIZES = (64, 100, 50, 25, 6, 25, 50, 100, 64)
PASSES, LENGTH = 9128, 100
SGD_RATES = (2.0, 0.6, 6.0, 0.2)        # of a mean over 64 pixels; of their sum they would be 64 times smaller
ADAM_RATES = (1e-3, 3e-3, 1e-2, 3e-2)
ADDING_RATES = (0.03, 0.01, 0.003, 0.1)


def sparse_weights(rows, columns, rng):
    """Return weights of which each unit has fifteen that are not zero (Martens 2010)."""
    weight = np.zeros((rows, columns))
    for row in weight:
        chosen = rng.permutation(columns)[:15]
        row[chosen] = rng.normal(size=len(chosen))
    return weight


def autoencoder(seed):
    """Return the autoencoder of logistic units with a linear code, the digits as x and target, and the loss."""
    rng, layers = np.random.default_rng(seed), []
    for index, (inputs, outputs) in enumerate(pairwise(SIZES)):
        layer = Linear(inputs, outputs)
        layer.weight.data, layer.bias.data = sparse_weights(outputs, inputs, rng), np.zeros(outputs)
        layers += [layer] if index in (3, 7) else [layer, Sigmoid()]
    x = digits(flat=True).x[:1500]
    return Sequential(*layers), BCEWithLogitsLoss(), x, x


def logistic(seed):
    """Return logistic regression on 50 features whose deviations go from 1 to 0.001, labels by a noisy rule."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(2000, 50)) @ np.linalg.qr(rng.normal(size=(50, 50)))[0] * np.logspace(0, -3, 50)
    rule = rng.normal(size=(50, 1)) / np.logspace(0, -3, 50)[:, None] / 7
    y = (x @ rule + rng.logistic(size=(2000, 1)) > 0).astype(float)
    return Sequential(Linear(50, 1)).astype(np.float64), BCEWithLogitsLoss(), x, y


def curve(seed):
    """Return 100 points of a damped sine, and a network of 20 tanh units, 61 parameters, to go through them."""
    x = np.linspace(-3, 3, 100)[:, None]
    model = Sequential(Linear(1, 20), Tanh(), Linear(20, 1)).astype(np.float64)
    return model, MSELoss(), x, np.sin(3 * x) * np.exp(-0.3 * x * x)


def pixel_error(model, x):
    """Return the squared error of a picture, its 64 pixels added up, in the mean."""
    return float(((1 / (1 + np.exp(-model.forward(x))) - x)**2).sum() / len(x))


class Work(Observer):
    """Counts passes over the data by multiply-adds, a gradient as one: forward 1/3, jvp and backward 2/3 each."""

    def __init__(self, samples):
        self.samples, self.passes = samples, 0.0

    def after_forward(self, path, layer, x, y):
        """Count a way ahead, at the first layer."""
        self.passes += (path == ("0",)) * len(y) / self.samples / 3

    def after_backward(self, path, layer, grad_out, grad_x):
        """Count a way back."""
        self.passes += (path == ("0",)) * len(grad_out) / self.samples * 2 / 3

    def after_jvp(self, path, layer, x_dot, y_dot):
        """Count a tangent's way ahead."""
        self.passes += (path == ("0",)) * len(y_dot) / self.samples * 2 / 3


SAMPLED = {"samples": 300, "growth": 1.05}                        # tried on seeds 7 and 8
FACTORED = {"draws": 5, "preconditioner": "kronecker", "max_iter": 60}
CURVED = {"HessianFree": (np.float64, HessianFree, {"draws": 10, **SAMPLED}),
          "HessianFree, float32, all samples": (np.float32, HessianFree, {"draws": 10}),
          "HessianFree, Kronecker factors": (np.float64, HessianFree, {**FACTORED, **SAMPLED}),
          "K-FAC": (np.float32, KFAC, {})}


def by_passes(method, rate=None, seed=0):
    """Train the autoencoder for PASSES over the data; return passes, processor seconds and pixel errors on the way."""
    chainrule.manual_seed(seed)
    model, loss, x, _ = autoencoder(seed)
    began, work, found = time.thread_time(), Work(len(x)), []
    if method in CURVED:
        dtype, kind, options = CURVED[method]
        x = x.astype(dtype)
        optimizer = kind(model.astype(dtype).parameters(), damping=0.1, **options)
        objective = Objective(model, loss, x, x)
        with observe(work):
            while work.passes < PASSES:
                found.append((work.passes, time.thread_time() - began, pixel_error(model, x)))
                work.passes -= 1 / 3            # the look
                optimizer.step(objective)
        return found        # without the step that went beyond
    optimizer, rng = SGD(model.parameters(), lr=rate, momentum=0.9), np.random.default_rng(seed)
    for epoch in range(PASSES):
        if epoch % 200 == 0:
            found.append((epoch, time.thread_time() - began, pixel_error(model, x)))
        order = rng.permutation(len(x))
        for start in range(0, len(x), 100):
            batch = x[order[start:start + 100]]
            train_step(model, loss, optimizer, batch, batch)
    return [*found, (PASSES, time.thread_time() - began, pixel_error(model, x))]


class Enough(Exception):
    """The time is up."""


class Clocked(Objective):
    """An objective that notes its lowest loss against processor time, remembers where that was, and ends in time."""

    def __init__(self, model, loss, x, y, seconds):
        super().__init__(model, loss, x, y)
        self.began, self.seconds = time.thread_time(), seconds
        self.found, self.best = [], value_vector(list(model.parameters()))

    def __call__(self):
        """Evaluate, note, and raise Enough when the time is up."""
        value = super().__call__()
        spent = time.thread_time() - self.began
        if spent > self.seconds:
            raise Enough
        if not self.found or value < self.found[-1][1]:
            self.found.append((spent, value))
            self.best = value_vector(list(self.model.parameters()))
        return value


METHODS = {
    "L-BFGS": lambda parameters: ScipyMinimize(parameters, "L-BFGS-B", max_iter=10000, tolerance=1e-14),
    "nonlinear CG": lambda parameters: ScipyMinimize(parameters, "CG", max_iter=10000, tolerance=1e-12),
    "Newton-CG": lambda parameters: ScipyMinimize(parameters, "Newton-CG", max_iter=10000, tolerance=1e-14),
    "trust region": lambda parameters: ScipyMinimize(parameters, "trust-ncg", max_iter=10000, tolerance=1e-12),
    "Hessian-free": lambda parameters: HessianFree(parameters, damping=0.1, draws=10),
    "Hessian-free, Kronecker factors": lambda parameters: HessianFree(parameters, damping=0.1, **FACTORED, **SAMPLED),
    "K-FAC": lambda parameters: KFAC(parameters, damping=0.1),
    "Levenberg-Marquardt": lambda parameters: LevenbergMarquardt(parameters),
}
SMALL = ("L-BFGS", "nonlinear CG", "Newton-CG", "trust region", "Hessian-free", "K-FAC")
PROBLEMS = {"logistic": (logistic, 4, SMALL), "curve": (curve, 4, (*SMALL, "Levenberg-Marquardt")),
            "autoencoder": (autoencoder, 30, ("L-BFGS", "nonlinear CG", "Newton-CG", "Hessian-free",
                                              "Hessian-free, Kronecker factors", "K-FAC"))}


def by_time(problem, method, rate=None, seed=0):
    """Minimise the loss of a problem for its seconds; return processor seconds and the lowest losses on the way."""
    chainrule.manual_seed(seed)
    make, seconds, _ = PROBLEMS[problem]
    model, loss, x, y = make(seed)
    if method == "Adam":
        return adam(model, loss, x, y, rate, seconds, 100 if problem == "autoencoder" else len(x))
    optimizer, objective = METHODS[method](model.parameters()), Clocked(model, loss, x, y, seconds)
    try:
        while True:
            before = len(objective.found)
            optimizer.step(objective)
            if method in ("L-BFGS", "nonlinear CG", "Newton-CG", "trust region") and len(objective.found) == before + 1:
                break               # it began where it had ended, and found nothing
    except Enough:
        pass
    place(list(model.parameters()), objective.best)
    return thinned(objective.found)


def adam(model, loss, x, y, rate, seconds, size):
    """Return the same for Adam in batches; the looks at the whole loss are not on its clock."""
    optimizer, rng = Adam(model.parameters(), lr=rate), np.random.default_rng(0)
    whole, spent, found = Objective(model, loss, x, y), 0.0, []
    while spent < seconds:
        began = time.thread_time()
        for _ in range(20 if size < len(x) else 100):
            rows = rng.permutation(len(x))[:size] if size < len(x) else slice(None)
            train_step(model, loss, optimizer, x[rows], y[rows])
        spent += time.thread_time() - began
        value = whole.value()
        if not found or value < found[-1][1]:
            found.append((spent, value))
    return thinned(found)


def thinned(found, most=60):
    """Return some of the points, the last among them."""
    return [found[index] for index in sorted({*np.linspace(0, len(found) - 1, most).astype(int).tolist()})]


def recurrent(seed, hidden=50):
    """Return a network of tanh units, sparse, with a spectral radius of 1.1, that answers after the last step."""
    rng = np.random.default_rng(seed)
    model = Sequential(RNN(2, hidden, batch_first=True), Select(0), Take(-1), Linear(hidden, 1))
    weight = sparse_weights(hidden, hidden, rng)
    model[0].weight_hh_l0.data = weight * 1.1 / np.abs(np.linalg.eigvals(weight)).max()
    model[0].weight_ih_l0.data = rng.normal(0, 0.1, (hidden, 2))
    model[0].bias_ih_l0.data = model[0].bias_hh_l0.data = np.zeros(hidden)
    return model


def by_adding(method, rate=None, seed=0, seconds=150):
    """Train on fresh sequences for so many processor seconds; return seconds, test error and share answered wrongly."""
    chainrule.manual_seed(seed)
    model, loss, rng = recurrent(seed), MSELoss(), np.random.default_rng([seed, 1])
    x_test, y_test = adding(1000, LENGTH, rng=np.random.default_rng([seed, 2]))[:]
    optimizer = SGD(model.parameters(), lr=rate, momentum=0.9) if method == "SGD" else HessianFree(
        model.parameters(), damping=0.1, samples=200, max_iter=100, structural=float(method == "structural"))
    spent, found, next_look = 0.0, [], 0.0
    while True:
        if spent >= next_look:
            error = model.forward(x_test) - y_test
            found.append((spent, float(np.mean(error**2)), float(np.mean(np.abs(error) > 0.04))))
            next_look = spent + seconds / 60
            if spent > seconds or found[-1][2] < 0.01 or not np.isfinite(found[-1][1]):
                return found
        x, y = adding(50 if method == "SGD" else 500, LENGTH, rng=rng)[:]
        began = time.thread_time()
        if method == "SGD":
            train_step(model, loss, optimizer, x, y)
        else:
            optimizer.step(Objective(model, loss, x, y))
        spent += time.thread_time() - began


def runs():
    """Yield the problem and name of every run, and what runs it."""
    for problem, (_, _, methods) in PROBLEMS.items():
        for method in methods:
            yield problem, method, lambda problem=problem, method=method: by_time(problem, method)
        for rate in ADAM_RATES:
            yield problem, f"Adam {rate}", lambda problem=problem, rate=rate: by_time(problem, "Adam", rate)
    for method in CURVED:
        yield "passes", method, lambda method=method: by_passes(method)
    for rate in SGD_RATES:
        yield "passes", f"SGD {rate}", lambda rate=rate: by_passes("SGD", rate)
    for method in ("structural", "plain"):
        yield "adding", method, lambda method=method: by_adding(method)
    for rate in ADDING_RATES:
        yield "adding", f"SGD {rate}", lambda rate=rate: by_adding("SGD", rate)


def main():
    """Run what is not stored yet, then print where every run ended."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.second_order", description=__doc__)
    parser.add_argument("problems", nargs="*", help="only these: passes, logistic, curve, autoencoder, adding")
    parser.add_argument("--run", help="only runs whose name has this in it")
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--picture", action="store_true", help="draw the picture of docs/second_order.md instead")
    options = parser.parse_args()
    chainrule.set_num_threads(1)
    stored = Stored("second_order", options.seconds)
    if options.picture:
        draw(stored.results)
        return
    for problem, name, run in runs():
        if (options.problems and problem not in options.problems) or (options.run or "") not in name:
            continue
        points = stored.once(lambda run=run: [[float(f"{number:.10g}") for number in point] for point in run()],
                             problem, name)
        if points:
            print(f"{problem:12s} {name:34s}", *points[-1], flush=True)


if __name__ == "__main__":
    main()
