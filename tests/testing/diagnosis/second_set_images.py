"""Wrong layers as students write them: norms and images."""

import numpy as np

from chainrule.layers import AvgPool2d, BatchNorm1d, Conv2d, LayerNorm, MaxPool2d, RMSNorm

from .second_set import add, wrong


class StudentBatchNorm(BatchNorm1d):
    """Right; forward is the library's, backward in the form of the paper."""

    def backward(self, grad_out):
        x, mean, inv_std, own = self.saved()
        mean, inv_std = mean.reshape(-1), inv_std.reshape(-1)
        x_hat = (x - mean) * inv_std
        add(self.weight, self.grad_weight(grad_out, x, x_hat))
        add(self.bias, grad_out.sum(axis=0))
        grad_hat = grad_out * self.weight.data
        return (self.grad_x(grad_hat, x_hat, inv_std) if own else grad_hat * inv_std).astype(x.dtype)

    def grad_weight(self, grad_out, x, x_hat):
        return (grad_out * x_hat).sum(axis=0)

    def grad_x(self, grad_hat, x_hat, inv_std):
        return inv_std * (grad_hat - grad_hat.mean(axis=0) - x_hat * (grad_hat * x_hat).mean(axis=0))


@wrong("path", (6, 3), num_features=3)
class BatchNormConstants(StudentBatchNorm):
    def grad_x(self, grad_hat, x_hat, inv_std):
        """Mean and variance are treated as constants."""
        return inv_std * grad_hat


@wrong("path", (6, 3), num_features=3)
class BatchNormVarianceConstant(StudentBatchNorm):
    def grad_x(self, grad_hat, x_hat, inv_std):
        return inv_std * (grad_hat - grad_hat.mean(axis=0))


@wrong("mean", (6, 3), num_features=3)
class BatchNormSums(StudentBatchNorm):
    def grad_x(self, grad_hat, x_hat, inv_std):
        return inv_std * (grad_hat - grad_hat.sum(axis=0) - x_hat * (grad_hat * x_hat).sum(axis=0))


@wrong("formula", (6, 3), num_features=3)
class BatchNormWeightOfX(StudentBatchNorm):
    def grad_weight(self, grad_out, x, x_hat):
        return (grad_out * x).sum(axis=0)


@wrong("formula", (6, 3), num_features=3)
class BatchNormByVariance(StudentBatchNorm):
    def forward(self, x):
        """Divided by the variance and not by its root."""
        super().forward(x)
        _, mean, inv_std, _ = self.cache
        return (x - mean.reshape(-1)) * inv_std.reshape(-1) ** 2 * self.weight.data + self.bias.data


@wrong("mean", (6, 3), num_features=3)
class BatchNormUnbiased(StudentBatchNorm):
    def forward(self, x):
        """The batch is divided by N - 1."""
        y = super().forward(x)
        if not self.cache.own:
            return y
        normal = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + self.eps)
        return normal * self.weight.data + self.bias.data


@wrong("factor", (6, 3), num_features=3)
class BatchNormMomentumTurned(StudentBatchNorm):
    def forward(self, x):
        momentum, self.momentum = self.momentum, 1 - self.momentum
        y = super().forward(x)
        self.momentum = momentum
        return y


@wrong("mode", (6, 3), num_features=3)
class BatchNormBatchInEvaluation(StudentBatchNorm):
    def forward(self, x):
        y = super().forward(x)
        if self.training:
            return y
        normal = (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + self.eps)
        return normal * self.weight.data + self.bias.data


@wrong("order", (5, 4), normalized_shape=4)
class LayerNormOfColumns(LayerNorm):
    def forward(self, x):
        super().forward(x)
        return (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + self.eps) * self.weight.data + self.bias.data


@wrong("formula", (5, 4), normalized_shape=4)
class LayerNormEpsOutside(LayerNorm):
    def forward(self, x):
        super().forward(x)
        normal = (x - x.mean(axis=-1, keepdims=True)) / (x.std(axis=-1, keepdims=True) + self.eps)
        return normal * self.weight.data + self.bias.data


class StudentLayerNorm(LayerNorm):
    """Right."""

    def backward(self, grad_out):
        x = self.saved()[0]
        inv_std = 1 / np.sqrt(x.var(axis=-1, keepdims=True) + self.eps)
        x_hat = (x - x.mean(axis=-1, keepdims=True)) * inv_std
        add(self.weight, (grad_out * x_hat).sum(axis=0))
        add(self.bias, grad_out.sum(axis=0))
        return self.grad_x(grad_out, x_hat, inv_std).astype(x.dtype)

    def grad_x(self, grad_out, x_hat, inv_std):
        grad_hat = grad_out * self.weight.data
        mean, along = grad_hat.mean(axis=-1, keepdims=True), (grad_hat * x_hat).mean(axis=-1, keepdims=True)
        return inv_std * (grad_hat - mean - x_hat * along)


@wrong("path", (5, 4), normalized_shape=4)
class LayerNormMeanConstant(StudentLayerNorm):
    def grad_x(self, grad_out, x_hat, inv_std):
        grad_hat = grad_out * self.weight.data
        return inv_std * (grad_hat - x_hat * (grad_hat * x_hat).mean(axis=-1, keepdims=True))


