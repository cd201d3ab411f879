"""Wrong backwards of the gates of computational graphs."""

from typing import Any

import numpy as np

from ...layers import Add, Concat, Copy, Divide, MatMul, Maximum, Multiply, Select, Subtract
from ...layers.core import Array
from .mutant import Subject

__all__ = ["SUBJECTS"]

add = Subject(Add, Add, ((4, 3), (3,)), batch_axis=None)
subtract = Subject(Subtract, Subtract, ((4, 3), (4, 3)))
multiply = Subject(Multiply, Multiply, ((4, 3), (4, 3)))
divide = Subject(Divide, Divide, ((4, 3), np.linspace(0.5, 2, 12).reshape(4, 3)))
maximum = Subject(Maximum, Maximum, ((4, 3), (4, 3)))
copy = Subject(Copy, lambda: Copy(3), ((4, 3),))
concat = Subject(Concat, Concat, ((4, 3), (4, 3)))
select = Subject(Select, lambda: Select(1), ((4, 3), (4, 3)))
matmul = Subject(MatMul, MatMul, ((2, 3, 3), (3, 3)), batch_axis=None)

SUBJECTS = (add, subtract, multiply, divide, maximum, copy, concat, select, matmul)

Grads = tuple[Array, ...] | None


def swapped(grads: Grads) -> Grads:
    """Return the gradients of two inputs the other way round."""
    return None if grads is None else grads[::-1]


@add.wrong("mean")
def broadcast_averaged(self: Add, grad_out: Array) -> Grads:
    """An input that was broadcast gets the mean of the gradients instead of their sum."""
    grads = Add.backward(self, grad_out)
    return None if grads is None else tuple(
        grad * (grad.size / grad_out.size) if grad.shape != grad_out.shape else grad for grad in grads)


@add.wrong("batch")
def broadcast_takes_the_first(self: Add, grad_out: Array) -> Grads:
    """An input that was broadcast gets the gradient of the first row instead of the sum over all."""
    grads = Add.backward(self, grad_out)
    return None if grads is None else tuple(
        grad_out[0].astype(grad.dtype) if grad.shape != grad_out.shape else grad for grad in grads)


@add.wrong("factor")
def gradient_shared(self: Add, grad_out: Array) -> Grads:
    """The gradient is divided among the inputs; a sum hands all of it to each."""
    return Add.backward(self, grad_out / 2)


@subtract.wrong("sign")
def minus_of_the_second_forgotten(self: Subtract, grad_out: Array) -> Grads:
    """The second input is subtracted, so its gradient is minus the upstream gradient."""
    grads = Subtract.backward(self, grad_out)
    return None if grads is None else (grads[0], -grads[1])


@subtract.wrong("order")
def minus_at_the_first(self: Subtract, grad_out: Array) -> Grads:
    """The minus belongs to the second input."""
    return swapped(Subtract.backward(self, grad_out))


@multiply.wrong("order")
def inputs_not_swapped(self: Multiply, grad_out: Array) -> Grads:
    """Each input's gradient is scaled by the other input, here by itself."""
    return swapped(Multiply.backward(self, grad_out))


@multiply.wrong("path")
def second_input_taken_as_constant(self: Multiply, grad_out: Array) -> Grads:
    """Only the first input gets a gradient, as if the second were a constant."""
    grads = Multiply.backward(self, grad_out)
    return None if grads is None else (grads[0], np.zeros_like(grads[1]))


@multiply.wrong("upstream")
def upstream_ignored_by_the_second(self: Multiply, grad_out: Array) -> Grads:
    """The gradient of the second input is the first, without the upstream gradient: right only at a circuit's end."""
    grads = Multiply.backward(self, grad_out)
    return None if grads is None else (grads[0], self.saved().x[0].astype(grads[1].dtype))


@divide.wrong("sign")
def minus_of_the_denominator_forgotten(self: Divide, grad_out: Array) -> Grads:
    """The quotient falls as the denominator grows, so its gradient has a minus."""
    grads = Divide.backward(self, grad_out)
    return None if grads is None else (grads[0], -grads[1])


@divide.wrong("formula")
def denominator_not_squared(self: Divide, grad_out: Array) -> Grads:
    """The gradient of the denominator b is -a / b**2, here -a / b."""
    grads = Divide.backward(self, grad_out)
    return None if grads is None else (grads[0], grads[1] * self.saved().x[1])


