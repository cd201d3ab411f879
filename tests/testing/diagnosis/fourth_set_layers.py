"""The fourth set of wrong layers: normalisation."""

import numpy as np

from chainrule.layers import BatchNorm1d, BatchNorm2d, GroupNorm, LayerNorm, RMSNorm

from .fourth_set import ROWS, wrong
from .second_set import add

IMAGES = (3, 2, 4, 3)
GROUPED = (2, 6, 5)


class PlainBatchNorm:
    """Right for rows and for images."""

    ddof = 0

    def axes(self, x):
        return (0, 2, 3)[:x.ndim - 1] if x.ndim != 3 else (0, 2)

    def wide(self, values, x):
        return values.reshape(1, -1, *(1,) * (x.ndim - 2)).astype(x.dtype)

    def forward(self, x):
        mean, var, own = self.statistics(x)
        inv_std = 1 / np.sqrt(var + self.eps)
        x_hat = (x - mean) * inv_std
        self.cache = x_hat, inv_std, own
        return x_hat * self.wide(self.weight.data, x) + self.wide(self.bias.data, x)

    def statistics(self, x):
        if not self.training:
            return self.wide(self.running_mean.data, x), self.wide(self.running_var.data, x), False
        mean = x.mean(axis=self.axes(x), keepdims=True)
        var = x.var(axis=self.axes(x), keepdims=True, ddof=self.ddof)
        self.follow(mean.ravel(), var.ravel(), x.size // x.shape[1])
        return mean, var, True

    def follow(self, mean, var, count):
        m = self.momentum
        self.num_batches_tracked.assign(self.num_batches_tracked.data + 1)
        self.running_mean.assign((1 - m) * self.running_mean.data + m * mean)
        self.running_var.assign((1 - m) * self.running_var.data + m * var * count / (count - 1))

    def backward(self, grad_out):
        x_hat, inv_std, own = self.saved()
        axes = self.axes(x_hat)
        self.learn(grad_out, x_hat, axes)
        grad_hat = grad_out * self.wide(self.weight.data, x_hat)
        return self.to_input(grad_hat, x_hat, inv_std, axes) if own else grad_hat * inv_std

    def learn(self, grad_out, x_hat, axes):
        add(self.weight, (grad_out * x_hat).sum(axis=axes))
        add(self.bias, grad_out.sum(axis=axes))

    def to_input(self, grad_hat, x_hat, inv_std, axes):
        centered = grad_hat - grad_hat.mean(axis=axes, keepdims=True)
        return inv_std * (centered - x_hat * (grad_hat * x_hat).mean(axis=axes, keepdims=True))


@wrong("mean", ROWS, num_features=5)
class BatchNorm1dUnbiasedVarianceOfTheBatch(PlainBatchNorm, BatchNorm1d):
    ddof = 1

    def follow(self, mean, var, count):
        super().follow(mean, var * (count - 1) / count, count)

    def to_input(self, grad_hat, x_hat, inv_std, axes):
        centered = grad_hat - grad_hat.mean(axis=axes, keepdims=True)
        return inv_std * (centered - x_hat * (grad_hat * x_hat).sum(axis=axes, keepdims=True) / (len(x_hat) - 1))


@wrong("path", ROWS, num_features=5)
class BatchNorm1dMeanTakenForConstant(PlainBatchNorm, BatchNorm1d):
    def to_input(self, grad_hat, x_hat, inv_std, axes):
        return inv_std * (grad_hat - x_hat * (grad_hat * x_hat).mean(axis=axes, keepdims=True))


@wrong("path", ROWS, num_features=5)
class BatchNorm1dStatisticsTakenForConstants(PlainBatchNorm, BatchNorm1d):
    def to_input(self, grad_hat, x_hat, inv_std, axes):
        return grad_hat * inv_std


@wrong("mode", ROWS, num_features=5)
class BatchNorm1dStatisticsOfTheBatchInEvaluation(PlainBatchNorm, BatchNorm1d):
    def statistics(self, x):
        mean, var = x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True)
        if self.training:
            self.follow(mean[0], var[0], len(x))
        return mean, var, True


@wrong("mode", ROWS, num_features=5)
class BatchNorm1dFollowsInEvaluation(PlainBatchNorm, BatchNorm1d):
    def statistics(self, x):
        if self.training:
            return super().statistics(x)
        before = super().statistics(x)
        self.follow(x.mean(axis=0), x.var(axis=0), len(x))
        return before