@wrong("factor", (5, 4), normalized_shape=4)
class LayerNormWeightForgotten(StudentLayerNorm):
    def grad_x(self, grad_out, x_hat, inv_std):
        mean, along = grad_out.mean(axis=-1, keepdims=True), (grad_out * x_hat).mean(axis=-1, keepdims=True)
        return inv_std * (grad_out - mean - x_hat * along)


@wrong("path", (5, 4), normalized_shape=4)
class RMSNormConstant(RMSNorm):
    def backward(self, grad_out):
        super().backward(grad_out)
        x = self.saved()[0]
        root = np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + np.finfo(x.dtype).eps)
        return (grad_out * self.weight.data / root).astype(x.dtype)


@wrong("formula", (5, 4), normalized_shape=4)
class RMSNormCentred(RMSNorm):
    def forward(self, x):
        """As LayerNorm: the mean is taken away."""
        super().forward(x)
        return (x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, keepdims=True) * self.weight.data


CONV = {"in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": 1}


@wrong("order", (2, 2, 5, 6), **CONV)
class ConvFlipsKernel(Conv2d):
    def forward(self, x):
        """The convolution of mathematics."""
        super().forward(x)
        return self._correlate(x, self.weight.data[:, :, ::-1, ::-1].copy(), self.bias.data)


@wrong("order", (2, 2, 5, 6), **CONV)
class ConvBackwardForgetsFlip(Conv2d):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        return self._grad_x(grad_out, self.weight.data[:, :, ::-1, ::-1].copy(), np.empty_like(grad_x))


@wrong("mean", (2, 2, 5, 6), **CONV)
class ConvBiasAveraged(Conv2d):
    def backward(self, grad_out):
        before = self.bias.grad.copy()
        grad_x = super().backward(grad_out)
        if self.bias.requires_grad:
            self.bias.grad = before + grad_out.sum(axis=(2, 3)).mean(axis=0)
        return grad_x


@wrong("order", (2, 2, 5, 6), **CONV)
class ConvCropsWrongSide(Conv2d):
    def backward(self, grad_out):
        """Padding is cut off behind alone, so that all is moved by one."""
        grad_x = super().backward(grad_out)
        moved = np.zeros_like(grad_x)
        moved[:, :, 1:, 1:] = grad_x[:, :, :-1, :-1]
        return moved


@wrong("batch", (3, 2, 5, 6), **CONV)
class ConvFirstImage(Conv2d):
    def backward(self, grad_out):
        before = self.weight.grad.copy()
        grad_x = super().backward(grad_out)
        if self.weight.requires_grad:
            self.weight.grad = before + self._grad_weight(grad_out[:1], self.saved()[:1])
        return grad_x


@wrong("accumulate", (2, 2, 5, 6), **CONV)
class ConvColumnsAssigned(Conv2d):
    def backward(self, grad_out):
        """Where windows overlap, the last one wins."""
        grad_x = super().backward(grad_out)
        padded = np.zeros((len(grad_x), 2, 7, 8))
        for i in range(5):
            for j in range(6):
                padded[:, :, i:i + 3, j:j + 3] = np.einsum("no,ocij->ncij", grad_out[:, :, i, j], self.weight.data)
        return padded[:, :, 1:6, 1:7].astype(grad_x.dtype)


def windows(x, size):
    """Cut images into square windows that touch: (N, C, H / size, W / size, size * size)."""
    n, c, h, w = x.shape
    cut = x.reshape(n, c, h // size, size, w // size, size).swapaxes(3, 4)
    return cut.reshape(n, c, h // size, w // size, size * size)


def images(cut, size):
    """Put windows together again."""
    n, c, h, w, _ = cut.shape
    return cut.reshape(n, c, h, w, size, size).swapaxes(3, 4).reshape(n, c, h * size, w * size)


class StudentMaxPool(MaxPool2d):
    def forward(self, x):
        y = super().forward(x)
        self.cache = x.copy()
        return y

    def backward(self, grad_out):
        x = self.saved()
        return images(self.spread(grad_out[..., None], windows(x, 2)), 2).astype(x.dtype)


@wrong("mask", (2, 3, 4, 6), kernel_size=2)
class MaxPoolShares(StudentMaxPool):
    def spread(self, grad, cut):
        return np.repeat(grad, 4, axis=-1) / 4


@wrong("mask", (2, 3, 4, 6), kernel_size=2)
class MaxPoolGivesAll(StudentMaxPool):
    def spread(self, grad, cut):
        return np.repeat(grad, 4, axis=-1)


@wrong("mask", (2, 3, 4, 6), kernel_size=2)
class MaxPoolSmallest(StudentMaxPool):
    def spread(self, grad, cut):
        return grad * (cut == cut.min(axis=-1, keepdims=True))


@wrong("order", (2, 3, 4, 6), kernel_size=2)
class MaxPoolRowsForColumns(StudentMaxPool):
    def spread(self, grad, cut):
        """The number of the winner is taken apart in the wrong order."""
        right = grad * (cut == cut.max(axis=-1, keepdims=True))
        return right[..., [0, 2, 1, 3]]


@wrong("factor", (2, 3, 4, 6), kernel_size=2)
class AvgPoolUndivided(AvgPool2d):
    def backward(self, grad_out):
        return super().backward(grad_out) * 4


@wrong("factor", (2, 3, 4, 6), kernel_size=2)
class AvgPoolDividedByWidth(AvgPool2d):
    def forward(self, x):
        return super().forward(x) * 2
