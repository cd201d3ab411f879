"""LeNet-5 in its modern form."""

from ...layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from ...layers.core import Size
from ..sequential import Sequential

__all__ = ["lenet5"]


def lenet5(num_classes: Size = 10, in_channels: Size = 1) -> Sequential:
    """Return LeNet-5 for 28×28 images: two convolutions with pooling, three affine layers.

    Shapes:
        x: (N, in_channels, 28, 28)
        y: (N, num_classes)

    Source: LeCun, Bottou, Bengio & Haffner 1998; with rectifiers and max-pooling, and 61,706 parameters.

    Example:
        >>> from chainrule.models import summary
        >>> from chainrule.models.zoo import lenet5
        >>> summary(lenet5(), (1, 28, 28)).total.parameters
        61706
    """
    return Sequential(
        Conv2d(in_channels, 6, 5, padding=2), ReLU(), MaxPool2d(2),
        Conv2d(6, 16, 5), ReLU(), MaxPool2d(2),
        Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, num_classes))
