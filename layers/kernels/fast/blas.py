"""Matrix products inside of compiled loops: the BLAS that SciPy brings, called at its address in memory."""

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import get_cython_function_address

from ...core import Array
from ..threads import get_num_threads, set_num_threads
from .instruction import instruction
from .jit import jit

__all__ = ["address_of", "multiply"]

_NAMES = {"float32": "sgemm", "float64": "dgemm"}
_found: dict[npt.DTypeLike, int] = {}


def address_of(dtype: np.dtype[Any]) -> int:
    """Return where the product of a dtype lies in memory, for ``multiply``."""
    if dtype not in _found:
        # Numba's constants would be kept on disk, and this is another number in each process
        _found[dtype] = get_cython_function_address("scipy.linalg.cython_blas", _NAMES[dtype.name])
        set_num_threads(get_num_threads())      # which that BLAS, if it was loaded just now, has not heard of
    return _found[dtype]


@instruction
def _call(_: Any, address: Any, turns: Any, sizes: Any, a: Any, b: Any, c: Any, alpha: Any, beta: Any) -> Any:
    """Call ``gemm`` with arguments in memory, as Fortran wants them."""
    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        def stored(value: Any) -> Any:
            place = builder.alloca(value.type)
            builder.store(value, place)
            return place

        def data(kind: Any, array: Any) -> Any:
            return context.make_array(kind)(context, builder, array).data

        turn_a, turn_b = (stored(builder.trunc(each, ir.IntType(8))) for each in _unpacked(builder, values[1], 2))
        n, m, k, lead_a, lead_b, lead_c = (stored(builder.trunc(each, ir.IntType(32)))
                                           for each in _unpacked(builder, values[2], 6))
        scale, rest = stored(values[6]), stored(values[7])
        arguments = [turn_a, turn_b, n, m, k, scale, data(a, values[3]), lead_a, data(b, values[4]), lead_b, rest,
                     data(c, values[5]), lead_c]
        kind = ir.FunctionType(ir.VoidType(), [argument.type for argument in arguments])
        builder.call(builder.inttoptr(values[0], kind.as_pointer()), arguments)
        return context.get_dummy_value()

    return types.void(types.intp, turns, sizes, a, b, c, a.dtype, a.dtype), generate


def _unpacked(builder: Any, values: Any, count: int) -> list[Any]:
    return [builder.extract_value(values, index) for index in range(count)]


@jit
def _lead(matrix: Array) -> tuple[bool, int]:
    """Return whether rows lie one behind the other, and how many numbers lie between one and the next."""
    size = matrix.itemsize
    if matrix.strides[1] == size:
        return True, max(matrix.strides[0] // size, matrix.shape[1])
    return False, max(matrix.strides[1] // size, matrix.shape[0])


@jit
def multiply(blas: int, a: Array, b: Array, out: Array, keep: bool, scale: float = 1.0) -> None:
    """Write ``scale * a @ b`` into ``out``, or add it to what is there if ``keep``; ``blas`` is ``address_of(dtype)``.

    Shapes:
        a, b: (n, k), (k, m), whose rows or whose columns lie in one piece
        out:  (n, m), whose rows do
    """
    (by_rows_a, lead_a), (by_rows_b, lead_b), (_, lead) = _lead(a), _lead(b), _lead(out)
    # BLAS goes by columns, and so takes each array for its transpose: outᵀ = bᵀ aᵀ
    turns = (ord("N") if by_rows_b else ord("T"), ord("N") if by_rows_a else ord("T"))
    sizes = (out.shape[1], out.shape[0], a.shape[1], lead_b, lead_a, lead)
    _call(blas, turns, sizes, b, a, out, out.dtype.type(scale), out.dtype.type(keep))
