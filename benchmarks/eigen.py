"""Whitening and gradients of eigenvectors: convergence, meeting eigenvalues, digits: ``python -m benchmarks.eigen``.

Every finished run is stored at once; a call skips what is stored and stops after ``--seconds``.
"""

import argparse
from pathlib import Path

import numpy as np

import chainrule
from chainrule.data import DataLoader, digits
from chainrule.layers import BatchNorm2d, Conv2d, EigenDecomposition, Flatten, Linear, MaxPool2d, ReLU, ZCAWhitening
from chainrule.layers.core import default_rng
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import Trainer

from .stored import Stored

__all__ = ["PowerIterationWhitening", "convergence", "error", "halves", "main", "meeting", "repeated"]

PICTURE = Path("docs", "pictures", "eigen.png")
ITERATIONS = (1, 5, 20, 200, 1000)
GAPS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
GRADIENTS = ("analytic", "power", "taylor")
EPOCHS = 6
METHODS = ("power", "taylor", "spectral", "analytic", "pure power iteration", "damped pure power iteration")


class PowerIterationWhitening(ZCAWhitening):
    """Whitening whose eigenvectors come from power iteration out of a random vector, differentiated as it runs."""

    steps = 19
    damped = False      # whether directions of hardly any variance are left out softly, as in ZCAWhitening

    def _taken_apart(self, covariance):
        if len(covariance) > 1:
            parts = [self._taken_apart(one[None]) for one in covariance]
            return np.concatenate([part[0] for part in parts]), parts[0][1], [part[2][0] for part in parts]
        left, matrix, found = covariance[0], np.zeros_like(covariance[0]), []
        for _ in range(self.width):
            way = [self._unit(default_rng().normal(size=self.width).astype(left.dtype))[0]]
            lengths = []
            for _ in range(self.steps):
                vector, length = self._unit(left @ way[-1])
                way.append(vector)
                lengths.append(length)
            value = vector @ left @ vector
            if not value > (0 if self.damped else self.eps):        # what deflation has left is no covariance any more
                break
            matrix += self._power(value)[0] * np.outer(vector, vector)
            found.append((left, value, way, lengths))
            left = left - np.outer(left @ vector, vector)
        return matrix[None], np.zeros(1), [found]

    def _power(self, value):
        return (self.scale(value), self.slope(value)) if self.damped else (value**-0.5, -0.5 * value**-1.5)

    def _unit(self, vector):
        length = max(float(np.linalg.norm(vector)), 1e-30)
        return vector / vector.dtype.type(length), vector.dtype.type(length)

    def _covariance_path(self, moved, centred):
        grads = moved @ centred.swapaxes(1, 2)
        both = [self._back(found, grad + grad.T) for found, grad in zip(self.point().vectors, grads, strict=True)]
        return np.stack([(grad + grad.T) / centred.shape[2] for grad in both])

    def _back(self, found, grad):
        """Return the gradient of the covariance, given twice the symmetric part of that of the matrix."""
        back = np.zeros_like(grad)
        for left, value, way, lengths in reversed(found):
            vector = way[-1]
            moved = back - np.outer(back @ vector, vector)
            down = -left.T @ (back @ vector) - back.T @ (left @ vector) + self._power(value)[0] * (grad @ vector)
            slope = self._power(value)[1] / 2 * (vector @ grad @ vector)
            moved += slope * np.outer(vector, vector)
            down += slope * (left @ vector + left.T @ vector)
            for after, before, length in zip(way[:0:-1], way[-2::-1], lengths[::-1], strict=True):
                turned = (down - after * (after @ down)) / length
                moved += np.outer(turned, before)
                down = left.T @ turned
            back = moved
        return back


def convergence(width, seed=0):
    """Return the relative error of the power-iteration gradient of whitening, for each number of iterations."""
    return errors(*np.random.default_rng(seed).normal(size=(2, 4 * width, width)))


def halves(width=8, seed=0):
    """Return the same for samples whose covariance has the eigenvalues 4, 2, 1 …"""
    rng = np.random.default_rng(seed)
    x, grad = rng.normal(size=(2, 4 * width, width))
    x = np.linalg.qr(x - x.mean(axis=0))[0] * np.sqrt(4 * width * 4 * 0.5**np.arange(width))
    return errors(x @ np.linalg.qr(rng.normal(size=(width, width)))[0], grad)


def errors(x, grad):
    """Return the relative error of the power-iteration gradient, for each number of iterations."""
    exact = gradient("spectral", 1, x, grad)
    return {str(count): float(np.linalg.norm(gradient("power", count, x, grad) - exact) / np.linalg.norm(exact))
            for count in ITERATIONS}


def gradient(kind, iterations, x, grad):
    """Return the gradient of whitening."""
    layer = ZCAWhitening(x.shape[1], gradient=kind, iterations=iterations).astype(x.dtype)
    layer.forward(x)
    return layer.backward(grad)


