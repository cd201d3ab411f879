"""The numbers behind the gradient check on the page of a layer: what backward says, and quotients for many steps."""

from typing import Any

import numpy as np

from chainrule.layers.core import Array, Layer, flatten, replay
from chainrule.testing.numeric import entry_slopes

__all__ = ["STEPS", "gradient_numbers"]

STEPS = [10.0 ** (-power / 2) for power in range(2, 25)]        # from 0.1 to 1e-12, of entries above one so many times
ENTRIES = 6                                                     # of each array


def gradient_numbers(layer: Layer, inputs: tuple[Any, ...], seed: int = 0) -> list[dict[str, Any]]:
    """Return, for a few entries of every input and parameter, the gradient by backward and by central differences.

    What is differentiated is ``(layer.forward(*inputs) * grad_out).sum()`` for one random ``grad_out``.
    """
    rng, again, leaves = np.random.default_rng(seed), replay(layer), flatten(inputs)
    upstream = tuple(rng.standard_normal(np.shape(output)) for output in flatten(layer.forward(*inputs)))
    grads = flatten(layer.backward(upstream[0] if len(upstream) == 1 else upstream))
    arrays = [(f"x{index}" if len(leaves) > 1 else "x", leaf, grad)
              for index, (leaf, grad) in enumerate(zip(leaves, grads, strict=False))
              if isinstance(grad, np.ndarray) and leaf.dtype.kind == "f" and leaf.size]
    arrays += [(name, parameter.data, parameter.grad.copy()) for name, parameter in layer.named_parameters()
               if parameter.reached]

    def entries(array: Array, grad: Array) -> list[dict[str, Any]]:
        start, places = array.copy(), np.sort(rng.permutation(array.size)[:ENTRIES])

        def outputs(moved: Array) -> Any:
            array[...] = moved
            return again(*inputs)

        quotients = np.array([entry_slopes(outputs, start, places, upstream, step).central for step in STEPS])
        array[...] = start
        return [{"place": [int(i) for i in np.unravel_index(place, array.shape)], "value": start.flat[place],
                 "gradient": grad.flat[place], "quotients": quotients[:, index].tolist()}
                for index, place in enumerate(places)]

    return [{"name": name, "entries": entries(array, grad)} for name, array, grad in arrays]
