"""Right solutions of the second assignment in many styles; read beside a copy of its files."""

import math

import numpy as np
from network import Residual, Sequential

from chainrule.layers import BatchNorm1d, BatchNorm2d, Dropout, Linear, ReLU
from chainrule.layers.core import call, call_back, default_rng
from chainrule.losses import CrossEntropyLoss
from chainrule.optim import SGD, Adam


class SequentialByNumbers(Sequential):
    def forward(self, x):
        self.cache = [None] * len(self.layers)
        for number in range(len(self.layers)):
            x, self.cache[number] = call(self.layers[number], x)
        return x

    def backward(self, grad_out):
        for number in range(len(self.layers) - 1, -1, -1):
            grad_out = call_back(self.layers[number], self.saved()[number], grad_out)
        return grad_out


class SequentialByRecursion(Sequential):
    def forward(self, x):
        def through(layers, x):
            if not layers:
                return x, ()
            y, entry = call(layers[0], x)
            end, entries = through(layers[1:], y)
            return end, (entry, *entries)
        y, self.cache = through(self.layers, x)
        return y

    def backward(self, grad_out):
        def back(entries, grad):
            return grad if not entries else call_back(entries[0].layer, entries[0], back(entries[1:], grad))
        return back(self.saved(), grad_out)


class SequentialOfPairs(Sequential):
    def forward(self, x):
        self.cache = calls = []
        for layer in self.layers:
            x, entry = call(layer, x)
            calls.insert(0, (layer, entry))
        return x

    def backward(self, grad_out):
        grad = grad_out.copy()
        for layer, entry in self.saved():
            grad = call_back(layer, entry, grad)
        return grad


class ResidualInPlaceOfItsOwn(Residual):
    def forward(self, x):
        y, entry = call(self.branch, x)
        self.cache = {"entry": entry}
        total = x.copy()
        total += y
        return total

    def backward(self, grad_out):
        total = np.array(grad_out)
        total += call_back(self.branch, self.saved()["entry"], grad_out)
        return total


class ResidualBySum(Residual):
    def forward(self, x):
        outcome = call(self.branch, x)
        self.cache = outcome[1:]
        return sum([outcome[0]], start=x)

    def backward(self, grad_out):
        (entry,) = self.saved()
        return np.add(call_back(self.branch, entry, grad_out), grad_out)


class SGDByDirections(SGD):
    def update(self, w, grad, state, step, group):
        direction = -grad
        if group["momentum"]:
            state["momentum_buffer"][...] = group["momentum"] * state["momentum_buffer"] + (
                grad if step == 1 else (1 - group["dampening"]) * grad)
            direction = -(grad + group["momentum"] * state["momentum_buffer"] if group["nesterov"]
                          else state["momentum_buffer"])
        w[...] = w + group["lr"] * direction


class SGDNumberByNumber(SGD):
    def update(self, w, grad, state, step, group):
        for place in np.ndindex(*w.shape):
            g = float(grad[place])
            if group["momentum"] > 0:
                before = state["momentum_buffer"][place]
                after = g if step == 1 else group["momentum"] * before + (1 - group["dampening"]) * g
                state["momentum_buffer"][place] = after
                g = g + group["momentum"] * after if group["nesterov"] else after
            w[place] -= group["lr"] * g


class AdamByTheBook(Adam):
    def update(self, w, grad, state, step, group):
        beta1, beta2 = group["betas"]
        state["exp_avg"][...] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        state["exp_avg_sq"][...] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad**2
        m_hat = state["exp_avg"] / (1 - beta1**step)
        v_hat = state["exp_avg_sq"] / (1 - beta2**step)
        w -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])


