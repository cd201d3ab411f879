"""Right solutions of the second assignment in many styles: optimisers, batch normalisation, dropout."""

import math

import numpy as np

from chainrule.layers import BatchNorm1d, BatchNorm2d, Dropout
from chainrule.layers.core import default_rng
from chainrule.optim import SGD, Adam

ROWS, IMAGES = ((7, 5),), ((4, 3, 2, 5),)


class _Kept(BatchNorm2d):
    """What both styles of batch norm do with the running statistics."""

    axes = (0, 2, 3)

    def move(self, mean, var, count):
        share = self.momentum
        self.running_mean.assign(((1 - share) * self.running_mean.data + share * mean).astype(mean.dtype))
        self.running_var.assign(((1 - share) * self.running_var.data + share * var * count / (count - 1)).astype(
            mean.dtype))
        self.num_batches_tracked.assign(self.num_batches_tracked.data + 1)


class BatchNormStepByStep(_Kept):
    """Every intermediate value of the lecture notes, and one line of backward for each."""

    def forward(self, x):
        shape = (1, -1, 1, 1)
        if self.training:
            count = x.size // x.shape[1]
            mu = x.sum(axis=self.axes) / count
            xmu = x - mu.reshape(shape)
            var = (xmu**2).sum(axis=self.axes) / count
            self.move(mu, var, count)
        else:
            xmu = x - self.running_mean.data.reshape(shape)
            var = self.running_var.data
        sqrtvar = np.sqrt(var + x.dtype.type(self.eps))
        ivar = 1 / sqrtvar
        xhat = xmu * ivar.reshape(shape)
        self.cache = (xmu, ivar, sqrtvar, xhat, self.training)
        return (self.weight.data.reshape(shape) * xhat + self.bias.data.reshape(shape)).astype(x.dtype)

    def backward(self, grad_out):
        xmu, ivar, sqrtvar, xhat, own = self.saved()
        shape, count = (1, -1, 1, 1), xmu.size // xmu.shape[1]
        if self.bias.requires_grad:
            self.bias.grad += grad_out.sum(axis=self.axes)
        if self.weight.requires_grad:
            self.weight.grad += (grad_out * xhat).sum(axis=self.axes)
        dxhat = grad_out * self.weight.data.reshape(shape)
        if not own:
            return dxhat * ivar.reshape(shape)
        divar = (dxhat * xmu).sum(axis=self.axes)
        dxmu1 = dxhat * ivar.reshape(shape)
        dsqrtvar = -divar / sqrtvar**2
        dvar = 0.5 * dsqrtvar / sqrtvar
        dsq = np.ones_like(xmu) * dvar.reshape(shape) / count
        dxmu2 = 2 * xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -dx1.sum(axis=self.axes)
        return (dx1 + dmu.reshape(shape) / count).astype(grad_out.dtype)


class BatchNormChannelByChannel(_Kept):
    """A loop over the channels, in double precision."""

    def forward(self, x):
        y, kept = np.empty_like(x), []
        means, variances = [], []
        for c in range(x.shape[1]):
            plane = x[:, c].astype(np.float64)
            mean = plane.mean() if self.training else float(self.running_mean.data[c])
            var = plane.var() if self.training else float(self.running_var.data[c])
            means.append(mean)
            variances.append(var)
            x_hat = (plane - mean) / math.sqrt(var + self.eps)
            kept.append((x_hat, 1 / math.sqrt(var + self.eps)))
            y[:, c] = self.weight.data[c] * x_hat + self.bias.data[c]
        if self.training:
            self.move(np.array(means, x.dtype), np.array(variances, x.dtype), x[:, 0].size)
        self.cache = (kept, self.training)
        return y

    def backward(self, grad_out):
        kept, own = self.saved()
        grad_x = np.empty_like(grad_out)
        for c, (x_hat, inverse) in enumerate(kept):
            g = grad_out[:, c].astype(np.float64)
            if self.weight.requires_grad:
                self.weight.grad[c] += (g * x_hat).sum()
                self.bias.grad[c] += g.sum()
            scaled = g * self.weight.data[c]
            through = scaled.mean() + x_hat * (scaled * x_hat).mean() if own else 0
            grad_x[:, c] = inverse * (scaled - through)
        return grad_x


class BatchNormOfRowsClosed(BatchNorm1d):
    """The closed form with N in front, for rows."""

    def forward(self, x):
        if not self.training:
            mean, var = self.running_mean.data, self.running_var.data
        else:
            mean, var = np.mean(x, axis=0), np.var(x, axis=0)
            n, m = len(x), self.momentum
            self.running_mean.assign(((1 - m) * self.running_mean.data + m * mean).astype(x.dtype))
            self.running_var.assign(((1 - m) * self.running_var.data + m * var * n / (n - 1)).astype(x.dtype))
            self.num_batches_tracked.assign(self.num_batches_tracked.data + 1)
        std = np.sqrt(var + self.eps).astype(x.dtype)
        self.cache = ((x - mean) / std, std, self.training)
        return self.cache[0] * self.weight.data + self.bias.data

    def backward(self, grad_out):
        x_hat, std, own = self.saved()
        if self.weight.requires_grad:
            self.weight.grad += np.einsum("nc,nc->c", grad_out, x_hat)
            self.bias.grad += grad_out.sum(axis=0)
        n, d = len(grad_out), grad_out * self.weight.data
        if not own:
            return d / std
        return (n * d - d.sum(axis=0) - x_hat * (d * x_hat).sum(axis=0)) / (n * std)


