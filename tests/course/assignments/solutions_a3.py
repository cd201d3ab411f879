"""Right solutions of the third assignment in many styles; read beside a copy of its files."""

import numpy as np
from convolution import Conv2d, fold, unfold
from network import Network
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from pooling import AvgPool2d, MaxPool2d

from chainrule.layers import Flatten, Linear, ReLU
from chainrule.layers.core import manual_seed
from chainrule.losses import CrossEntropyLoss
from chainrule.optim import Adam


def places(length, kernel, stride, padding=0):
    return (length + 2 * padding - kernel) // stride + 1


def unfold_by_loops(x, kernel, stride=1, padding=0):
    n, channels, height, width = x.shape
    framed = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), x.dtype)
    framed[:, :, padding:padding + height, padding:padding + width] = x
    columns = []
    for i in range(places(height, kernel, stride, padding)):
        for j in range(places(width, kernel, stride, padding)):
            top, left = i * stride, j * stride
            columns.append(framed[:, :, top:top + kernel, left:left + kernel].reshape(n, -1))
    return np.stack(columns, axis=2)


def unfold_by_views(x, kernel, stride=1, padding=0):
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = sliding_window_view(framed, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    return view.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), x.shape[1] * kernel**2, -1)


def unfold_by_indices(x, kernel, stride=1, padding=0):
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    c, a, b = (index.reshape(-1, 1) for index in np.indices((x.shape[1], kernel, kernel)))
    i, j = (stride * index.reshape(1, -1) for index in np.indices(
        tuple(places(length, kernel, stride, padding) for length in x.shape[2:])))
    return framed[:, c, a + i, b + j]


def unfold_by_strides(x, kernel, stride=1, padding=0):
    framed = np.ascontiguousarray(np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))))
    n, c, i, j = framed.strides
    outputs = [places(length, kernel, stride, padding) for length in x.shape[2:]]
    view = as_strided(framed, (*x.shape[:2], kernel, kernel, *outputs), (n, c, i, j, stride * i, stride * j))
    return view.reshape(len(x), -1, outputs[0] * outputs[1])


def fold_by_loops(columns, x_shape, kernel, stride=1, padding=0):
    n, channels, height, width = x_shape
    framed = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), columns.dtype)
    number = 0
    for i in range(places(height, kernel, stride, padding)):
        for j in range(places(width, kernel, stride, padding)):
            window = columns[:, :, number].reshape(n, channels, kernel, kernel)
            framed[:, :, i * stride:i * stride + kernel, j * stride:j * stride + kernel] += window
            number += 1
    return framed[:, :, padding:height + padding, padding:width + padding].copy()


def fold_by_add_at(columns, x_shape, kernel, stride=1, padding=0):
    n, channels, height, width = x_shape
    framed = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), columns.dtype)
    c, a, b = (index.reshape(-1, 1) for index in np.indices((channels, kernel, kernel)))
    i, j = (stride * index.reshape(1, -1) for index in np.indices(
        tuple(places(length, kernel, stride, padding) for length in x_shape[2:])))
    np.add.at(framed, (slice(None), c, a + i, b + j), columns)
    return framed[:, :, padding:height + padding, padding:width + padding]


def fold_by_the_matrix(columns, x_shape, kernel, stride=1, padding=0):
    """The matrix of ``unfold``, column by column, transposed."""
    size = int(np.prod(x_shape[1:]))
    units = np.eye(size, dtype=columns.dtype).reshape(size, *x_shape[1:])
    matrix = unfold_by_views(units, kernel, stride, padding).reshape(size, -1)
    return (columns.reshape(len(columns), -1) @ matrix.T).reshape(x_shape)


class ConvBySixLoops(Conv2d):
    def taps(self):
        x, y_shape = self.framed, self.y_shape
        for n, o, i, j in np.ndindex(*y_shape):
            for c, a, b in np.ndindex(x.shape[1], self.kernel_size, self.kernel_size):
                yield (n, o, i, j), (o, c, a, b), (n, c, i * self.stride + a, j * self.stride + b)

    def prepare(self, x):
        frame = ((0, 0), (0, 0), (self.padding, self.padding), (self.padding, self.padding))
        self.framed = np.pad(x, frame)
        self.y_shape = (len(x), self.out_channels, *(places(length, self.kernel_size, self.stride, self.padding)
                                                      for length in x.shape[2:]))

    def forward(self, x):
        self.prepare(x)
        self.cache = x
        y = np.zeros(self.y_shape, x.dtype) + self.bias.data[:, None, None]
        for at, weight, seen in self.taps():
            y[at] += self.weight.data[weight] * self.framed[seen]
        return y

    def backward(self, grad_out):
        x = self.saved()
        self.prepare(x)
        grad = np.zeros_like(self.framed)
        for at, weight, seen in self.taps():
            self.weight.grad[weight] += grad_out[at] * self.framed[seen]
            grad[seen] += grad_out[at] * self.weight.data[weight]
        for o in range(self.out_channels):
            self.bias.grad[o] += grad_out[:, o].sum()
        p = self.padding
        return grad[:, :, p:p + x.shape[2], p:p + x.shape[3]].copy()


