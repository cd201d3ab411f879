"""Eight numbers in a register: what compiled loops are written with where LLVM finds no vectors by itself.

``load(array, i)`` and ``store(array, i, vector)`` take an array of one axis; vectors are added, subtracted and
multiplied, also by numbers; ``transposed`` turns eight of them.
"""

import operator
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]    # it has no types
from numba import types
from numba.extending import lower_builtin, models, register_model, type_callable

from ...core import Array
from .instruction import instruction
from .jit import inlined

__all__ = ["WIDTH", "choose", "copy", "copy_alternate", "larger", "load", "riffle", "spread", "store", "store_bytes",
           "total", "transposed", "where_equal"]

WIDTH = 8
_FLAGS = ("reassoc", "contract", "nsz")         # as everywhere in compiled code, see jit.py


class Vector(types.Type):
    """The type of ``WIDTH`` numbers of a dtype."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"Vector({dtype})")


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Vector) -> None:
        vector = ir.VectorType(manager.lookup(kind.dtype).get_value_type(), WIDTH)
        super().__init__(manager, kind, vector)     # type: ignore[no-untyped-call]    # Numba's


def _address(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    data = context.make_array(kind)(context, builder, array).data
    vector = ir.VectorType(context.get_value_type(kind.dtype), WIDTH)
    return builder.bitcast(builder.gep(data, [index]), vector.as_pointer())


@instruction
def load(_: Any, array: Any, index: Any) -> Any:
    """Return the eight numbers of an array from ``index`` on."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_address(context, builder, array, *values), align=array.dtype.bitwidth // 8)

    return Vector(array.dtype)(array, types.intp), generate


@instruction
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


@instruction
def spread(_: Any, number: Any) -> Any:
    """Return a vector of eight times the same number."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _everywhere(builder, values[0])

    return Vector(number)(number), generate


@instruction
def _alternate(_: Any, array: Any, index: Any) -> Any:
    """Return every second number of an array, eight from ``index`` on; nothing behind the last is read."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        later = builder.add(values[1], ir.Constant(values[1].type, WIDTH - 1))
        parts = (builder.load(_address(context, builder, array, values[0], at), align=array.dtype.bitwidth // 8)
                 for at in (values[1], later))
        places = [*range(0, WIDTH, 2), *range(WIDTH + 1, 2 * WIDTH, 2)]
        return builder.shuffle_vector(*parts, ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), places))

    return Vector(array.dtype)(array, types.intp), generate


@instruction
def store_bytes(_: Any, array: Any, index: Any, vector: Any) -> Any:
    """Write eight numbers into an array of bytes from ``index`` on."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        numbers = builder.fptoui(values[2], ir.VectorType(ir.IntType(8), WIDTH))
        builder.store(numbers, _address(context, builder, array, *values[:2]), align=1)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@instruction
def choose(_: Any, a: Any, b: Any, x: Any, y: Any) -> Any:
    """Return ``x`` where ``a > b``, else ``y``."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *values[:2]), *values[2:])

    return x(a, b, x, y), generate


@instruction
def where_equal(_: Any, a: Any, b: Any, x: Any) -> Any:
    """Return ``x`` where ``a == b``, else zero."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        nothing = ir.Constant(values[2].type, [0.0] * WIDTH)
        return builder.select(builder.fcmp_ordered("==", *values[:2]), values[2], nothing)

    return x(a, b, x), generate


@instruction
def larger(_: Any, a: Any, b: Any) -> Any:
    """Return the larger numbers of ``a`` and ``b``, NaN where one of them is."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        first, second = values
        either = builder.select(builder.fcmp_unordered(">", second, first), second, first)
        return builder.select(builder.fcmp_unordered("uno", first, first), first, either)

    return a(a, b), generate


@instruction
def _store_riffled(_: Any, array: Any, index: Any, a: Any, b: Any) -> Any:
    """Write sixteen numbers into an array from ``index`` on: the first of ``a``, the first of ``b``, and so on."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        for start in (0, WIDTH // 2):
            places = [place for i in range(start, start + WIDTH // 2) for place in (i, i + WIDTH)]
            half = builder.shuffle_vector(*values[2:], ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), places))
            at = builder.add(values[1], ir.Constant(values[1].type, 2 * start))
            builder.store(half, _address(context, builder, array, values[0], at), align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.intp, a, b), generate


@instruction
def total(_: Any, vector: Any) -> Any:
    """Return the sum of eight numbers, halves added up until one is left."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind, (left,) = ir.IntType(32), values
        for half in (4, 2, 1):
            masks = (ir.Constant(ir.VectorType(kind, half), list(range(at, at + half))) for at in (0, half))
            left = builder.fadd(*(builder.shuffle_vector(left, left, mask) for mask in masks))
        return builder.extract_element(left, ir.Constant(kind, 0))

    return vector.dtype(vector), generate


@instruction
def transposed(_: Any, rows: Any) -> Any:
    """Return eight vectors as a matrix whose rows were its columns: thrice the riffle of both halves of the rows."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind, half = ir.VectorType(ir.IntType(32), WIDTH), WIDTH // 2
        masks = [ir.Constant(kind, [place for i in range(start, start + half) for place in (i, i + WIDTH)])
                 for start in (0, half)]
        vectors = [builder.extract_value(values[0], k) for k in range(WIDTH)]
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
        lower_builtin(symbol, *kinds)(lower)        # type: ignore[no-untyped-call]    # Numba's


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")


@inlined
def copy(source: Array, at: int, target: Array, to: int, count: int) -> None:
    """Copy ``count`` numbers, whose last eight overlap those before where eight does not divide their number."""
    if count < WIDTH:
        few, room = source[at:at + count], target[to:to + count]
        for i in range(few.size):
            room[i] = few[i]
    else:
        for i in range(0, count - WIDTH, WIDTH):
            store(target, to + i, load(source, at + i))
        store(target, to + count - WIDTH, load(source, at + count - WIDTH))


@inlined
def copy_alternate(source: Array, at: int, target: Array, to: int, count: int) -> None:
    """Copy ``count`` numbers that lie two apart, as ``copy`` does those side by side."""
    if count < WIDTH:
        few, room = source[at:], target[to:to + count]
        for i in range(room.size):
            room[i] = few[2 * i]
    else:
        for i in range(0, count - WIDTH, WIDTH):
            store(target, to + i, _alternate(source, at + 2 * i))
        store(target, to + count - WIDTH, _alternate(source, at + 2 * (count - WIDTH)))


@inlined
def riffle(source: Array, first: int, second: int, target: Array, to: int, count: int) -> None:
    """Copy ``count`` numbers of a source from ``first`` on, and as many from ``second`` on in between."""
    if count < WIDTH:
        a, b, room = source[first:first + count], source[second:second + count], target[to:to + 2 * count]
        for i in range(a.size):
            room[2 * i], room[2 * i + 1] = a[i], b[i]
    else:
        for i in range(0, count - WIDTH, WIDTH):
            _store_riffled(target, to + 2 * i, load(source, first + i), load(source, second + i))
        last = count - WIDTH
        _store_riffled(target, to + 2 * last, load(source, first + last), load(source, second + last))
