"""Wrong forwards of gates and of layers that only rearrange."""

import numpy as np

from ....layers import Add, Concat, Divide, Flatten, Linear, Maximum, Multiply, Subtract, Transpose
from ....layers.core import Array
from ....models import Residual
from ..mutant import Subject
from .changed import instead

__all__ = ["SUBJECTS"]

add = Subject(Add, Add, ((4, 3), (4, 3)))
subtract = Subject(Subtract, Subtract, ((4, 3), (4, 3)))
multiply = Subject(Multiply, Multiply, ((4, 3), (4, 3)))
divide = Subject(Divide, Divide, ((4, 3), (4, 3)))
maximum = Subject(Maximum, Maximum, ((4, 3), (4, 3)))
concat = Subject(Concat, Concat, ((4, 3), (4, 2)))
flatten = Subject(Flatten, Flatten, ((4, 3, 2),))
transpose = Subject(Transpose, lambda: Transpose(1, 2), ((2, 3, 3),))
residual = Subject(Residual, lambda: Residual(Linear(3, 3)), ((4, 3),))

SUBJECTS = (add, subtract, multiply, divide, maximum, concat, flatten, transpose, residual)


@add.wrong("path", method="forward")
def second_input_left_out(self: Add, a: Array, b: Array) -> Array:
    """Only the first input reaches the output."""
    return instead(Add, self, (a, b), a)


@add.wrong("mean", method="forward")
def inputs_averaged(self: Add, a: Array, b: Array) -> Array:
    """The inputs are averaged where they must be added."""
    return instead(Add, self, (a, b), (a + b) / 2)


@subtract.wrong("sign", method="forward")
def first_taken_from_second(self: Subtract, a: Array, b: Array) -> Array:
    """The difference is taken the wrong way round."""
    return instead(Subtract, self, (a, b), b - a)


@multiply.wrong("formula", method="forward")
def added_for_multiplied(self: Multiply, a: Array, b: Array) -> Array:
    """The inputs are added where they must be multiplied."""
    return instead(Multiply, self, (a, b), a + b)


@divide.wrong("order", method="forward")
def fraction_turned_round(self: Divide, a: Array, b: Array) -> Array:
    """The second input is divided by the first."""
    return instead(Divide, self, (a, b), b / a)


@maximum.wrong("order", method="forward")
def smaller_wins(self: Maximum, a: Array, b: Array) -> Array:
    """The smaller of the two is handed on."""
    return instead(Maximum, self, (a, b), np.minimum(a, b))


@maximum.wrong("formula", method="forward")
def larger_size_wins(self: Maximum, a: Array, b: Array) -> Array:
    """The value of the larger size is handed on, whatever its sign."""
    return instead(Maximum, self, (a, b), np.where(np.abs(a) > np.abs(b), a, b))


@concat.wrong("order", method="forward")
def parts_in_another_order(self: Concat, a: Array, b: Array) -> Array:
    """The second part comes first."""
    return instead(Concat, self, (a, b), np.concatenate([b, a], axis=1))


@flatten.wrong("order", method="forward")
def axes_flattened_in_column_order(self: Flatten, x: Array) -> Array:
    """The axes are flattened last first, as Fortran stores them."""
    return instead(Flatten, self, x, x.swapaxes(1, 2).reshape(len(x), -1))


@transpose.wrong("order", method="forward")
def reshaped_for_transposed(self: Transpose, x: Array) -> Array:
    """The array is reshaped where its axes must be exchanged: the shape is right, the places are not."""
    return instead(Transpose, self, x, x.reshape(x.shape[0], x.shape[2], x.shape[1]))


@residual.wrong("path", method="forward")
def shortcut_left_out(self: Residual, x: Array) -> Array:
    """The input is not added to what the branch gives."""
    return np.asarray(Residual.forward(self, x) - x)


@residual.wrong("sign", method="forward")
def branch_subtracted(self: Residual, x: Array) -> Array:
    """The branch is subtracted from the input."""
    return np.asarray(2 * x - Residual.forward(self, x))