class ConvByEinsum(Conv2d):
    def windows(self, x):
        frame = ((0, 0), (0, 0), (self.padding, self.padding), (self.padding, self.padding))
        size = (self.kernel_size, self.kernel_size)
        return sliding_window_view(np.pad(x, frame), size, axis=(2, 3))[:, :, ::self.stride, ::self.stride]

    def forward(self, x):
        self.cache = (x.copy(),)
        y = np.einsum("ncijab,ocab->noij", self.windows(x), self.weight.data)
        return y + self.bias.data.reshape(1, -1, 1, 1)

    def backward(self, grad_out):
        (x,) = self.saved()
        self.weight.grad = self.weight.grad + np.einsum("ncijab,noij->ocab", self.windows(x), grad_out)
        self.bias.grad = self.bias.grad + np.einsum("noij->o", grad_out)
        columns = np.einsum("noij,ocab->ncabij", grad_out, self.weight.data)
        return fold_by_loops(columns.reshape(len(x), self.weight.data[0].size, -1), x.shape, self.kernel_size,
                             self.stride, self.padding)


class ConvImageByImageInDoublePrecision(Conv2d):
    def options(self):
        return self.kernel_size, self.stride, self.padding

    def forward(self, x):
        self.cache = [image[None].astype(np.float64) for image in x], x.dtype
        matrix = self.weight.data.astype(np.float64).reshape(self.out_channels, -1)
        rows = places(x.shape[2], *self.options())
        return np.concatenate([(matrix @ unfold(image, *self.options())[0] + self.bias.data[:, None]).reshape(
            1, self.out_channels, rows, -1) for image in self.cache[0]]).astype(x.dtype)

    def backward(self, grad_out):
        images, dtype = self.saved()
        matrix, grads = self.weight.data.astype(np.float64).reshape(self.out_channels, -1), []
        for image, grad in zip(images, grad_out, strict=True):
            flat = grad.reshape(self.out_channels, -1).astype(np.float64)
            self.weight.grad += (flat @ unfold(image, *self.options())[0].T).reshape(self.weight.shape)
            self.bias.grad += flat.sum(axis=1)
            grads.append(fold((matrix.T @ flat)[None], image.shape, *self.options()))
        return np.concatenate(grads).astype(dtype)


class ConvTapByTap(Conv2d):
    def parts(self, framed, outputs):
        for a in range(self.kernel_size):
            for b in range(self.kernel_size):
                yield a, b, framed[:, :, a:a + self.stride * outputs[0]:self.stride,
                                   b:b + self.stride * outputs[1]:self.stride]

    def forward(self, x):
        p, outputs = self.padding, [places(length, self.kernel_size, self.stride, self.padding)
                                    for length in x.shape[2:]]
        framed = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        self.cache = framed, x.shape
        y = np.zeros((len(x), self.out_channels, *outputs), x.dtype)
        for a, b, seen in self.parts(framed, outputs):
            y += np.tensordot(seen, self.weight.data[:, :, a, b], axes=(1, 1)).transpose(0, 3, 1, 2)
        y += self.bias.data[:, None, None]
        return y

    def backward(self, grad_out):
        framed, (_, _, height, width) = self.saved()
        grad = np.zeros_like(framed)
        parts = zip(self.parts(framed, grad_out.shape[2:]), self.parts(grad, grad_out.shape[2:]), strict=True)
        for (a, b, seen), (_, _, to) in parts:
            self.weight.grad[:, :, a, b] += np.tensordot(grad_out, seen, axes=((0, 2, 3), (0, 2, 3)))
            to += np.tensordot(grad_out, self.weight.data[:, :, a, b], axes=(1, 0)).transpose(0, 3, 1, 2)
        self.bias.grad += grad_out.sum((0, 2, 3))
        return grad[:, :, self.padding:self.padding + height, self.padding:self.padding + width]


