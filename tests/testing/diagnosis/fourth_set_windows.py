"""The fourth set of wrong layers: convolution."""

import numpy as np

from chainrule.layers import Conv1d, Conv2d, ConvTranspose2d

from .fourth_set import wrong
from .second_set import add

IMAGES = (3, 2, 7, 6)
STEPS = {"in_channels": 2, "out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1}
SIGNALS = (3, 2, 8)
SHORT = {"in_channels": 2, "out_channels": 3, "kernel_size": 3}
MAPS = (2, 3, 3, 4)
GROWN = {"in_channels": 3, "out_channels": 2, "kernel_size": 3, "stride": 2}


class PlainConv2d(Conv2d):
    def forward(self, x):
        p, s, k = self.padding, self.stride, self.kernel_size
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        rows, columns = ((size + 2 * p - k) // s + 1 for size in x.shape[2:])
        y = np.empty((len(x), self.out_channels, rows, columns), x.dtype)
        for i in range(rows):
            for j in range(columns):
                window = padded[:, :, i * s:i * s + k, j * s:j * s + k]
                y[:, :, i, j] = np.tensordot(window, self.weight.data, axes=([1, 2, 3], [1, 2, 3])) + self.bias.data
        self.cache = padded
        return y

    def backward(self, grad_out):
        padded = self.saved()
        s, k = self.stride, self.kernel_size
        grad_padded = np.zeros_like(padded)
        for i in range(grad_out.shape[2]):
            for j in range(grad_out.shape[3]):
                here = grad_out[:, :, i, j]
                window = np.s_[:, :, i * s:i * s + k, j * s:j * s + k]
                add(self.weight, self.weight_part(here, padded[window]))
                self.put(grad_padded, window, np.tensordot(here, self.kernel(), axes=1))
        add(self.bias, self.bias_part(grad_out))
        return self.without_border(grad_padded)

    def weight_part(self, here, window):
        return np.tensordot(here, window, axes=([0], [0]))

    def kernel(self):
        return self.weight.data

    def bias_part(self, grad_out):
        return grad_out.sum(axis=(0, 2, 3))

    def put(self, grad_padded, window, part):
        grad_padded[window] += part

    def without_border(self, grad_padded):
        p = self.padding
        return grad_padded[:, :, p:-p, p:-p].copy()


@wrong("order", IMAGES, **STEPS)
class Conv2dKernelTurnedOnceTooOften(PlainConv2d):
    def kernel(self):
        return np.flip(self.weight.data, axis=(2, 3))


@wrong("accumulate", IMAGES, **STEPS)
class Conv2dOverlappingWindowsOverwritten(PlainConv2d):
    def put(self, grad_padded, window, part):
        grad_padded[window] = part


@wrong("batch", IMAGES, **STEPS)
class Conv2dWeightsLearnFromTheFirstImage(PlainConv2d):
    def weight_part(self, here, window):
        return np.multiply.outer(here[0], window[0])


@wrong("mean", IMAGES, **STEPS)
class Conv2dBiasGradientAveragedOverPixels(PlainConv2d):
    def bias_part(self, grad_out):
        return grad_out.mean(axis=(2, 3)).sum(axis=0)


@wrong("order", IMAGES, **STEPS)
class Conv2dBorderCutOffAtTheEnd(PlainConv2d):
    def without_border(self, grad_padded):
        height, width = (size - 2 * self.padding for size in grad_padded.shape[2:])
        return grad_padded[:, :, :height, :width].copy()


@wrong("dtype", IMAGES, **STEPS)
class Conv2dOutputArrayOfDoubles(PlainConv2d):
    def forward(self, x):
        single = super().forward(x)
        out = np.zeros(single.shape)
        for image in range(len(x)):
            out[image] = single[image]
        return out


@wrong("formula", IMAGES, **STEPS)
class Conv2dCopiesTheEdgeInsteadOfZeros(PlainConv2d):
    """Forward and backward agree."""

    def forward(self, x):
        p = self.padding
        edged = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="edge")
        self.padding = 0
        y = super().forward(edged)
        self.padding = p
        return y

    def without_border(self, grad_padded):
        p, grad = self.padding, grad_padded.copy()
        for axis in (2, 3):
            grad = np.moveaxis(grad, axis, 0)
            grad[p] += grad[:p].sum(axis=0)
            grad[-p - 1] += grad[-p:].sum(axis=0)
            grad = np.moveaxis(grad[p:-p], 0, axis)
        return grad


class PlainConv1d(Conv1d):
    """As one product with the columns of the input."""

    def reach(self, x):
        return x.shape[2] - (self.kernel_size - 1) * self.dilation

    def forward(self, x):
        length = self.reach(x)
        columns = np.stack([x[:, :, k * self.dilation:k * self.dilation + length]
                            for k in range(self.kernel_size)], axis=2)
        self.cache = columns, x.shape
        return np.einsum("ock,nckl->nol", self.weight.data, columns) + self.bias.data[:, None]

    def backward(self, grad_out):
        columns, shape = self.saved()
        self.learn(np.einsum("nol,nckl->ock", grad_out, columns), grad_out.sum(axis=(0, 2)))
        grad_columns = np.einsum("ock,nol->nckl", self.weight.data, grad_out)
        grad_x = np.zeros(shape, grad_columns.dtype)
        for k in range(self.kernel_size):
            start = k * self.step_back()
            grad_x[:, :, start:start + grad_out.shape[2]] += grad_columns[:, :, k]
        return grad_x

    def step_back(self):
        return self.dilation

    def learn(self, grad_weight, grad_bias):
        add(self.weight, grad_weight)
        add(self.bias, grad_bias)


@wrong("order", SIGNALS, **SHORT, dilation=2)
class Conv1dDilationForgottenGoingBack(PlainConv1d):
    def step_back(self):
        return 1


@wrong("frozen", SIGNALS, **SHORT)
class Conv1dFrozenStopsTheGradient(PlainConv1d):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        if not self.weight.requires_grad:
            return np.zeros_like(grad_x)
        return grad_x


@wrong("accumulate", SIGNALS, **SHORT)
class Conv1dGradientsSummedBesideTheParameter(PlainConv1d):
    """A sum of its own that zero_grad does not know of."""

    total = 0

    def learn(self, grad_weight, grad_bias):
        if self.weight.requires_grad:
            self.total = self.total + grad_weight
            self.weight.grad[...] = self.total
        add(self.bias, grad_bias)


@wrong("path", SIGNALS, **SHORT)
class Conv1dBiasNeverLearns(PlainConv1d):
    def learn(self, grad_weight, grad_bias):
        add(self.weight, grad_weight)


@wrong("upstream", SIGNALS, **SHORT)
class Conv1dClipsTheGradientItGets(PlainConv1d):
    def backward(self, grad_out):
        return super().backward(np.clip(grad_out, -0.5, 0.5))


class PlainConvTranspose2d(ConvTranspose2d):
    def forward(self, x):
        s, k = self.stride, self.kernel_size
        self.cache = x
        y = np.zeros((len(x), self.out_channels, *((size - 1) * s + k for size in x.shape[2:])), x.dtype)
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                self.put(y, np.s_[:, :, i * s:i * s + k, j * s:j * s + k],
                         np.tensordot(x[:, :, i, j], self.kernel(), axes=1))
        return y + self.bias.data[:, None, None]

    def kernel(self):
        return self.weight.data

    def put(self, y, window, part):
        y[window] += part

    def backward(self, grad_out):
        x, s, k = self.saved(), self.stride, self.kernel_size
        grad_x = np.empty_like(x)
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                window = grad_out[:, :, i * s:i * s + k, j * s:j * s + k]
                grad_x[:, :, i, j] = np.tensordot(window, self.kernel(), axes=([1, 2, 3], [1, 2, 3]))
                add(self.weight, np.tensordot(x[:, :, i, j], window, axes=([0], [0])))
        add(self.bias, self.bias_part(grad_out))
        return grad_x

    def bias_part(self, grad_out):
        return grad_out.sum(axis=(0, 2, 3))


@wrong("accumulate", MAPS, **GROWN)
class ConvTranspose2dLastWindowWins(PlainConvTranspose2d):
    def put(self, y, window, part):
        y[window] = part


@wrong("order", MAPS, **(GROWN | {"out_channels": 3}))
class ConvTranspose2dGoesBackThroughTheOtherChannels(PlainConvTranspose2d):
    """The input's gradient uses the layout of Conv2d's weight."""

    def backward(self, grad_out):
        x, s, k = self.saved(), self.stride, self.kernel_size
        super().backward(grad_out)
        grad_x = np.empty_like(x)
        for i in range(x.shape[2]):
            for j in range(x.shape[3]):
                window = grad_out[:, :, i * s:i * s + k, j * s:j * s + k]
                grad_x[:, :, i, j] = np.einsum("nohw,ochw->nc", window, self.weight.data)
        return grad_x


@wrong("batch", MAPS, **GROWN)
class ConvTranspose2dBiasLearnsFromOneImage(PlainConvTranspose2d):
    def bias_part(self, grad_out):
        return grad_out[-1].sum(axis=(1, 2))
