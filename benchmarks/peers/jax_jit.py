"""JAX: the whole step one compiled function.

Pictures have their channels last, the layout that XLA's convolutions on a CPU are written for.
"""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..workload import Adam, Unable, Workload, probe
from .jax_layers import apply
from .task import Task

__all__ = ["JaxJit"]

Tree = dict[str, jax.Array]


def cross_entropy(y: jax.Array, target: jax.Array) -> jax.Array:
    """Return the mean cross-entropy of scores with classes."""
    return -jnp.take_along_axis(jax.nn.log_softmax(y), target[:, None], axis=1).mean()


def mse(y: jax.Array, target: jax.Array) -> jax.Array:
    """Return the mean squared error."""
    return jnp.square(y - target).mean()


LOSSES = {"cross_entropy": cross_entropy, "mse": mse}


class JaxJit(Task):
    """``jax.jit`` of ``value_and_grad`` and the update; the old weights' memory is given to the new ones."""

    modules = ("jax", "jaxlib")

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        if workload.mode == "fit":
            raise Unable("has no training loop of its own")
        weights = {name: jnp.asarray(array) for name, array in workload.weights().items()}
        self.buffers = {name: array for name, array in weights.items()
                        if name.endswith(("running_mean", "running_var", "num_batches_tracked"))}
        self.params = {name: array for name, array in weights.items() if name not in self.buffers}
        x, y = workload.arrays()
        self.x = tuple(jnp.asarray(_inside(part, len(x))) for part in x)
        self.y = None if y is None else jnp.asarray(y)
        self.step = {"train": self.train, "layer": self.both_ways, "infer": self.infer}[workload.mode]
        if workload.mode == "train":
            self.moments = [jax.tree.map(jnp.zeros_like, self.params) for _ in "mv"]
            self.count = jnp.zeros(())
            self.compiled = jax.jit(self._train, donate_argnums=(0, 1, 2))
        elif workload.mode == "layer":
            shape = _outside(self._output(self.params, self.x), len(x)).shape
            self.grad_out = None if workload.loss else jnp.asarray(_inside(probe(shape), len(x)))
            self.compiled = jax.jit(self._both_ways)
        else:
            self.compiled = jax.jit(self._infer)

    def step(self) -> float:
        raise NotImplementedError("set to one of the three below")

    def train(self) -> float:
        loss, self.params, self.buffers, (self.moments, self.count) = self.compiled(
            self.params, self.buffers, (self.moments, self.count), self.x, self.y)
        return float(loss)

    def both_ways(self) -> float:
        jax.block_until_ready(self.compiled(self.params, self.x, self.grad_out))
        return 0.0

    def infer(self) -> float:
        jax.block_until_ready(self.compiled(self.params, self.buffers, self.x))
        return 0.0

    def finish(self) -> None:
        jax.block_until_ready(self.params)

    def arrays(self) -> Mapping[str, np.ndarray]:
        if self.workload.mode == "infer":
            return {"y": np.asarray(self.compiled(self.params, self.buffers, self.x))}
        y, (grads, grad_x) = self.compiled(self.params, self.x, self.grad_out)
        by_name = {"y": y} | {f"gradient of x{index}": grad for index, grad in enumerate(grad_x)}
        return {name: _outside(array, len(self.x)) for name, array in by_name.items()} | {
            f"gradient of {name}": np.asarray(grad) for name, grad in grads.items()}

    def _output(self, params: Tree, x: tuple[jax.Array, ...]) -> jax.Array:
        return apply(self.workload.network, params, {}, x, updates={})

    def _infer(self, params: Tree, buffers: Tree, x: tuple[jax.Array, ...]) -> jax.Array:
        return apply(self.workload.network, params, buffers, x, updates=None)

    def _train(self, params: Tree, buffers: Tree, state: Any, x: Any, target: jax.Array) -> Any:
        def value(params: Tree) -> tuple[jax.Array, Tree]:
            updates: Tree = {}
            y = apply(self.workload.network, params, buffers, x, updates=updates)
            return LOSSES[self.workload.loss](y, target), buffers | updates

        (loss, buffers), grads = jax.value_and_grad(value, has_aux=True)(params)
        params, state = self._update(params, grads, *state)
        return loss, params, buffers, state

    def _update(self, params: Tree, grads: Tree, moments: list[Tree], count: jax.Array) -> Any:
        rule = self.workload.optimizer
        if not isinstance(rule, Adam):
            return jax.tree.map(lambda w, grad: w - rule.lr * grad, params, grads), (moments, count)
        count = count + 1
        m = jax.tree.map(lambda m, grad: 0.9 * m + 0.1 * grad, moments[0], grads)
        v = jax.tree.map(lambda v, grad: 0.999 * v + 0.001 * grad * grad, moments[1], grads)
        rate, correction = rule.lr / (1 - 0.9**count), jnp.sqrt(1 - 0.999**count)
        params = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / correction + 1e-8), params, m, v)
        return params, ([m, v], count)

    def _both_ways(self, params: Tree, x: tuple[jax.Array, ...], grad_out: jax.Array | None) -> Any:
        numbers = [part for part in x if jnp.issubdtype(part.dtype, jnp.floating)]

        def value(params: Tree, numbers: list[jax.Array]) -> jax.Array:
            y = self._output(params, tuple(numbers) or x)
            return LOSSES[self.workload.loss](y, self.y) if self.workload.loss else y

        y, back = jax.vjp(value, params, numbers)
        return y, back(jnp.ones(()) if grad_out is None else grad_out)


def _inside(array: np.ndarray, inputs: int) -> np.ndarray:
    """Return a picture with its channels last; four axes of several inputs are those of an attention."""
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)) if array.ndim == 4 and inputs == 1 else array


def _outside(array: jax.Array, inputs: int) -> np.ndarray:
    return np.asarray(array).transpose(0, 3, 1, 2) if array.ndim == 4 and inputs == 1 else np.asarray(array)