class MaxPoolByLoops(MaxPool2d):
    def forward(self, x):
        rows, columns = (places(length, self.kernel_size, self.stride) for length in x.shape[2:])
        y, winners = np.empty((*x.shape[:2], rows, columns), x.dtype), {}
        for n, c, i, j in np.ndindex(*y.shape):
            seen = [(i * self.stride + a, j * self.stride + b) for a, b in np.ndindex(*[self.kernel_size] * 2)]
            best = max(seen, key=lambda at: x[n, c, at[0], at[1]])
            winners[n, c, i, j], y[n, c, i, j] = best, x[n, c, best[0], best[1]]
        self.cache = winners, x.shape
        return y

    def backward(self, grad_out):
        winners, shape = self.saved()
        grad_x = np.zeros(shape, grad_out.dtype)
        for (n, c, i, j), (a, b) in winners.items():
            grad_x[n, c, a, b] += grad_out[n, c, i, j]
        return grad_x


class MaxPoolTapByTap(MaxPool2d):
    def taps(self, x, rows, columns):
        for a in range(self.kernel_size):
            for b in range(self.kernel_size):
                yield x[:, :, a:a + self.stride * rows:self.stride, b:b + self.stride * columns:self.stride]

    def forward(self, x):
        sizes = [places(length, self.kernel_size, self.stride) for length in x.shape[2:]]
        y, winner = np.full((*x.shape[:2], *sizes), -np.inf, x.dtype), np.zeros((*x.shape[:2], *sizes), int)
        for number, seen in enumerate(self.taps(x, *sizes)):
            better = seen > y
            y[better], winner[better] = seen[better], number
        self.cache = {"winner": winner, "shape": x.shape}
        return y

    def backward(self, grad_out):
        kept = self.saved()
        grad_x = np.zeros(kept["shape"], grad_out.dtype)
        for number, to in enumerate(self.taps(grad_x, *grad_out.shape[2:])):
            to += np.where(kept["winner"] == number, grad_out, 0)
        return grad_x


class AvgPoolByColumns(AvgPool2d):
    def forward(self, x):
        n, c, height, width = x.shape
        self.cache = x.shape
        columns = unfold(x.reshape(n * c, 1, height, width), self.kernel_size, self.stride)
        return columns.mean(axis=1).reshape(n, c, places(height, self.kernel_size, self.stride), -1)

    def backward(self, grad_out):
        n, c, height, width = self.saved()
        shares = grad_out.reshape(n * c, 1, -1).repeat(self.kernel_size**2, axis=1) / self.kernel_size**2
        return fold(shares, (n * c, 1, height, width), self.kernel_size, self.stride).reshape(n, c, height, width)


class AvgPoolByMatrices(AvgPool2d):
    """Means along rows and along columns are two products with matrices."""

    def means(self, length, dtype):
        matrix = np.zeros((places(length, self.kernel_size, self.stride), length), dtype)
        for row in range(len(matrix)):
            matrix[row, row * self.stride:row * self.stride + self.kernel_size] = 1 / self.kernel_size
        return matrix

    def forward(self, x):
        self.cache = rows, columns = [self.means(length, x.dtype) for length in x.shape[2:]]
        return rows @ x @ columns.T

    def backward(self, grad_out):
        rows, columns = self.saved()
        return rows.T @ grad_out @ columns


def fit_and_predict_one_layer(x, y, x_test):
    manual_seed(1)
    model = Network(ConvTapByTap(1, 16, 3), ReLU(), Flatten(), Linear(576, 10))
    loss, optimizer = CrossEntropyLoss(), Adam(model.parameters(), lr=0.005)
    for epoch in range(10):
        for start in range(epoch, len(x), 40):
            optimizer.zero_grad()
            loss.forward(model.forward(x[start:start + 40]), y[start:start + 40])
            model.backward(loss.backward())
            optimizer.step()
    return model.forward(x_test).argmax(1)


PIECES = {
    "unfold": [unfold_by_loops, unfold_by_views, unfold_by_indices, unfold_by_strides],
    "fold": [fold_by_loops, fold_by_add_at, fold_by_the_matrix],
    "Conv2d": [ConvTapByTap, ConvByEinsum, ConvImageByImageInDoublePrecision, ConvBySixLoops],
    "MaxPool2d": [MaxPoolByLoops, MaxPoolTapByTap],
    "AvgPool2d": [AvgPoolByColumns, AvgPoolByMatrices],
    "fit_and_predict": [fit_and_predict_one_layer],
}
