"""Eight numbers in a register: what compiled loops are written with where LLVM finds no vectors by itself.

``load(array, i)`` and ``store(array, i, vector)`` take an array of one axis; vectors are added, subtracted and
multiplied, also by numbers; ``transposed`` turns eight of them.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

__all__ = ["WIDTH", "load", "spread", "store", "transposed"]

WIDTH = 8
_FLAGS = ("reassoc", "contract", "nsz")         # as everywhere in compiled code, see jit.py


class Vector(types.Type):
    """The type of ``WIDTH`` numbers of a dtype."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"Vector({dtype})")


@register_model(Vector)
class _Model(models.PrimitiveModel):        # type: ignore[misc]    # Numba has no types
    def __init__(self, manager: Any, kind: Vector) -> None:
        super().__init__(manager, kind, ir.VectorType(manager.lookup(kind.dtype).get_value_type(), WIDTH))


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    vector = ir.VectorType(context.get_value_type(kind.dtype), WIDTH)
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


@intrinsic
def load(_: Any, array: Any, index: Any) -> Any:
    """Return the eight numbers of an array from ``index`` on."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_address(context, builder, array, *values), align=array.dtype.bitwidth // 8)

    return Vector(array.dtype)(array, types.intp), generate


@intrinsic
def store(_: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write eight numbers into an array from ``index`` on."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        target = _address(context, builder, array, *values[:2])
        builder.store(values[2], target, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


def _everywhere(builder: Any, number: Any) -> Any:
    """Return a vector of one number."""
    vector = ir.VectorType(number.type, WIDTH)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined),
                                  ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH))


@intrinsic
def spread(_: Any, number: Any) -> Any:
    """Return a vector of eight times the same number."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _everywhere(builder, values[0])

    return Vector(number)(number), generate


@intrinsic
def transposed(_: Any, rows: Any) -> Any:
    """Return eight vectors as a matrix whose rows were its columns: thrice the riffle of both halves of the rows."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind, half = ir.VectorType(ir.IntType(32), WIDTH), WIDTH // 2
        masks = [ir.Constant(kind, [place for i in range(start, start + half) for place in (i, i + WIDTH)])
                 for start in (0, half)]
        vectors = cgutils.unpack_tuple(builder, values[0])
        for _ in range(WIDTH.bit_length() - 1):
            pairs = zip(vectors[:half], vectors[half:], strict=True)
            vectors = [builder.shuffle_vector(a, b, mask) for a, b in pairs for mask in masks]
        return context.make_tuple(builder, rows, vectors)

    return rows(rows), generate


def _define(symbol: Any, instruction: str) -> None:
    """Let vectors take part in an operation, with each other or with numbers."""

    @type_callable(symbol)
    def typed(context: Any) -> Any:
        def result(a: Any, b: Any) -> Any:
            return a if isinstance(a, Vector) else b if isinstance(b, Vector) else None
        return result

    def lower(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        a, b = (value if isinstance(kind, Vector) else _everywhere(builder, value)
                for kind, value in zip(signature.args, values, strict=True))
        return getattr(builder, instruction)(a, b, flags=_FLAGS)

    for kinds in ((Vector, Vector), (Vector, types.Float), (types.Float, Vector)):
        lower_builtin(symbol, *kinds)(lower)


for _symbol, _instruction in ((operator.add, "fadd"), (operator.sub, "fsub"), (operator.mul, "fmul")):
    _define(_symbol, _instruction)