def meeting(gap, kind, seed=0):
    """Return the largest entry of the gradient of a matrix with two eigenvalues so far apart, in single precision."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    layer = EigenDecomposition(kind)
    layer.forward((turn * [0.5, 1, 1 + gap] @ turn.T).astype(np.float32))
    return float(np.abs(layer.backward((None, rng.normal(size=(3, 3)).astype(np.float32)))).max())


def repeated(kind, steps=20):
    """Train on data each channel of which comes four times; return the losses."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(64, 2)), 4, axis=1).astype(np.float32)
    y = (x[:, 0] * x[:, 4] > 0).astype(np.int64)
    chainrule.manual_seed(0)
    model = Sequential(ZCAWhitening(8, gradient=kind), Linear(8, 16), ReLU(), Linear(16, 2))
    model = Sequential(Linear(8, 8), *model)
    model[0].weight.data, model[0].bias.data = np.eye(8), np.zeros(8)       # trained, and yet the data come as they are
    loss, optimizer, losses = CrossEntropyLoss(), SGD(model.parameters(), lr=0.05), []
    for _ in range(steps):
        optimizer.zero_grad()
        with np.errstate(all="ignore"):
            losses.append(loss.forward(model.forward(x), y))
            model.backward(loss.backward())
        if not all(np.isfinite(parameter.grad).all() for parameter in model.parameters()):
            return [*losses, float("nan")]
        optimizer.step()
    return losses


def network(norm):
    """Return conv32, norm, ReLU, conv32, pool, 10 scores."""
    return Sequential(Conv2d(1, 32, 3, padding=1), norm, ReLU(), Conv2d(32, 32, 3, padding=1), ReLU(), MaxPool2d(2),
                      Flatten(), Linear(512, 10))


def error(method, width, seed):
    """Train on digits; return the percentage of wrong answers on the test digits, NaN if the run broke down."""
    chainrule.manual_seed(seed)
    if method == "batch norm":
        norm = BatchNorm2d(32)
    elif method.endswith("pure power iteration"):
        norm = PowerIterationWhitening(32, 32 // width)
        norm.damped = method.startswith("damped")
    else:
        norm = ZCAWhitening(32, 32 // width, method)
    model = network(norm)
    train, test = digits().split(rng=np.random.default_rng(seed))
    trainer = Trainer(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.05, momentum=0.9))
    try:
        with np.errstate(all="ignore"):
            trainer.fit(DataLoader(train, 64, shuffle=True, rng=np.random.default_rng(seed)), epochs=EPOCHS)
            scores = model.eval().predict(test.x)
    except (ArithmeticError, np.linalg.LinAlgError):
        return float("nan")
    return float(100 * np.mean(scores.argmax(axis=1) != test.y)) if np.isfinite(scores).all() else float("nan")


def main():
    """Measure what is not stored yet, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.eigen", description=__doc__)
    parser.add_argument("--seconds", type=float, default=150)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--widths", type=int, nargs="*", default=[4, 8, 16, 32])
    parser.add_argument("--picture", action="store_true", help="draw the picture of the page instead")
    options = parser.parse_args()
    if options.picture:
        draw()
        return
    stored = Stored("eigen", options.seconds)
    chainrule.set_num_threads(1)
    results, record = stored.results, {}
    for width in (8, 16, 64):
        seeds = [convergence(width, seed) for seed in range(10)]
        for word, pick in (("median", np.median), ("worst", np.max)):
            record[f"{width} {word}"] = {count: float(pick([each[count] for each in seeds])) for count in seeds[0]}
    results["convergence"] = {**record, "halves": halves()}
    results["meeting"] = {kind: {str(gap): meeting(gap, kind) for gap in GAPS} for kind in GRADIENTS}
    results["repeated"] = {kind: repeated(kind) for kind in ("spectral", *GRADIENTS)}
    wanted = [("batch norm", 0), *((method, width) for width in reversed(options.widths) for method in METHODS)]
    stored.write()
    for seed in range(options.seeds):
        for method, width in wanted:
            stored.once(lambda job=(method, width, seed): error(*job), "digits", f"{method}, {width}", str(seed))
    for part in ("convergence", "meeting"):
        for name, values in results[part].items():
            print(f"{part:12s} {name:9s}", "  ".join(f"{key}: {value:.2g}" for key, value in values.items()))
    for kind, losses in results["repeated"].items():
        print(f"repeated     {kind:9s} {losses[0]:.3f} … {losses[-1]:.3f} after {len(losses)} steps")
    for name, record in results.get("digits", {}).items():
        values = np.array(list(record.values()))
        right = values[np.isfinite(values)]
        spread = right.std(ddof=1) if len(right) > 1 else 0.0
        print(f"{name:26s} {len(right)}/{len(values)}  {right.mean() if len(right) else np.nan:6.2f} ± {spread:.2f}")


def draw():
    """Draw the size of the gradient against the gap of two eigenvalues."""
    from matplotlib.figure import Figure
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    for kind in GRADIENTS:
        sizes = [np.mean([meeting(gap, kind, seed) for seed in range(20)]) for gap in GAPS]
        axes.loglog(GAPS, sizes, "o--" if kind == "taylor" else "o-", label=kind)
    axes.set(xlabel="gap of two eigenvalues", ylabel="largest entry of the gradient", title="Where eigenvalues meet")
    axes.invert_xaxis()
    axes.legend()
    figure.savefig(PICTURE, dpi=110)


if __name__ == "__main__":
    main()
