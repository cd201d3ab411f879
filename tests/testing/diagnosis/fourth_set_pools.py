"""The fourth set of wrong layers: pooling, flattening, dropout and softplus."""

import numpy as np

from chainrule.layers import AdaptiveAvgPool2d, AvgPool2d, Dropout, Flatten, MaxPool2d, Softplus
from chainrule.layers.core import default_rng

from .fourth_set import ROWS, sigmoid, wrong

IMAGES = (3, 2, 7, 5)
MANY = (13, 11)


class PlainMaxPool2d(MaxPool2d):
    def windows(self, x):
        s, k = self.stride or self.kernel_size, self.kernel_size
        for i in range((x.shape[2] - k) // s + 1):
            for j in range((x.shape[3] - k) // s + 1):
                yield i, j, np.s_[:, :, i * s:i * s + k, j * s:j * s + k]

    def forward(self, x):
        s, k = self.stride or self.kernel_size, self.kernel_size
        y = np.empty((*x.shape[:2], *((size - k) // s + 1 for size in x.shape[2:])), x.dtype)
        for i, j, window in self.windows(x):
            y[:, :, i, j] = self.best(x[window])
        self.cache = x, y
        return y

    def best(self, values):
        return values.max(axis=(2, 3))

    def backward(self, grad_out):
        x, y = self.saved()
        grad_x = np.zeros_like(x)
        for i, j, window in self.windows(x):
            mask = self.mask(x[window], y[:, :, i, j, None, None])
            self.put(grad_x, window, mask * grad_out[:, :, i, j, None, None])
        return grad_x

    def mask(self, values, best):
        return values == best

    def put(self, grad_x, window, part):
        grad_x[window] += part


@wrong("accumulate", IMAGES, kernel_size=3, stride=1)
class MaxPool2dOverlappingWindowsOverwritten(PlainMaxPool2d):
    def put(self, grad_x, window, part):
        grad_x[window] = part


@wrong("mask", IMAGES, kernel_size=2)
class MaxPool2dWholeWindowGetsTheGradient(PlainMaxPool2d):
    def mask(self, values, best):
        return np.ones_like(values)


@wrong("formula", IMAGES, kernel_size=2)
class MaxPool2dLargestMagnitude(PlainMaxPool2d):
    def best(self, values):
        flat = values.reshape(*values.shape[:2], -1)
        return np.take_along_axis(flat, np.abs(flat).argmax(axis=-1)[..., None], axis=-1)[..., 0]


@wrong("cache", IMAGES, kernel_size=2)
class MaxPool2dListOfPlacesNeverEmptied(PlainMaxPool2d):
    def __init__(self, kernel_size):
        super().__init__(kernel_size)
        self.places = []

    def forward(self, x):
        y = super().forward(x)
        for i, j, window in self.windows(x):
            self.places.append(x[window] == y[:, :, i, j, None, None])
        return y

    def backward(self, grad_out):
        x, _ = self.saved()
        grad_x = np.zeros_like(x)
        for (i, j, window), place in zip(self.windows(x), self.places, strict=False):
            grad_x[window] += place * grad_out[:, :, i, j, None, None]
        return grad_x


class PlainAvgPool2d(AvgPool2d):
    def windows(self, shape):
        k, p = self.kernel_size, self.padding
        for i in range((shape[2] + 2 * p - k) // k + 1):
            for j in range((shape[3] + 2 * p - k) // k + 1):
                yield i, j, np.s_[:, :, max(i * k - p, 0):i * k - p + k, max(j * k - p, 0):j * k - p + k]

    def count(self, values):
        return self.kernel_size ** 2

    def forward(self, x):
        k, p = self.kernel_size, self.padding
        y = np.zeros((*x.shape[:2], *((size + 2 * p - k) // k + 1 for size in x.shape[2:])), x.dtype)
        for i, j, window in self.windows(x.shape):
            y[:, :, i, j] = x[window].sum(axis=(2, 3)) / self.count(x[window])
        self.cache = x.shape, x.dtype
        return y

    def backward(self, grad_out):
        shape, dtype = self.saved()
        grad_x = np.zeros(shape, dtype)
        for i, j, window in self.windows(shape):
            grad_x[window] += grad_out[:, :, i, j, None, None] / self.count(grad_x[window])
        return grad_x


@wrong("mean", IMAGES, kernel_size=3, padding=1)
class AvgPool2dBorderNotCounted(PlainAvgPool2d):
    def count(self, values):
        return values.shape[2] * values.shape[3]


@wrong("mean", IMAGES, kernel_size=2)
class AvgPool2dWindowSizeForgottenGoingBack(PlainAvgPool2d):
    def backward(self, grad_out):
        shape, dtype = self.saved()
        grad_x = np.zeros(shape, dtype)
        for i, j, window in self.windows(shape):
            grad_x[window] = grad_out[:, :, i, j, None, None]
        return grad_x


@wrong("argument", IMAGES, kernel_size=2)
class AvgPool2dDividesTheGradientItWasGiven(PlainAvgPool2d):
    def backward(self, grad_out):
        shape, dtype = self.saved()
        grad_out /= self.kernel_size ** 2
        grad_x = np.zeros(shape, dtype)
        for i, j, window in self.windows(shape):
            grad_x[window] = grad_out[:, :, i, j, None, None]
        return grad_x


class PlainAdaptiveAvgPool2d(AdaptiveAvgPool2d):
    def windows(self, shape):
        out_h, out_w = self.output_size
        for i in range(out_h):
            for j in range(out_w):
                yield i, j, np.s_[:, :, self.span(i, shape[2], out_h), self.span(j, shape[3], out_w)]

    def span(self, index, size, parts):
        return slice(index * size // parts, -(-(index + 1) * size // parts))

    def forward(self, x):
        y = np.empty((*x.shape[:2], *self.output_size), x.dtype)
        for i, j, window in self.windows(x.shape):
            y[:, :, i, j] = x[window].mean(axis=(2, 3))
        self.cache = x.shape, x.dtype
        return y

    def backward(self, grad_out):
        shape, dtype = self.saved()
        grad_x = np.zeros(shape, dtype)
        for i, j, window in self.windows(shape):
            grad_x[window] += grad_out[:, :, i, j, None, None] / self.count(grad_x[window])
        return grad_x

    def count(self, values):
        return values.shape[2] * values.shape[3]


@wrong("formula", IMAGES, output_size=(3, 2))
class AdaptiveAvgPool2dWindowsOfOneSize(PlainAdaptiveAvgPool2d):
    def span(self, index, size, parts):
        step = size // parts
        return slice(index * step, (index + 1) * step)


@wrong("mean", IMAGES, output_size=(3, 2))
class AdaptiveAvgPool2dOneCountForAllWindows(PlainAdaptiveAvgPool2d):
    def count(self, values):
        (_, _, height, width), _ = self.cache
        return (height // self.output_size[0]) * (width // self.output_size[1])


@wrong("order", (3, 2, 4, 5))
class FlattenChannelsLast(Flatten):
    def forward(self, x):
        self.cache = x.shape
        return np.moveaxis(x, 1, -1).reshape(len(x), -1)

    def backward(self, grad_out):
        n, c, h, w = self.saved()
        return np.moveaxis(grad_out.reshape(n, h, w, c), -1, 1)


@wrong("order", (3, 2, 4, 5))
class FlattenComesBackInFortranOrder(Flatten):
    def forward(self, x):
        self.cache = x.shape
        return x.reshape(x.shape[0], -1)

    def backward(self, grad_out):
        shape = self.saved()
        return np.stack([row.reshape(shape[1:], order="F") for row in grad_out])


class PlainDropout(Dropout):
    def forward(self, x):
        self.cache = self.mask(x) if self.training else None
        return x * self.cache if self.training else self.evaluated(x)

    def mask(self, x):
        return ((default_rng(self.rng).random(x.shape) >= self.p) / (1 - self.p)).astype(x.dtype)

    def evaluated(self, x):
        self.cache = np.ones_like(x)
        return x

    def backward(self, grad_out):
        return grad_out * self.saved()


@wrong("factor", MANY, p=0.3)
class DropoutNeverScales(PlainDropout):
    def mask(self, x):
        return (default_rng(self.rng).random(x.shape) >= self.p).astype(x.dtype)


@wrong("mode", MANY, p=0.3)
class DropoutScaledInEvaluationToo(PlainDropout):
    def evaluated(self, x):
        self.cache = np.full_like(x, 1 - self.p)
        return x * (1 - self.p)


@wrong("mask", MANY, p=0.4)
class DropoutDrawsAgainGoingBack(PlainDropout):
    def backward(self, grad_out):
        self.saved()
        return grad_out * self.mask(grad_out) if self.training else grad_out


@wrong("batch", MANY, p=0.4)
class DropoutOneMaskForAllRows(PlainDropout):
    def mask(self, x):
        return np.broadcast_to(super().mask(x[0]), x.shape)


@wrong("mode", MANY, p=0.4)
class DropoutAsksForTheModeGoingBack(PlainDropout):
    """It looks at the mode of now, not at that of the forward pass."""

    def backward(self, grad_out):
        mask = self.saved()
        return grad_out * mask if self.training else grad_out


@wrong("factor", ROWS, beta=2.0)
class SoftplusNotDividedByBeta(Softplus):
    def forward(self, x):
        self.cache = x
        return np.log1p(np.exp(self.beta * x))

    def backward(self, grad_out):
        return grad_out * self.beta * sigmoid(self.beta * self.saved())


@wrong("cache", ROWS, beta=2.0)
class SoftplusInputBesideTheCache(Softplus):
    def forward(self, x):
        self.x = x
        self.cache = ()
        return np.log1p(np.exp(self.beta * x)) / self.beta

    def backward(self, grad_out):
        self.saved()
        return grad_out * sigmoid(self.beta * self.x)
