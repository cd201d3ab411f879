"""The fourth set of wrong layers: what is kept, whose memory it is, in which dtype, mode or state of learning."""

import numpy as np

from chainrule.layers import BatchNorm2d

from .fourth_set import ROWS, WIDE, PlainLinear, wrong
from .fourth_set_layers import PlainBatchNorm, PlainLayerNorm, PlainRMSNorm
from .fourth_set_losses import PAIR, PlainHuberLoss, PlainMSELoss
from .fourth_set_pools import IMAGES, MANY, PlainDropout, PlainMaxPool2d
from .fourth_set_sequences import ONE, STATE, TABLE, WORDS, PlainEmbedding, PlainLSTMCell, PlainRNNCell, sigmoid
from .fourth_set_sequences import PAIR as STATES
from .second_set import add


@wrong("cache", ROWS, **WIDE)
class LinearTurnsItsWeightOnce(PlainLinear):
    """The turned copy does not follow the training."""

    turned = None

    def forward(self, x):
        if self.turned is None:
            self.turned = np.ascontiguousarray(self.weight.data.T)
        self.cache = x
        return x @ self.turned + self.bias.data


@wrong("cache", MANY, p=0.4)
class DropoutMaskDrawnOnce(PlainDropout):
    drawn = None

    def mask(self, x):
        if self.drawn is None or self.drawn.shape != x.shape:
            self.drawn = super().mask(x)
        return self.drawn


@wrong("cache", ROWS, normalized_shape=5, eps=1e-5)
class RMSNormScaleOfTheLastCallBesideTheCache(PlainRMSNorm):
    def forward(self, x):
        y = super().forward(x)
        _, self.inv_rms = self.cache
        return y

    def to_input(self, g, x, inv_rms):
        return super().to_input(g, x, self.inv_rms)


@wrong("frozen", ROWS, normalized_shape=5)
class LayerNormFrozenWeightLeftOutGoingBack(PlainLayerNorm):
    def backward(self, grad_out):
        x_hat, inv_std = self.saved()
        g = grad_out
        if self.weight.requires_grad:
            self.weight.grad += self.slope_of_weight(grad_out, x_hat, inv_std)
            g = grad_out * self.weight.data
        add(self.bias, grad_out.sum(axis=0))
        along = (g * x_hat).mean(axis=-1, keepdims=True)
        return inv_std * (g - g.mean(axis=-1, keepdims=True) - x_hat * along)


@wrong("frozen", *STATE, **ONE)
class RNNCellFrozenBiasesLearn(PlainRNNCell):
    def backward(self, grad_out):
        x, hx, gate, h = self.saved()
        grad_gate = self.to_gate(grad_out, hx, gate, h)
        for weight, value in ((self.weight_ih, x), (self.weight_hh, hx)):
            if weight.requires_grad:
                weight.grad += np.dot(grad_gate.T, value)
        self.bias_ih.grad += np.sum(grad_gate, axis=0)
        self.bias_hh.grad += np.sum(grad_gate, axis=0)
        return grad_gate @ self.weight_ih.data, self.to_state(grad_gate)


@wrong("mode", IMAGES, num_features=2)
class BatchNorm2dGoesBackAsInTraining(PlainBatchNorm, BatchNorm2d):
    """Running statistics do not depend on the input, but it projects all the same."""

    def backward(self, grad_out):
        x_hat, inv_std, _ = self.saved()
        axes = self.axes(x_hat)
        self.learn(grad_out, x_hat, axes)
        return self.to_input(grad_out * self.wide(self.weight.data, x_hat), x_hat, inv_std, axes)


@wrong("mode", IMAGES, num_features=2)
class BatchNorm2dRunningStatisticsInTraining(PlainBatchNorm, BatchNorm2d):
    def statistics(self, x):
        mean, var = self.wide(self.running_mean.data, x), self.wide(self.running_var.data, x)
        if self.training:
            super().statistics(x)
        return mean, var, False


@wrong("mode", MANY, p=0.4)
class DropoutInEvaluationToo(PlainDropout):
    def evaluated(self, x):
        self.cache = self.mask(x)
        return x * self.cache


@wrong("argument", STATES[0], STATES[1], **ONE)
class LSTMCellWritesTheNewCellOverTheOld(PlainLSTMCell):
    def forward(self, x, hx):
        h0, c0 = hx
        gates = x @ self.weight_ih.data.T + self.bias_ih.data + h0 @ self.weight_hh.data.T + self.bias_hh.data
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        before = c0.copy()
        c0 *= f
        c0 += i * g
        self.cache = x, h0, before, (i, f, g, o), c0.copy()
        return o * np.tanh(c0), c0.copy()


@wrong("argument", WORDS, **TABLE, padding_idx=2)
class EmbeddingBlanksTheGradientOfPadding(PlainEmbedding):
    def backward(self, grad_out):
        grad_out[self.saved() == self.padding_idx] = 0.0
        super().backward(grad_out)


@wrong("argument", *PAIR)
class MSELossSubtractsInThePrediction(PlainMSELoss):
    def forward(self, prediction, target):
        prediction -= target
        self.cache = prediction.copy()
        return float((prediction ** 2).mean())


@wrong("dtype", IMAGES, kernel_size=2)
class MaxPool2dGradientOfDoubles(PlainMaxPool2d):
    def backward(self, grad_out):
        x, y = self.saved()
        grad_x = np.zeros(x.shape)
        for i, j, window in self.windows(x):
            grad_x[window] += self.mask(x[window], y[:, :, i, j, None, None]) * grad_out[:, :, i, j, None, None]
        return grad_x


@wrong("dtype", ROWS, normalized_shape=5)
class LayerNormStaysInDoubles(PlainLayerNorm):
    """For the sake of the variance."""

    def forward(self, x):
        return super().forward(x.astype(np.float64))


@wrong("dtype", *PAIR, delta=0.8)
class HuberLossGradientOfDoubles(PlainHuberLoss):
    def backward(self, grad_out=1.0):
        d = self.saved()
        grad = np.empty(d.shape)
        for place in np.ndindex(*d.shape):
            grad[place] = max(-self.delta, min(self.delta, float(d[place])))
        return grad * grad_out / d.size
