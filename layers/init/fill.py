"""Initial values: functions that fill a parameter in place, with the names and numbers of torch.nn.init."""

import math
from collections.abc import Callable

import numpy as np

from ..core import Array, Parameter, ShapeError, ValueRangeError, check_choice, default_rng, show_shape

__all__ = [
    "calculate_gain",
    "constant_",
    "dirac_",
    "eye_",
    "kaiming_normal_",
    "kaiming_uniform_",
    "lecun_normal_",
    "lecun_uniform_",
    "normal_",
    "ones_",
    "orthogonal_",
    "sparse_",
    "trunc_normal_",
    "uniform_",
    "xavier_normal_",
    "xavier_uniform_",
    "zeros_",
]

Rng = np.random.Generator | None

GAINS: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
                     "conv_transpose3d", "sigmoid"), lambda _: 1.0),
    "tanh": lambda _: 5 / 3,
    "relu": lambda _: math.sqrt(2),
    "leaky_relu": lambda slope: math.sqrt(2 / (1 + slope**2)),
    "selu": lambda _: 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the factor that keeps the variance of activations behind a non-linearity.

    ``param`` is the negative slope of "leaky_relu", 0.01 unless given.

    Raises: UnknownNameError for another non-linearity.

    Source: He, Zhang, Ren & Sun 2015; numbers of torch.nn.init.calculate_gain.

    Example:
        >>> calculate_gain("relu") ** 2
        2.0000000000000004
    """
    check_choice(nonlinearity, GAINS, name="nonlinearity", owner="calculate_gain")
    return GAINS[nonlinearity](0.01 if param is None else param)


def uniform_(parameter: Parameter, a: float = 0.0, b: float = 1.0, *, rng: Rng = None) -> Parameter:
    """Draw from the uniform distribution on [a, b)."""
    return _fill(parameter, default_rng(rng).uniform(a, b, parameter.shape))


def normal_(parameter: Parameter, mean: float = 0.0, std: float = 1.0, *, rng: Rng = None) -> Parameter:
    """Draw from the normal distribution."""
    return _fill(parameter, default_rng(rng).normal(mean, std, parameter.shape))


def trunc_normal_(parameter: Parameter, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, *,
                  rng: Rng = None) -> Parameter:
    """Draw from the normal distribution, again wherever a value falls outside of [a, b].

    Raises: ValueRangeError where the interval is empty or so far out that almost nothing falls into it.
    """
    inside = 0.5 * (math.erf((b - mean) / std / math.sqrt(2)) - math.erf((a - mean) / std / math.sqrt(2)))
    if not inside > 1e-4:
        raise ValueRangeError(f"trunc_normal_ expected [a, b] within reach of mean {mean} and std {std}, "
                              f"got [{a}, {b}]")
    values = default_rng(rng).normal(mean, std, parameter.shape)
    while (outside := (values < a) | (values > b)).any():
        values[outside] = default_rng(rng).normal(mean, std, int(outside.sum()))
    return _fill(parameter, values)


def constant_(parameter: Parameter, val: float) -> Parameter:
    """Set every value to ``val``."""
    return _fill(parameter, np.full(parameter.shape, val))


def ones_(parameter: Parameter) -> Parameter:
    """Set every value to one."""
    return constant_(parameter, 1.0)


def zeros_(parameter: Parameter) -> Parameter:
    """Set every value to zero."""
    return constant_(parameter, 0.0)


def eye_(parameter: Parameter) -> Parameter:
    """Make a matrix the identity.

    Raises: ShapeError unless it has two axes.
    """
    _check_axes(parameter, 2, 2, "eye_")
    rows, columns = parameter.shape
    return _fill(parameter, np.eye(rows, columns))


def dirac_(parameter: Parameter, groups: int = 1) -> Parameter:
    """Make a convolution hand on its input: one in the middle of the window, for as many channels as there are.

    Raises: ShapeError unless it has three to five axes, ValueRangeError unless groups divides the first.
    """
    _check_axes(parameter, 3, 5, "dirac_")
    outputs, inputs, *kernel = parameter.shape
    if outputs % groups:
        raise ValueRangeError(f"dirac_ expected groups that divides {outputs}, got {groups}")
    values = np.zeros(parameter.shape)
    middle = tuple(size // 2 for size in kernel)
    for group in range(groups):
        for channel in range(min(outputs // groups, inputs)):
            values[(group * (outputs // groups) + channel, channel, *middle)] = 1
    return _fill(parameter, values)


def xavier_uniform_(parameter: Parameter, gain: float = 1.0, *, rng: Rng = None) -> Parameter:
    """Draw uniformly with variance ``2 * gain**2 / (fan_in + fan_out)`` (Glorot & Bengio 2010)."""
    bound = gain * math.sqrt(6 / sum(_fans(parameter)))
    return uniform_(parameter, -bound, bound, rng=rng)


def xavier_normal_(parameter: Parameter, gain: float = 1.0, *, rng: Rng = None) -> Parameter:
    """Draw normally with variance ``2 * gain**2 / (fan_in + fan_out)`` (Glorot & Bengio 2010)."""
    return normal_(parameter, 0, gain * math.sqrt(2 / sum(_fans(parameter))), rng=rng)


def kaiming_uniform_(parameter: Parameter, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *,
                     rng: Rng = None) -> Parameter:
    """Draw uniformly with variance ``gain**2 / fan`` (He, Zhang, Ren & Sun 2015)."""
    bound = math.sqrt(3) * _kaiming_std(parameter, a, mode, nonlinearity)
    return uniform_(parameter, -bound, bound, rng=rng)


def kaiming_normal_(parameter: Parameter, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", *,
                    rng: Rng = None) -> Parameter:
    """Draw normally with variance ``gain**2 / fan`` (He, Zhang, Ren & Sun 2015)."""
    return normal_(parameter, 0, _kaiming_std(parameter, a, mode, nonlinearity), rng=rng)


def lecun_uniform_(parameter: Parameter, *, rng: Rng = None) -> Parameter:
    """Draw uniformly with variance ``1 / fan_in`` (LeCun, Bottou, Orr & Müller 1998, section 4.6)."""
    bound = math.sqrt(3 / _fans(parameter)[0])
    return uniform_(parameter, -bound, bound, rng=rng)


def lecun_normal_(parameter: Parameter, *, rng: Rng = None) -> Parameter:
    """Draw normally with variance ``1 / fan_in`` (LeCun, Bottou, Orr & Müller 1998, section 4.6)."""
    return normal_(parameter, 0, math.sqrt(1 / _fans(parameter)[0]), rng=rng)


def orthogonal_(parameter: Parameter, gain: float = 1.0, *, rng: Rng = None) -> Parameter:
    """Make rows or columns, whichever are fewer, orthogonal, all of length ``gain`` (Saxe, McClelland & Ganguli 2014).

    Raises: ShapeError for fewer than two axes; those behind the first count as one.
    """
    _check_axes(parameter, 2, 64, "orthogonal_")
    rows = parameter.shape[0]
    columns = parameter.size // rows
    drawn = default_rng(rng).standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q = q * np.sign(np.diag(r))                 # makes the distribution uniform (Mezzadri 2007)
    return _fill(parameter, gain * (q if rows >= columns else q.T).reshape(parameter.shape))


def sparse_(parameter: Parameter, sparsity: float, std: float = 0.01, *, rng: Rng = None) -> Parameter:
    """Draw normally, then set a share ``sparsity`` of every column to zero (Martens 2010).

    Raises: ShapeError unless it has two axes.
    """
    _check_axes(parameter, 2, 2, "sparse_")
    generator = default_rng(rng)
    rows, columns = parameter.shape
    values = generator.normal(0, std, parameter.shape)
    for column in range(columns):
        values[generator.permutation(rows)[:math.ceil(sparsity * rows)], column] = 0
    return _fill(parameter, values)


def _fill(parameter: Parameter, values: Array) -> Parameter:
    parameter.data = values
    return parameter


def _check_axes(parameter: Parameter, least: int, most: int, owner: str) -> None:
    if not least <= len(parameter.shape) <= most:
        wanted = f"{least}" if least == most else f"at least {least}" if most > 9 else f"{least} to {most}"
        raise ShapeError(f"{owner} expected a parameter with {wanted} axes, got {show_shape(parameter.shape)}")


def _fans(parameter: Parameter) -> tuple[int, int]:
    """Return how many inputs each output has, and how many outputs each input."""
    _check_axes(parameter, 2, 64, "fan-based initial values")
    outputs, inputs, *kernel = parameter.shape
    return inputs * math.prod(kernel), outputs * math.prod(kernel)


def _kaiming_std(parameter: Parameter, a: float, mode: str, nonlinearity: str) -> float:
    check_choice(mode, ("fan_in", "fan_out"), name="mode", owner="kaiming_")
    fan_in, fan_out = _fans(parameter)
    return calculate_gain(nonlinearity, a) / math.sqrt(fan_in if mode == "fan_in" else fan_out)
