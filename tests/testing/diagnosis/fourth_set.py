"""A fourth set of wrong layers, over the whole house: Linear and functions of every element alone."""

import numpy as np

from chainrule.layers import GELU, LeakyReLU, Linear, PReLU, ReLU, Sigmoid, SiLU, Tanh

from .second_set import Wrong, add, entering, sigmoid

FOURTH_SET: list[Wrong] = []
wrong = entering(FOURTH_SET)

ROWS = (7, 5)
WIDE = {"in_features": 5, "out_features": 3}


class PlainLinear(Linear):
    def forward(self, x):
        self.cache = x
        return x @ self.weight.data.T + self.bias.data

    def backward(self, grad_out):
        x = self.saved()
        self.learn(x, grad_out)
        return grad_out @ self.weight.data

    def learn(self, x, grad_out):
        add(self.weight, grad_out.T @ x)
        add(self.bias, grad_out.sum(axis=0))


@wrong("accumulate", ROWS, **WIDE)
class LinearGradientsAssigned(PlainLinear):
    def learn(self, x, grad_out):
        if self.weight.requires_grad:
            self.weight.grad = grad_out.T @ x
        if self.bias.requires_grad:
            self.bias.grad = np.sum(grad_out, axis=0)


@wrong("mean", ROWS, **WIDE)
class LinearGradientsAveragedOverTheBatch(PlainLinear):
    def learn(self, x, grad_out):
        batch_size = x.shape[0]
        add(self.weight, np.dot(grad_out.T, x) / batch_size)
        add(self.bias, grad_out.sum(axis=0) / batch_size)


@wrong("frozen", ROWS, **WIDE)
class LinearFrozenWeightsLearn(PlainLinear):
    def learn(self, x, grad_out):
        self.weight.grad += grad_out.T @ x
        self.bias.grad += grad_out.sum(axis=0)


@wrong("order", (6, 4), in_features=4, out_features=4)
class LinearSquareWeightTurnedOnTheWayBack(PlainLinear):
    def backward(self, grad_out):
        self.learn(self.saved(), grad_out)
        return np.matmul(grad_out, self.weight.data.T)


@wrong("cache", ROWS, **WIDE)
class LinearKeepsTheFirstBatch(PlainLinear):
    def forward(self, x):
        if not hasattr(self, "first_input"):
            self.first_input = x.copy()
        self.cache = self.first_input
        return x @ self.weight.data.T + self.bias.data


@wrong("upstream", ROWS, **WIDE)
class LinearBiasGradientCountsRows(PlainLinear):
    def learn(self, x, grad_out):
        add(self.weight, grad_out.T @ x)
        add(self.bias, np.ones_like(grad_out).sum(axis=0))


@wrong("dtype", ROWS, **WIDE)
class LinearInputGradientInDoubles(PlainLinear):
    def backward(self, grad_out):
        x = self.saved()
        self.learn(x, grad_out)
        grad_x = np.zeros(x.shape)
        for row in range(len(x)):
            grad_x[row] = self.weight.data.T @ grad_out[row]
        return grad_x


@wrong("batch", ROWS, **WIDE)
class LinearBiasGradientOfTheLastRow(PlainLinear):
    def learn(self, x, grad_out):
        add(self.weight, grad_out.T @ x)
        for gradient in grad_out:
            last = gradient
        add(self.bias, last)


@wrong("mask", ROWS)
class ReLUPassesPositiveGradients(ReLU):
    def backward(self, grad_out):
        self.saved()
        return np.where(grad_out > 0, grad_out, 0).astype(grad_out.dtype)


@wrong("argument", ROWS)
class ReLUZeroesItsInput(ReLU):
    def forward(self, x):
        y = x
        y[y < 0] = 0
        self.cache = y
        return y.copy()

    def backward(self, grad_out):
        return grad_out * (self.saved() > 0)


@wrong("dtype", ROWS)
class ReLUAgainstDoubleZeros(ReLU):
    def forward(self, x):
        self.cache = x > 0
        return np.maximum(x, np.zeros(x.shape))

    def backward(self, grad_out):
        return grad_out * self.saved()