class AdamInDoublePrecision(Adam):
    def update(self, w, grad, state, step, group):
        beta1, beta2 = (float(beta) for beta in group["betas"])
        for place in range(w.size):
            g = float(grad.flat[place])
            m = state["exp_avg"].flat[place] = beta1 * state["exp_avg"].flat[place] + (1 - beta1) * g
            v = state["exp_avg_sq"].flat[place] = beta2 * state["exp_avg_sq"].flat[place] + (1 - beta2) * g * g
            rate = group["lr"] * math.sqrt(1 - beta2**step) / (1 - beta1**step)
            w.flat[place] -= rate * m / (math.sqrt(v) + group["eps"] * math.sqrt(1 - beta2**step))


class AdamInPlace(Adam):
    def update(self, w, grad, state, step, group):
        m, v, (beta1, beta2) = state["exp_avg"], state["exp_avg_sq"], group["betas"]
        m *= beta1
        m += (1 - beta1) * grad
        v *= beta2
        v += (1 - beta2) * np.square(grad)
        denominator = v / (1 - beta2**step)
        np.sqrt(denominator, out=denominator)
        denominator += group["eps"]
        np.subtract(w, group["lr"] / (1 - beta1**step) * m / denominator, out=w)


class _Kept:
    def move(self, mean, var, count):
        share = self.momentum
        self.running_mean.assign(((1 - share) * self.running_mean.data + share * mean).astype(mean.dtype))
        self.running_var.assign(((1 - share) * self.running_var.data + share * var * count / (count - 1)).astype(
            mean.dtype))
        self.num_batches_tracked.assign(self.num_batches_tracked.data + 1)


class BatchNormStepByStep(_Kept, BatchNorm2d):
    spatial = (0, 1, 2)

    def forward(self, x):
        axes = (0, *range(2, x.ndim))
        wide = (1, -1, *[1] * (x.ndim - 2))
        count = x.size // x.shape[1]
        if self.training:
            mean = x.mean(axis=axes)
            apart = x - mean.reshape(wide)
            var = (apart**2).sum(axis=axes) / count
            self.move(mean, var, count)
        else:
            mean, var = self.running_mean.data.astype(x.dtype), self.running_var.data.astype(x.dtype)
            apart = x - mean.reshape(wide)
        root = np.sqrt(var + self.eps)
        inverse = (1 / root).reshape(wide)
        x_hat = apart * inverse
        self.cache = apart, inverse, x_hat, axes, wide, count, self.training
        return x_hat * self.weight.data.reshape(wide) + self.bias.data.reshape(wide)

    def backward(self, grad_out):
        apart, inverse, x_hat, axes, wide, count, training = self.saved()
        self.bias.grad += grad_out.sum(axis=axes)
        self.weight.grad += (grad_out * x_hat).sum(axis=axes)
        grad_x_hat = grad_out * self.weight.data.reshape(wide)
        grad_apart = grad_x_hat * inverse
        if not training:
            return grad_apart
        grad_inverse = (grad_x_hat * apart).sum(axis=axes, keepdims=True)
        grad_var = grad_inverse * -0.5 * inverse**3
        grad_apart = grad_apart + grad_var * 2 / count * apart
        return grad_apart - grad_apart.sum(axis=axes, keepdims=True) / count


class BatchNormChannelByChannel(_Kept, BatchNorm2d):
    spatial = (0, 1, 2)

    def forward(self, x):
        y, count = np.empty_like(x), x.size // x.shape[1]
        means, variances, self.cache = [], [], []
        for c in range(x.shape[1]):
            part = x[:, c]
            mean = part.mean() if self.training else self.running_mean.data[c]
            var = part.var() if self.training else self.running_var.data[c]
            root = math.sqrt(var + self.eps)
            x_hat = ((part - mean) / root).astype(x.dtype)
            y[:, c] = self.weight.data[c] * x_hat + self.bias.data[c]
            self.cache.append((x_hat, root, self.training))
            means.append(mean)
            variances.append(var)
        if self.training:
            self.move(np.array(means), np.array(variances), count)
        return y

    def backward(self, grad_out):
        grad_x = np.empty_like(grad_out)
        for c, (x_hat, root, training) in enumerate(self.saved()):
            g = grad_out[:, c]
            self.bias.grad[c] += g.sum()
            self.weight.grad[c] += (g * x_hat).sum()
            inner = g - g.mean() - x_hat * (g * x_hat).mean() if training else g
            grad_x[:, c] = inner * self.weight.data[c] / root
        return grad_x


