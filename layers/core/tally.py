"""How a container describes itself: the descriptions of its calls added up, shared memory counted once."""

from typing import Any

from .arrays import Shape, flatten
from .calls import call_describe
from .describe import POINTWISE, Description, Field, Kept, widest
from .layer import Layer

__all__ = ["Tally"]


class Tally:
    """Adds up what a container's calls give and cost; every array has a name, a shape, a memory and a field.

    The inputs are named ``x0``, ``x1``, …; the outputs of the call of child ``c`` are ``c:0``, ``c:1``, …
    """

    def __init__(self, container: Layer, x_shapes: tuple[Shape, ...]) -> None:
        self.container = container
        self.inputs = tuple(f"x{index}" for index in range(len(x_shapes)))
        self.shapes: dict[str, Shape] = dict(zip(self.inputs, x_shapes, strict=True))
        self.fields: dict[str, Field] = dict.fromkeys(self.inputs, POINTWISE)
        self.memory: dict[str, str] = {name: name for name in self.inputs}
        self.kept: dict[str, Kept] = {}
        self.multiply_adds = 0

    def add(self, name: str, layer: Layer, given: tuple[Any, ...]) -> tuple[str, ...]:
        """Add a call of child ``name`` on the named arrays, nested as its inputs; return the names of its outputs."""
        inputs = flatten(given)
        before = widest(self.fields[each] for each in inputs)
        description, field = call_describe(layer, *self._shapes(given), before=before, at=(self.container, name))
        outputs = tuple(f"{name}:{index}" for index in range(len(description.y_shapes)))
        viewed = description.views or (None,) * len(outputs)
        for each, shape, source in zip(outputs, description.y_shapes, viewed, strict=True):
            self.shapes[each], self.fields[each] = shape, field
            self.memory[each] = each if source is None else self.memory[inputs[source]]
        roles = {f"x{i}": self.memory[each] for i, each in enumerate(inputs)}
        roles |= {f"y{i}": self.memory[each] for i, each in enumerate(outputs)}
        for kept in description.kept:
            memory = roles.get(kept.name, f"{name}.{kept.name}")
            self.kept[memory] = kept._replace(name=memory)
        self.multiply_adds += description.multiply_adds
        return outputs

    def _shapes(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(self.shapes[each] if isinstance(each, str) else self._shapes(each) for each in given)

    def result(self, outputs: tuple[str, ...]) -> Description:
        """Return the description of the container, whose outputs are the named arrays."""
        roles = {self.memory[name]: f"y{index}" for index, name in enumerate(outputs)}
        roles |= {name: name for name in self.inputs}
        return self.container.description(
            *(self.shapes[name] for name in outputs), multiply_adds=self.multiply_adds,
            kept=tuple(kept._replace(name=roles.get(name, name)) for name, kept in self.kept.items()),
            field=widest(self.fields[name] for name in outputs),
            views=tuple(self.inputs.index(self.memory[name]) if self.memory[name] in self.inputs else None
                        for name in outputs))