@wrong("mask", ROWS, negative_slope=0.2)
class LeakyReLUSidesExchangedGoingBack(LeakyReLU):
    def forward(self, x):
        self.cache = x
        return np.where(x > 0, x, self.negative_slope * x)

    def backward(self, grad_out):
        return np.where(self.saved() > 0, self.negative_slope * grad_out, grad_out)


@wrong("sign", ROWS, negative_slope=0.2)
class LeakyReLUMirroredLeft(LeakyReLU):
    """As if the slope were given with its sign."""

    def forward(self, x):
        self.cache = np.where(x >= 0, 1, -self.negative_slope).astype(x.dtype)
        return x * self.cache

    def backward(self, grad_out):
        return grad_out * self.saved()


@wrong("mask", ROWS, num_parameters=1, init=0.3)
class PReLUSlopeLearnsFromAllInputs(PReLU):
    def forward(self, x):
        self.cache = x
        return np.where(x > 0, x, self.weight.data * x)

    def backward(self, grad_out):
        x = self.saved()
        add(self.weight, np.sum(grad_out * x))
        return np.where(x > 0, grad_out, self.weight.data * grad_out)


@wrong("cache", ROWS)
class SigmoidAnswersInOneArray(Sigmoid):
    """To save an allocation."""

    buffer = None

    def forward(self, x):
        if self.buffer is None or self.buffer.shape != x.shape or self.buffer.dtype != x.dtype:
            self.buffer = np.empty_like(x)
        self.buffer[...] = sigmoid(x)
        self.cache = self.buffer
        return self.buffer

    def backward(self, grad_out):
        y = self.saved()
        return grad_out * y * (1 - y)


@wrong("formula", ROWS)
class SigmoidSlopeOfTheInput(Sigmoid):
    def forward(self, x):
        self.cache = x
        return sigmoid(x)

    def backward(self, grad_out):
        s = self.saved()
        return grad_out * (s * (1 - s))


class PlainTanh(Tanh):
    def forward(self, x):
        self.cache = np.tanh(x)
        return self.cache


@wrong("formula", ROWS)
class TanhSquareForgotten(PlainTanh):
    def backward(self, grad_out):
        return grad_out * (1 - self.saved())


@wrong("sign", ROWS)
class TanhOnePlusSquare(PlainTanh):
    def backward(self, grad_out):
        return grad_out * (1 + self.saved() ** 2)


@wrong("upstream", ROWS)
class TanhReturnsItsSlope(PlainTanh):
    def backward(self, grad_out):
        return 1 - self.saved() ** 2


class PlainGELU(GELU):
    cubic = 0.044715

    def bent(self, x):
        return np.tanh(0.7978845608 * (x + self.cubic * x ** 3))

    def forward(self, x):
        self.cache = x, self.bent(x)
        return 0.5 * x * (1 + self.cache[1])

    def backward(self, grad_out):
        x, t = self.saved()
        return grad_out * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * self.inner(x))

    def inner(self, x):
        return 0.7978845608 * (1 + 3 * self.cubic * x ** 2)


@wrong("formula", ROWS, approximate="tanh")
class GELUAnotherCubic(PlainGELU):
    cubic = 0.44715


@wrong("path", ROWS, approximate="tanh")
class GELUGateTakenForConstant(PlainGELU):
    def backward(self, grad_out):
        _, t = self.saved()
        return grad_out * 0.5 * (1 + t)


@wrong("factor", ROWS, approximate="tanh")
class GELUThreeOfTheCubeForgotten(PlainGELU):
    def inner(self, x):
        return 0.7978845608 * (1 + self.cubic * x ** 2)


class PlainSiLU(SiLU):
    def forward(self, x):
        self.cache = x, sigmoid(x)
        return x * self.cache[1]


@wrong("path", ROWS)
class SiLUWithoutItsGate(PlainSiLU):
    """The product rule with one of its terms."""

    def backward(self, grad_out):
        x, s = self.saved()
        return grad_out * x * s * (1 - s)


@wrong("sign", ROWS)
class SiLUTermsSubtracted(PlainSiLU):
    def backward(self, grad_out):
        x, s = self.saved()
        return grad_out * (s - x * s * (1 - s))
