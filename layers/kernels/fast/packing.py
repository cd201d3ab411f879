"""A tuple as one value: what threads share may then be tuples in tuples, which Numba hands to no other thread."""

from typing import Any

from numba import types
from numba.extending import models, register_model

from .instruction import instruction

__all__ = ["pack", "unpack"]


class Packed(types.Type):
    """The type of a packed tuple."""

    def __init__(self, content: types.BaseTuple) -> None:
        self.content = content
        super().__init__(name=f"Packed({content})")


@register_model(Packed)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Packed) -> None:
        content = manager.lookup(kind.content).get_value_type()
        super().__init__(manager, kind, content)        # type: ignore[no-untyped-call]    # Numba's


@instruction
def pack(_: Any, values: Any) -> Any:
    """Return a tuple as one value."""
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return arguments[0]         # whoever made the arrays keeps them for as long as the threads are at work

    return Packed(values)(values), generate


@instruction
def unpack(_: Any, packed: Any) -> Any:
    """Return the tuple again."""
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        context.nrt.incref(builder, packed.content, arguments[0])
        return arguments[0]

    return packed.content(packed), generate
