"""Convolution by hand: windows as columns, and the layer that is a matrix product of them."""

import math

import numpy as np

from chainrule.layers.core import Layer, Parameter, default_rng


def unfold(x, kernel, stride=1, padding=0):
    """Return every window of every image as a column (im2col).

    The border of ``padding`` zeros comes first. Windows are counted row by row; inside a column the channels come
    first, then the rows of the window, then its columns. ``x`` stays as it is.

    Shapes:
        x:       (N, C, H, W)
        columns: (N, C * kernel * kernel, H' * W'), H' = (H + 2 * padding - kernel) // stride + 1, W' likewise
    """
    # BEGIN SOLUTION
    images, channels, height, width = x.shape
    rows, columns = (height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1
    framed = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    out = np.empty((images, channels, kernel, kernel, rows, columns), x.dtype)
    for i in range(kernel):
        for j in range(kernel):
            out[:, :, i, j] = framed[:, :, i:i + stride * rows:stride, j:j + stride * columns:stride]
    return out.reshape(images, channels * kernel * kernel, rows * columns)
    # END SOLUTION


def fold(columns, x_shape, kernel, stride=1, padding=0):
    """Return images in which every column is added where its window lies (col2im): the adjoint of ``unfold``.

    For all ``x`` and ``columns``: ``sum(unfold(x) * columns) == sum(x * fold(columns, x.shape))``.

    Shapes:
        columns: (N, C * kernel * kernel, H' * W')
        x_shape: (N, C, H, W), the shape of the result; what falls on the border is dropped
    """
    # BEGIN SOLUTION
    images, channels, height, width = x_shape
    rows, across = (height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1
    parts = columns.reshape(images, channels, kernel, kernel, rows, across)
    framed = np.zeros((images, channels, height + 2 * padding, width + 2 * padding), columns.dtype)
    for i in range(kernel):
        for j in range(kernel):
            framed[:, :, i:i + stride * rows:stride, j:j + stride * across:stride] += parts[:, :, i, j]
    return framed[:, :, padding:padding + height, padding:padding + width]
    # END SOLUTION


class Conv2d(Layer):
    """Cross-correlation of images with learned windows, all over the image.

    Formula: y[n, o, i, j] = bias[o] + sum over c, a, b of
                             weight[o, c, a, b] * x[n, c, i * stride + a - padding, j * stride + b - padding]

    ``x`` counts as zero outside of the image.

    Shapes:
        x:      (N, in_channels, H, W)
        weight: (out_channels, in_channels, kernel_size, kernel_size)
        bias:   (out_channels,)
        y:      (N, out_channels, H', W'), H' = (H + 2 * padding - kernel_size) // stride + 1, W' likewise

    Gradients:
        grad_weight = sum over all windows of grad_out at the window times the window
        grad_bias   = grad_out, summed over images and places
        grad_x      = at each pixel the sum over the windows it lies in: weight at its tap times grad_out there

    Cache: ``(columns, x_shape)``, what ``unfold`` returned and the shape of ``x``
    """

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        bound = 1 / math.sqrt(in_channels * kernel_size**2)
        draw = default_rng(None).uniform
        self.weight = Parameter(draw(-bound, bound, (out_channels, in_channels, kernel_size, kernel_size)))
        self.bias = Parameter(draw(-bound, bound, out_channels))

    def forward(self, x):
        """Return the images' cross-correlations with all windows."""
        # BEGIN SOLUTION
        columns = unfold(x, self.kernel_size, self.stride, self.padding)
        self.cache = columns, x.shape
        y = self.weight.data.reshape(self.out_channels, -1) @ columns + self.bias.data[:, None]
        rows = (x.shape[2] + 2 * self.padding - self.kernel_size) // self.stride + 1
        return y.reshape(len(x), self.out_channels, rows, -1)
        # END SOLUTION

    def backward(self, grad_out):
        """Return the gradient of ``x``, and add to those of ``weight`` and ``bias``."""
        # BEGIN SOLUTION
        columns, x_shape = self.saved()
        grad = grad_out.reshape(len(grad_out), self.out_channels, -1)
        self.weight.grad += np.einsum("nop,nkp->ok", grad, columns, optimize=True).reshape(self.weight.shape)
        self.bias.grad += grad.sum(axis=(0, 2))
        grad_columns = self.weight.data.reshape(self.out_channels, -1).T @ grad
        return fold(grad_columns, x_shape, self.kernel_size, self.stride, self.padding)
        # END SOLUTION
