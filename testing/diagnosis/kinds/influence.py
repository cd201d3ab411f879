"""Which outputs hang on which inputs, and how a finding about gradients is said of outputs."""

import numpy as np

from ....layers.core import Array
from ..case import Case, Part, is_output
from .found import Found, PartTest

__all__ = ["input_of", "of_either", "there_in"]


def there_in(values: Array) -> Array:
    """Return where a matrix of derivatives has any influence."""
    return np.asarray(np.abs(values) > 1e-8 * np.abs(values).max(initial=0))


def input_of(part: Part) -> str:
    """Return the name of what a gradient is the gradient of."""
    return part.name.removeprefix("grad_").removesuffix(".grad")


def of_either(test: PartTest) -> PartTest:
    """Let a test look at slopes of outputs too, and say it in other words."""
    def either(case: Case, part: Part) -> Found | None:
        found = test(case, part)
        if found is None or not is_output(part.name):
            return found
        return found._replace(sentence=FORWARD[found.family].format(name=part.name), equation="")
    return either


FORWARD = {
    "accumulate": "{name} lacks what some inputs add to it: where several meet, the last is written over the others.",
    "batch": "{name} of one entry of the batch hangs on the inputs of another: the entries are mixed, or some left "
             "out.",
    "formula": "{name} hangs on the right combination of its inputs, and is another function of it.",
    "factor": "{name} hangs on the right inputs, and is wrong by a factor that differs from place to place.",
    "mask": "{name} hangs on inputs that should have no influence on it, and is right otherwise: a mask is missing.",
    "mean": "{name} hangs on the right inputs, in the wrong proportion: a mean and a sum are mixed up, or a count is "
            "wrong.",
    "order": "{name} is made of the right factors, met with the wrong inputs: a kernel or an axis is flipped, "
             "transposed or shifted, or parts are taken in another order.",
    "path": "{name} does not hang on some inputs that it should hang on: a term of the formula is missing.",
    "sign": "Some inputs enter {name} with the wrong sign.",
    "upstream": "{name} does not hang on one of the inputs.",
}
"""The same findings of a forward pass."""
