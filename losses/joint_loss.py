"""Losses whose prediction or target has several parts: PyTorch's order of arguments beside that of every loss."""

from typing import Any

from ..layers.core import Array, DtypeError, ShapeError, check_shape
from ..layers.core.arrays import Template
from .loss import Loss

__all__ = ["JointLoss"]


class JointLoss(Loss):
    """A loss whose prediction or target has several parts.

    ``forward`` takes PyTorch's arguments one by one, as ``ordered`` names them, or ``(prediction, target)`` as every
    loss does, where what has several parts is a tuple: so a network with several outputs goes straight into it.

    Gradients:
        a tuple, one for each part of the prediction; nothing flows to the target

    Source: the signatures of torch.nn.
    """

    def ordered(self, *arguments: Any, **named: Any) -> tuple[Any, Any]:
        """Return ``(prediction, target)``, given PyTorch's arguments."""
        raise NotImplementedError(f"{type(self).__name__}.ordered")

    def forward(self, *arguments: Any, **named: Any) -> Any:
        """Return the loss, a Python float; for ``reduction="none"`` the array of its terms."""
        if len(arguments) + len(named) != 2:
            arguments, named = self.ordered(*arguments, **named), {}
        return super().forward(*arguments, **named)

    def split(self, prediction: Any, *names: str, shape: Template = (...,), alike: bool = True) -> tuple[Array, ...]:
        """Return the parts of a prediction, after checking their number, shape and dtype; ``alike``: all as the first.

        Raises: ShapeError for another number of parts or parts of unequal shape, DtypeError for different dtypes.
        """
        wanted = ", ".join(names)
        if not isinstance(prediction, tuple) or len(prediction) != len(names):
            got = f"a tuple of {len(prediction)}" if isinstance(prediction, tuple) else type(prediction).__name__
            raise ShapeError(f"{self.title} expected the prediction as a tuple ({wanted}), got {got}")
        check_shape(prediction[0], shape, name=names[0], owner=self)
        for name, part in zip(names[1:], prediction[1:], strict=True):
            check_shape(part, prediction[0].shape if alike else shape, name=name, owner=self)
            if part.dtype != prediction[0].dtype:
                raise DtypeError(f"{self.title} expected {wanted} in one dtype, got {names[0]} in "
                                 f"{prediction[0].dtype} and {name} in {part.dtype}")
        return prediction