class BatchNormByTheProjection(BatchNormOfRowsClosed):
    """The Jacobian of each feature as a matrix."""

    def backward(self, grad_out):
        x_hat, std, own = self.saved()
        if self.weight.requires_grad:
            self.weight.grad += (grad_out * x_hat).sum(0)
            self.bias.grad += np.ones(len(grad_out), grad_out.dtype) @ grad_out
        grad_x = np.empty_like(grad_out)
        for feature in range(grad_out.shape[1]):
            one, h = np.ones(len(grad_out)), x_hat[:, feature]
            jacobian = np.eye(len(h)) - own * (np.outer(one, one) + np.outer(h, h)) / len(h)
            grad_x[:, feature] = jacobian @ grad_out[:, feature] * self.weight.data[feature] / std[feature]
        return grad_x


class DropoutByWhere(Dropout):
    """Draws in its own way: kept where a uniform number is below 1 - p."""

    def forward(self, x):
        if not self.training:
            self.cache = np.ones_like(x)
            return x.copy()
        kept = default_rng().random(x.shape) < 1 - self.p
        self.cache = np.where(kept, 1 / (1 - self.p), 0).astype(x.dtype)
        return x * self.cache

    def backward(self, grad_out):
        return grad_out * self.saved()


class DropoutByBinomial(DropoutByWhere):
    """Draws whole numbers, in the order of Fortran."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.cache = (default_rng().binomial(1, 1 - self.p, x.shape[::-1]).T / (1 - self.p)).astype(x.dtype)
        return np.multiply(x, self.cache)


class DropoutByLoops(DropoutByWhere):
    """One draw after the other."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        self.cache = np.zeros_like(x)
        for place in np.ndindex(*x.shape):
            if default_rng().random() >= self.p:
                self.cache[place] = 1 / (1 - self.p)
        return x * self.cache


class SGDBySigns(SGD):
    """Written with minus the gradient, the velocity in its own array."""

    def update(self, w, grad, state, step, group):
        direction = -grad
        if group["momentum"]:
            state["momentum_buffer"][...] = group["momentum"] * state["momentum_buffer"] + (
                grad if step == 1 else (1 - group["dampening"]) * grad)
            direction = -(grad + group["momentum"] * state["momentum_buffer"] if group["nesterov"]
                          else state["momentum_buffer"])
        w[...] = w + group["lr"] * direction


class AdamByTheBook(Adam):
    """Kingma and Ba, algorithm 1, line by line."""

    def update(self, w, grad, state, step, group):
        beta1, beta2 = group["betas"]
        state["exp_avg"][...] = beta1 * state["exp_avg"] + (1 - beta1) * grad
        state["exp_avg_sq"][...] = beta2 * state["exp_avg_sq"] + (1 - beta2) * grad**2
        m_hat = state["exp_avg"] / (1 - beta1**step)
        v_hat = state["exp_avg_sq"] / (1 - beta2**step)
        w -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])


class AdamInDoublePrecision(Adam):
    """Element by element, in double precision."""

    def update(self, w, grad, state, step, group):
        beta1, beta2 = (float(beta) for beta in group["betas"])
        for place in range(w.size):
            g = float(grad.flat[place])
            m = state["exp_avg"].flat[place] = beta1 * state["exp_avg"].flat[place] + (1 - beta1) * g
            v = state["exp_avg_sq"].flat[place] = beta2 * state["exp_avg_sq"].flat[place] + (1 - beta2) * g * g
            rate = group["lr"] * math.sqrt(1 - beta2**step) / (1 - beta1**step)
            w.flat[place] -= rate * m / (math.sqrt(v) + group["eps"] * math.sqrt(1 - beta2**step))


SOLUTIONS = [
    *[(kind(3, eps=0.05), IMAGES) for kind in (BatchNormStepByStep, BatchNormChannelByChannel)],
    *[(kind(5), ROWS) for kind in (BatchNormOfRowsClosed, BatchNormByTheProjection)],
    *[(kind(0.3), ((8, 9),)) for kind in (DropoutByWhere, DropoutByBinomial, DropoutByLoops)],
]
OPTIMIZERS = [
    *[lambda params, options=options: SGDBySigns(params, lr=0.1, **options)
      for options in ({}, {"momentum": 0.8}, {"momentum": 0.8, "nesterov": True}, {"weight_decay": 0.2})],
    *[lambda params, kind=kind: kind(params, lr=0.1, weight_decay=0.1)
      for kind in (AdamByTheBook, AdamInDoublePrecision)],
]