@divide.wrong("path")
def numerator_not_divided(self: Divide, grad_out: Array) -> Grads:
    """The gradient of the numerator is grad_out / b, here grad_out."""
    grads = Divide.backward(self, grad_out)
    return None if grads is None else (grads[0] * self.saved().x[1], grads[1])


@maximum.wrong("mask")
def gradient_to_both(self: Maximum, grad_out: Array) -> Grads:
    """Both inputs get the gradient, also the smaller, which had no part in the output."""
    return None if Maximum.backward(self, grad_out) is None else tuple(
        grad_out.astype(x.dtype) for x in self.saved().x)


@maximum.wrong("order")
def gradient_to_the_smaller(self: Maximum, grad_out: Array) -> Grads:
    """The gradient is routed to the input that lost."""
    return swapped(Maximum.backward(self, grad_out))


@maximum.wrong("mask")
def compared_with_zero(self: Maximum, grad_out: Array) -> Grads:
    """The mask asks whether the first input is positive instead of larger than the second, as in a ReLU."""
    first, second = self.saved().x
    return (grad_out * (first > 0)).astype(first.dtype), (grad_out * (first <= 0)).astype(second.dtype)


@copy.wrong("accumulate")
def last_copy_counts(self: Copy, grad_out: tuple[Array | None, ...]) -> Array | None:
    """The gradients of the copies are overwritten by the last where they must be added."""
    return Copy.backward(self, (*(None for _ in grad_out[1:]), grad_out[-1]))


@copy.wrong("mean")
def copies_averaged(self: Copy, grad_out: tuple[Array | None, ...]) -> Array | None:
    """The gradients of the copies are averaged where they must be added."""
    grad_x = Copy.backward(self, grad_out)
    return None if grad_x is None else grad_x / self.n


@copy.wrong("argument")
def added_up_in_the_first(self: Copy, grad_out: tuple[Array | None, ...]) -> Array | None:
    """The gradients are added up in the array of the first, which belongs to another layer."""
    grad_x = Copy.backward(self, grad_out)
    if grad_out[0] is not None and grad_x is not None:
        grad_out[0][...] = grad_x
    return grad_x


@concat.wrong("order")
def parts_swapped(self: Concat, grad_out: Array) -> Grads:
    """The first input gets the stretch of the second."""
    return swapped(Concat.backward(self, grad_out))


@concat.wrong("order")
def split_by_turns(self: Concat, grad_out: Array) -> Grads:
    """Every second column goes to the second input, as if the inputs had been interleaved."""
    return None if Concat.backward(self, grad_out) is None else tuple(
        grad_out[:, part::2].astype(dtype) for part, dtype in enumerate(self.saved().dtypes))


@select.wrong("order")
def gradient_to_the_first_input(self: Select, grad_out: Array) -> Any:
    """The gradient goes to the first input, whichever was chosen."""
    grads = Select.backward(self, grad_out)
    return None if grads is None else (grads[self.index], *(None for _ in grads[1:]))


@select.wrong("mask")
def gradient_to_all_inputs(self: Select, grad_out: Array) -> Any:
    """All inputs get the gradient, also those that were not chosen."""
    grads = Select.backward(self, grad_out)
    return None if grads is None else tuple(grads[self.index] for _ in grads)


@matmul.wrong("order")
def second_factor_not_transposed(self: MatMul, grad_out: Array) -> Grads:
    """The gradient of the first factor is grad_out @ b.T, here grad_out @ b."""
    grads = MatMul.backward(self, grad_out)
    a, b = self.saved()
    return None if grads is None else ((grad_out @ b).astype(a.dtype), grads[1])


@matmul.wrong("order")
def factors_of_the_product_swapped(self: MatMul, grad_out: Array) -> Grads:
    """The gradient of the second factor is a.T @ grad_out, here grad_out @ a.T."""
    grads = MatMul.backward(self, grad_out)
    a, b = self.saved()
    return None if grads is None else (grads[0], (grad_out @ a.swapaxes(-1, -2)).sum(axis=0).astype(b.dtype))


@matmul.wrong("batch")
def shared_factor_sees_the_first_matrix(self: MatMul, grad_out: Array) -> Grads:
    """The factor shared by the whole batch gets the gradient of the first matrix only."""
    grads = MatMul.backward(self, grad_out)
    a, b = self.saved()
    return None if grads is None else (grads[0], (a[0].T @ grad_out[0]).astype(b.dtype))
