"""Pools: every window becomes one number, its largest or its mean."""

import numpy as np

from chainrule.layers.core import Layer


class MaxPool2d(Layer):
    """Largest value of every window of every channel.

    Windows of ``kernel_size`` times ``kernel_size`` pixels lie ``stride`` pixels apart; rows and columns at the end
    that no window reaches are left out. Where several pixels of a window are largest, the first one wins, row by row.

    Shapes:
        x: (N, C, H, W)
        y: (N, C, H', W'), H' = (H - kernel_size) // stride + 1, W' likewise

    Gradients:
        grad_x = grad_out at the pixel that won, summed where windows overlap, and zero elsewhere

    Cache: ``(winner, x_shape)``, (N, C, H', W') whole numbers that count the pixels of a window row by row from 0, and
    the shape of ``x``
    """

    def __init__(self, kernel_size, stride=None):
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride

    def forward(self, x):
        """Return the largest values; remember in the cache where they were."""
        # BEGIN SOLUTION
        size, step = self.kernel_size, self.stride
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::step, ::step]
        flat = windows.reshape(*windows.shape[:4], size * size)
        winner = flat.argmax(axis=-1)
        self.cache = winner, x.shape
        return np.take_along_axis(flat, winner[..., None], axis=-1)[..., 0]
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``."""
        # BEGIN SOLUTION
        winner, x_shape = self.saved()
        grad_x = np.zeros(x_shape, dtype=grad_out.dtype)
        n, c, i, j = np.indices(winner.shape)
        rows, columns = i * self.stride + winner // self.kernel_size, j * self.stride + winner % self.kernel_size
        np.add.at(grad_x, (n, c, rows, columns), grad_out)
        return grad_x
        # END SOLUTION


class AvgPool2d(Layer):
    """Mean of every window of every channel; windows as in MaxPool2d.

    Shapes:
        x: (N, C, H, W)
        y: (N, C, H', W'), H' = (H - kernel_size) // stride + 1, W' likewise

    Gradients:
        grad_x = grad_out / kernel_size**2 at every pixel of the window, summed where windows overlap

    Cache: the shape of ``x``
    """

    def __init__(self, kernel_size, stride=None):
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride

    def forward(self, x):
        """Return the means."""
        # BEGIN SOLUTION
        size, step = self.kernel_size, self.stride
        self.cache = x.shape
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::step, ::step]
        return windows.mean(axis=(-2, -1))
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``."""
        # BEGIN SOLUTION
        size, step = self.kernel_size, self.stride
        grad_x = np.zeros(self.saved(), grad_out.dtype)
        share = grad_out / size**2
        rows, columns = grad_out.shape[2:]
        for i in range(size):
            for j in range(size):
                grad_x[:, :, i:i + step * rows:step, j:j + step * columns:step] += share
        return grad_x
        # END SOLUTION