class DropoutByWhere(Dropout):
    def forward(self, x):
        if not self.training:
            self.cache = np.ones_like(x)
            return x.copy()
        mask = default_rng(self.rng).random(x.shape, dtype=np.float32) >= self.p
        self.cache = np.where(mask, 1 / (1 - self.p), 0).astype(x.dtype)
        return x * self.cache

    def backward(self, grad_out):
        return grad_out * self.saved()


class DropoutInPlaceOfItsCopy(Dropout):
    def forward(self, x):
        self.cache, y = (), x.copy()
        if self.training:
            mask = default_rng(self.rng).random(x.shape, dtype=np.float32) >= self.p
            self.cache = (~mask,)
            y[~mask] = 0
            y /= 1 - self.p
        return y

    def backward(self, grad_out):
        grad_x = grad_out.copy()
        for dropped in self.saved():
            grad_x[dropped] = 0
            grad_x /= 1 - self.p
        return grad_x


def train_by_splitting(model, loss, optimizer, x, y, epochs, batch_size):
    cuts = list(range(batch_size, len(x), batch_size))
    means = np.zeros(epochs)
    model.train()
    for epoch in range(epochs):
        for x_batch, y_batch in zip(np.split(x, cuts), np.split(y, cuts), strict=True):
            model.zero_grad()
            means[epoch] += len(y_batch) / len(y) * loss(model(x_batch), y_batch)
            model.backward(loss.backward(1.0))
            optimizer.step()
    model.eval()
    return means


def train_with_while(model, loss, optimizer, x, y, epochs, batch_size):
    losses = []
    model.train(True)
    for _ in range(epochs):
        start, summed = 0, []
        while start < x.shape[0]:
            stop = min(start + batch_size, x.shape[0])
            optimizer.zero_grad()
            summed.extend([loss.forward(model.forward(x[start:stop]), y[start:stop])] * (stop - start))
            model.backward(loss.backward())
            optimizer.step()
            start = stop
        losses.append(float(np.mean(summed)))
    model.train(False)
    return losses


def fit_and_predict_with_momentum(x, y, x_test):
    model = SequentialByNumbers(Linear(64, 64), ReLU(), Linear(64, 10))
    train_by_splitting(model, CrossEntropyLoss(), SGD(model.parameters(), lr=0.05, momentum=0.9), x, y, 30, 32)
    return np.argmax(model.forward(x_test), axis=1)


def fit_and_predict_normalised(x, y, x_test):
    model = SequentialOfPairs(Linear(64, 128), BatchNorm1d(128), ReLU(), Linear(128, 10))
    train_with_while(model, CrossEntropyLoss(), AdamByTheBook(model.parameters(), lr=0.01), x, y, 12, 50)
    return [int(row.argmax()) for row in model.forward(x_test)]


PIECES = {
    "Sequential": [SequentialByNumbers, SequentialByRecursion, SequentialOfPairs],
    "Residual": [ResidualInPlaceOfItsOwn, ResidualBySum],
    "SGD": [SGDByDirections, SGDNumberByNumber],
    "Adam": [AdamByTheBook, AdamInDoublePrecision, AdamInPlace],
    "BatchNorm2d": [BatchNormStepByStep, BatchNormChannelByChannel],
    "Dropout": [DropoutByWhere, DropoutInPlaceOfItsCopy],
    "train": [train_by_splitting, train_with_while],
    "fit_and_predict": [fit_and_predict_with_momentum, fit_and_predict_normalised],
}