@wrong("formula", ROWS, num_features=5)
class BatchNorm1dMomentumOfTheOld(PlainBatchNorm, BatchNorm1d):
    """As in lectures where 0.9 is the momentum."""

    def follow(self, mean, var, count):
        self.num_batches_tracked.assign(self.num_batches_tracked.data + 1)
        for running, batch in ((self.running_mean, mean), (self.running_var, var * count / (count - 1))):
            running.assign(self.momentum * running.data + (1 - self.momentum) * batch)


@wrong("argument", ROWS, num_features=5)
class BatchNorm1dRunningArraysChangedInPlace(PlainBatchNorm, BatchNorm1d):
    def follow(self, mean, var, count):
        self.num_batches_tracked.data += 1
        for running, batch in ((self.running_mean, mean), (self.running_var, var * count / (count - 1))):
            running.data *= 1 - self.momentum
            running.data += (self.momentum * batch).astype(running.data.dtype)


@wrong("frozen", ROWS, num_features=5)
class BatchNorm1dFrozenTurnsToEvaluation(PlainBatchNorm, BatchNorm1d):
    def statistics(self, x):
        if not self.weight.requires_grad:
            return self.wide(self.running_mean.data, x), self.wide(self.running_var.data, x), False
        return super().statistics(x)


@wrong("order", IMAGES, num_features=2)
class BatchNorm2dStatisticsOfEveryPixel(PlainBatchNorm, BatchNorm2d):
    """Means over the images alone."""

    def statistics(self, x):
        if not self.training:
            return super().statistics(x)
        super().statistics(x)
        return x.mean(axis=0, keepdims=True), x.var(axis=0, keepdims=True), True

    def to_input(self, grad_hat, x_hat, inv_std, axes):
        return super().to_input(grad_hat, x_hat, inv_std, 0)


@wrong("mean", IMAGES, num_features=2)
class BatchNorm2dGammaGradientAveragedOverPixels(PlainBatchNorm, BatchNorm2d):
    def learn(self, grad_out, x_hat, axes):
        add(self.weight, (grad_out * x_hat).mean(axis=(2, 3)).sum(axis=0))
        add(self.bias, grad_out.sum(axis=axes))


@wrong("factor", IMAGES, num_features=2)
class BatchNorm2dDividedByTheVarianceGoingBack(PlainBatchNorm, BatchNorm2d):
    def to_input(self, grad_hat, x_hat, inv_std, axes):
        return super().to_input(grad_hat, x_hat, inv_std, axes) * inv_std


class PlainLayerNorm(LayerNorm):
    axis = -1

    def forward(self, x):
        centered = x - x.mean(axis=self.axis, keepdims=True)
        inv_std = self.inverse(np.mean(centered ** 2, axis=self.axis, keepdims=True))
        self.cache = centered * inv_std, inv_std
        return self.cache[0] * self.weight.data + self.bias.data

    def inverse(self, var):
        return 1 / np.sqrt(var + self.eps)

    def backward(self, grad_out):
        x_hat, inv_std = self.saved()
        add(self.weight, self.slope_of_weight(grad_out, x_hat, inv_std))
        add(self.bias, grad_out.sum(axis=0))
        g = grad_out * self.weight.data
        along = (g * x_hat).mean(axis=self.axis, keepdims=True)
        return inv_std * (g - g.mean(axis=self.axis, keepdims=True) - x_hat * along)

    def slope_of_weight(self, grad_out, x_hat, inv_std):
        return np.einsum("nd,nd->d", grad_out, x_hat)


@wrong("batch", ROWS, normalized_shape=5)
class LayerNormDownTheColumns(PlainLayerNorm):
    axis = 0


@wrong("formula", ROWS, normalized_shape=5, eps=0.1)
class LayerNormEpsilonBesideTheRoot(PlainLayerNorm):
    def inverse(self, var):
        return 1 / (np.sqrt(var) + self.eps)

    def backward(self, grad_out):
        x_hat, inv_std = self.saved()
        add(self.weight, self.slope_of_weight(grad_out, x_hat, inv_std))
        add(self.bias, grad_out.sum(axis=0))
        g = grad_out * self.weight.data
        std = 1 / inv_std - self.eps
        along = (g * x_hat).mean(axis=1, keepdims=True) / (std * inv_std)
        return inv_std * (g - g.mean(axis=1, keepdims=True) - x_hat * along)


