"""The backward rules of a rectifier that make three explanations of one network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from ...layers import ReLU, ReLU6
from ...layers.core import Array, Layer, backward_rule, check_choice

__all__ = ["RULES", "relu_rule"]


def _gradient(relu: Layer, grad_out: Array) -> Array:
    grad_x: Array = relu.backward(grad_out)
    return grad_x


def _deconvnet(relu: Layer, grad_out: Array) -> Array:
    return np.maximum(grad_out, 0)


def _guided(relu: Layer, grad_out: Array) -> Array:
    return _gradient(relu, np.maximum(grad_out, 0))


RULES: dict[str, Callable[[Layer, Array], Array]] = {
    "gradient": _gradient, "deconvnet": _deconvnet, "guided": _guided,
}


@contextmanager
def relu_rule(name: str) -> Iterator[None]:
    """Let every rectifier (ReLU, ReLU6) go back by another rule inside the ``with`` block, and by no other after it.

    With its input z and the incoming signal g:

        gradient   g where z > 0, else 0
        deconvnet  g where g > 0, else 0
        guided     g where z > 0 and g > 0, else 0

    Raises: UnknownNameError for another name.

    Source: Simonyan, Vedaldi & Zisserman 2014; Zeiler & Fergus 2014; Springenberg et al. 2015, figure 1.

    Example:
        >>> from chainrule.layers.core import call, call_back
        >>> from chainrule.analysis.saliency import relu_rule
        >>> y, entry = call(ReLU(), np.array([1.0, -1.0, 1.0]))
        >>> with relu_rule("guided"):
        ...     call_back(entry.layer, entry, np.array([2.0, 3.0, -4.0])).tolist()
        [2.0, 0.0, 0.0]
    """
    rule = RULES[check_choice(name, tuple(RULES), name="name", owner="relu_rule")]
    with backward_rule(ReLU, rule), backward_rule(ReLU6, rule):
        yield
