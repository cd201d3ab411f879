"""Right solutions of the third assignment in many styles: convolution and pooling."""

import numpy as np

from chainrule.layers import AvgPool2d, Conv2d, MaxPool2d

PICTURES, EVEN = ((2, 3, 6, 5),), ((2, 3, 6, 4),)


class _Conv(Conv2d):
    """Reads the geometry once for all styles."""

    def read(self, x):
        pad = self.padding if isinstance(self.padding, tuple) else (self.padding, self.padding)
        step = self.stride if isinstance(self.stride, tuple) else (self.stride, self.stride)
        padded = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
        taps = self.weight.shape[2:]
        size = [(length - tap) // one + 1 for length, tap, one in zip(padded.shape[2:], taps, step, strict=True)]
        return padded, pad, step, taps, size

    def cut(self, padded, pad):
        return padded[:, :, pad[0]:padded.shape[2] - pad[0], pad[1]:padded.shape[3] - pad[1]].copy()

    def add(self, grad_weight, grad_bias):
        if self.weight.requires_grad:
            self.weight.grad += grad_weight.astype(self.weight.dtype)
        if self.bias is not None and self.bias.requires_grad:
            self.bias.grad += grad_bias.astype(self.bias.dtype)


class ConvBySixLoops(_Conv):
    def forward(self, x):
        padded, _, step, taps, size = self.read(x)
        y = np.zeros((len(x), len(self.weight.data), *size), self.weight.dtype)
        for n, o, i, j in np.ndindex(*y.shape):
            window = padded[n, :, i * step[0]:i * step[0] + taps[0], j * step[1]:j * step[1] + taps[1]]
            y[n, o, i, j] = (window * self.weight.data[o]).sum() + (0 if self.bias is None else self.bias.data[o])
        self.cache = x
        return y

    def backward(self, grad_out):
        padded, pad, step, taps, _ = self.read(self.saved())
        grad_padded, grad_weight = np.zeros_like(padded), np.zeros_like(self.weight.data)
        for n, o, i, j in np.ndindex(*grad_out.shape):
            at = (n, slice(None), slice(i * step[0], i * step[0] + taps[0]), slice(j * step[1], j * step[1] + taps[1]))
            grad_padded[at] += grad_out[n, o, i, j] * self.weight.data[o]
            grad_weight[o] += grad_out[n, o, i, j] * padded[at]
        self.add(grad_weight, grad_out.sum(axis=(0, 2, 3)))
        return self.cut(grad_padded, pad)


class ConvByColumns(_Conv):
    def forward(self, x):
        padded, _, step, taps, size = self.read(x)
        columns = np.empty((len(x), x.shape[1], *taps, *size), x.dtype)
        for a, b in np.ndindex(*taps):
            columns[:, :, a, b] = padded[:, :, a:a + step[0] * size[0]:step[0], b:b + step[1] * size[1]:step[1]]
        columns = columns.reshape(len(x), -1, size[0] * size[1])
        y = self.weight.data.reshape(len(self.weight.data), -1) @ columns
        if self.bias is not None:
            y += self.bias.data[:, None]
        self.cache = (columns, x.shape)
        return y.reshape(len(x), -1, *size)

    def backward(self, grad_out):
        columns, shape = self.saved()
        padded, pad, step, taps, size = self.read(np.zeros(shape, columns.dtype))
        flat = grad_out.reshape(*grad_out.shape[:2], -1)
        self.add((flat @ columns.swapaxes(1, 2)).sum(axis=0).reshape(self.weight.shape), flat.sum(axis=(0, 2)))
        back = self.weight.data.reshape(len(self.weight.data), -1).T @ flat
        back = back.reshape(shape[0], shape[1], *taps, *size)
        for a, b in np.ndindex(*taps):
            padded[:, :, a:a + step[0] * size[0]:step[0], b:b + step[1] * size[1]:step[1]] += back[:, :, a, b]
        return self.cut(padded, pad)


class ConvByStridesAndEinsum(_Conv):
    def windows(self, padded, step, taps):
        view = np.lib.stride_tricks.sliding_window_view(padded, taps, axis=(2, 3))
        return view[:, :, ::step[0], ::step[1]]

    def forward(self, x):
        padded, _, step, taps, _ = self.read(x)
        self.cache = x.copy()
        y = np.einsum("ncijab,ocab->noij", self.windows(padded, step, taps), self.weight.data, optimize=True)
        return y if self.bias is None else y + self.bias.data.reshape(1, -1, 1, 1)

    def backward(self, grad_out):
        padded, pad, step, taps, size = self.read(self.saved())
        self.add(np.einsum("ncijab,noij->ocab", self.windows(padded, step, taps), grad_out, optimize=True),
                 np.einsum("noij->o", grad_out))
        spread = np.zeros((*grad_out.shape[:2], *(length + tap - 1 for length, tap in
                                                  zip(padded.shape[2:], taps, strict=True))), grad_out.dtype)
        top, left = taps[0] - 1, taps[1] - 1
        spread[:, :, top:top + step[0] * size[0]:step[0], left:left + step[1] * size[1]:step[1]] = grad_out
        windows = np.lib.stride_tricks.sliding_window_view(spread, taps, axis=(2, 3))
        turned = self.weight.data[:, :, ::-1, ::-1]
        return self.cut(np.einsum("noijab,ocab->ncij", windows, turned, optimize=True), pad)


class ConvTapByTapInDoublePrecision(_Conv):
    def forward(self, x):
        padded, _, step, taps, size = self.read(x.astype(np.float64))
        y = np.zeros((len(x), len(self.weight.data), *size))
        for a, b in np.ndindex(*taps):
            part = padded[:, :, a:a + step[0] * size[0]:step[0], b:b + step[1] * size[1]:step[1]]
            y += np.tensordot(part, self.weight.data[:, :, a, b], axes=(1, 1)).transpose(0, 3, 1, 2)
        self.cache = x
        return (y if self.bias is None else y + self.bias.data[None, :, None, None]).astype(self.weight.dtype)

    def backward(self, grad_out):
        x = self.saved()
        padded, pad, step, taps, size = self.read(x.astype(np.float64))
        grad, grad_weight = np.zeros_like(padded), np.zeros(self.weight.shape)
        for a, b in np.ndindex(*taps):
            at = (..., slice(a, a + step[0] * size[0], step[0]), slice(b, b + step[1] * size[1], step[1]))
            grad_weight[:, :, a, b] = np.tensordot(grad_out, padded[at], axes=((0, 2, 3), (0, 2, 3)))
            grad[at] += np.tensordot(grad_out, self.weight.data[:, :, a, b], axes=(1, 0)).transpose(0, 3, 1, 2)
        self.add(grad_weight, grad_out.astype(np.float64).sum(axis=(0, 2, 3)))
        return self.cut(grad, pad).astype(x.dtype)


class MaxPoolByLoops(MaxPool2d):
    def forward(self, x):
        y = np.empty((*x.shape[:2], x.shape[2] // 2, x.shape[3] // 2), x.dtype)
        winners = {}
        for n, c, i, j in np.ndindex(*y.shape):
            best = max(((a, b) for a in (2 * i, 2 * i + 1) for b in (2 * j, 2 * j + 1)), key=lambda at: x[n, c, *at])
            winners[n, c, i, j] = best
            y[n, c, i, j] = x[n, c, best[0], best[1]]
        self.cache = (winners, x.shape, x.dtype)
        return y

    def backward(self, grad_out):
        winners, shape, dtype = self.saved()
        grad_x = np.zeros(shape, dtype)
        for (n, c, i, j), (a, b) in winners.items():
            grad_x[n, c, a, b] += grad_out[n, c, i, j]
        return grad_x


class MaxPoolByMask(MaxPool2d):
    def forward(self, x):
        n, c, h, w = x.shape
        tiles = x.reshape(n, c, h // 2, 2, w // 2, 2)
        y = tiles.max(axis=(3, 5))
        self.cache = tiles == y[:, :, :, None, :, None]
        return y

    def backward(self, grad_out):
        mask = self.saved()
        n, c, h, _, w, _ = mask.shape
        return (mask * grad_out[:, :, :, None, :, None]).reshape(n, c, 2 * h, 2 * w)


class MaxPoolByArgmax(MaxPool2d):
    def forward(self, x):
        n, c, h, w = x.shape
        tiles = x.reshape(n, c, h // 2, 2, w // 2, 2).swapaxes(3, 4).reshape(-1, 4)
        self.cache = (tiles.argmax(axis=1), x.shape, x.dtype)
        return tiles.max(axis=1).reshape(n, c, h // 2, w // 2)

    def backward(self, grad_out):
        winner, (n, c, h, w), dtype = self.saved()
        tiles = np.zeros((winner.size, 4), dtype)
        np.put_along_axis(tiles, winner[:, None], grad_out.reshape(-1, 1), axis=1)
        return tiles.reshape(n, c, h // 2, w // 2, 2, 2).swapaxes(3, 4).reshape(n, c, h, w)


class AvgPoolByRepeat(AvgPool2d):
    def forward(self, x):
        self.cache = ()
        return (x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]) / 4

    def backward(self, grad_out):
        self.saved()
        return np.repeat(np.repeat(grad_out, 2, axis=2), 2, axis=3) / 4


class AvgPoolByKron(AvgPool2d):
    def forward(self, x):
        self.cache = x.shape
        return np.array([[[[plane[i:i + 2, j:j + 2].mean() for j in range(0, plane.shape[1], 2)]
                           for i in range(0, plane.shape[0], 2)] for plane in image] for image in x], x.dtype)

    def backward(self, grad_out):
        self.saved()
        return np.kron(grad_out, np.full((2, 2), 0.25, grad_out.dtype))


class AvgPoolByMatrices(AvgPool2d):
    def halves(self, size, dtype):
        return np.kron(np.eye(size // 2, dtype=dtype), np.full((1, 2), 0.5, dtype))

    def forward(self, x):
        rows, columns = (self.halves(size, x.dtype) for size in x.shape[2:])
        self.cache = (rows, columns)
        return rows @ x @ columns.T

    def backward(self, grad_out):
        rows, columns = self.saved()
        return rows.T @ grad_out @ columns


SOLUTIONS = [
    *[(kind(3, 4, (3, 2), **options), PICTURES)
      for kind in (ConvBySixLoops, ConvByColumns, ConvByStridesAndEinsum, ConvTapByTapInDoublePrecision)
      for options in ({}, {"stride": (2, 1), "padding": (1, 0)})],
    *[(kind(2), EVEN) for kind in (MaxPoolByLoops, MaxPoolByMask, MaxPoolByArgmax, AvgPoolByRepeat, AvgPoolByKron,
                                   AvgPoolByMatrices)],
]