@wrong("factor", ROWS, normalized_shape=5)
class LayerNormWeightLearnsFromTheCenteredInput(PlainLayerNorm):
    def slope_of_weight(self, grad_out, x_hat, inv_std):
        return (grad_out * (x_hat / inv_std)).sum(axis=0)


class PlainGroupNorm(GroupNorm):
    def forward(self, x):
        groups = self.cut(x)
        centered = groups - groups.mean(axis=-1, keepdims=True)
        inv_std = 1 / np.sqrt((centered ** 2).mean(axis=-1, keepdims=True) + self.eps)
        self.cache = centered * inv_std, inv_std, x.shape
        return self.join(self.cache[0], x.shape) * self.weight.data[:, None] + self.bias.data[:, None]

    def cut(self, x):
        return x.reshape(len(x), self.num_groups, -1)

    def join(self, groups, shape):
        return groups.reshape(shape)

    def backward(self, grad_out):
        x_hat, inv_std, shape = self.saved()
        add(self.weight, (grad_out * self.join(x_hat, shape)).sum(axis=(0, 2)))
        add(self.bias, grad_out.sum(axis=(0, 2)))
        return self.join(self.to_groups(self.cut(self.to_hat(grad_out)), x_hat, inv_std), shape)

    def to_hat(self, grad_out):
        return grad_out * self.weight.data[:, None]

    def to_groups(self, g, x_hat, inv_std):
        along = x_hat * (g * x_hat).mean(axis=-1, keepdims=True)
        return inv_std * (g - g.mean(axis=-1, keepdims=True) - along)


@wrong("order", GROUPED, num_groups=3, num_channels=6)
class GroupNormEveryThirdChannel(PlainGroupNorm):
    def cut(self, x):
        n, c, length = x.shape
        in_groups = x.reshape(n, c // self.num_groups, self.num_groups, length).transpose(0, 2, 1, 3)
        return in_groups.reshape(n, self.num_groups, -1)

    def join(self, groups, shape):
        n, c, length = shape
        return groups.reshape(n, self.num_groups, c // self.num_groups, length).transpose(0, 2, 1, 3).reshape(shape)


@wrong("path", GROUPED, num_groups=2, num_channels=6)
class GroupNormVarianceTakenForConstant(PlainGroupNorm):
    def to_groups(self, g, x_hat, inv_std):
        return inv_std * (g - np.mean(g, axis=-1, keepdims=True))


@wrong("factor", GROUPED, num_groups=2, num_channels=6)
class GroupNormWeightForgottenOnTheWayBack(PlainGroupNorm):
    def to_hat(self, grad_out):
        return grad_out


class PlainRMSNorm(RMSNorm):
    def forward(self, x):
        x = self.prepared(x)
        inv_rms = 1 / np.sqrt((x ** 2).mean(axis=-1, keepdims=True) + self.eps)
        self.cache = x, inv_rms
        return self.weight.data * (x * inv_rms)

    def prepared(self, x):
        return x

    def backward(self, grad_out):
        x, inv_rms = self.saved()
        add(self.weight, (grad_out * x * inv_rms).sum(axis=0))
        return self.to_input(grad_out * self.weight.data, x, inv_rms)

    def to_input(self, g, x, inv_rms):
        return g * inv_rms - x * inv_rms ** 3 * (g * x).mean(axis=-1, keepdims=True)


@wrong("formula", ROWS, normalized_shape=5, eps=1e-5)
class RMSNormCentersItsInput(PlainRMSNorm):
    def prepared(self, x):
        return x - x.mean(axis=-1, keepdims=True)

    def to_input(self, g, x, inv_rms):
        grad = super().to_input(g, x, inv_rms)
        return grad - grad.mean(axis=-1, keepdims=True)


@wrong("mean", ROWS, normalized_shape=5, eps=1e-5)
class RMSNormSumForTheMeanGoingBack(PlainRMSNorm):
    def to_input(self, g, x, inv_rms):
        return g * inv_rms - x * inv_rms ** 3 * np.sum(g * x, axis=-1, keepdims=True)


@wrong("sign", ROWS, normalized_shape=5, eps=1e-5)
class RMSNormProjectionAdded(PlainRMSNorm):
    def to_input(self, g, x, inv_rms):
        return inv_rms * (g + x * inv_rms ** 2 * (g * x).mean(axis=-1, keepdims=True))
