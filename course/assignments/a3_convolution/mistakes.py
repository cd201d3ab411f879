"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from convolution import fold, unfold


def unfold_without_stride(x, kernel, stride=1, padding=0):
    """order: Windows lie ``stride`` pixels apart."""
    return unfold(x, kernel, 1, padding)


def unfold_without_frame(x, kernel, stride=1, padding=0):
    """mask: The frame of ``padding`` zeros is missing."""
    return unfold(x, kernel, stride, 0)


def unfold_channels_last(x, kernel, stride=1, padding=0):
    """order: Inside a column the channels come first, then the rows of the window, then its columns."""
    columns = unfold(x, kernel, stride, padding)
    parts = columns.reshape(len(x), x.shape[1], kernel * kernel, -1)
    return parts.swapaxes(1, 2).reshape(columns.shape)


def unfold_windows_transposed(x, kernel, stride=1, padding=0):
    """order: The rows of a window come before its columns."""
    return unfold(x.swapaxes(2, 3), kernel, stride, padding)


def fold_overwrites(columns, x_shape, kernel, stride=1, padding=0):
    """accumulate: Where windows overlap the numbers are added, not overwritten."""
    images, channels, height, width = x_shape
    rows, across = (height + 2 * padding - kernel) // stride + 1, (width + 2 * padding - kernel) // stride + 1
    parts = columns.reshape(images, channels, kernel, kernel, rows, across)
    framed = np.zeros((images, channels, height + 2 * padding, width + 2 * padding), columns.dtype)
    for i in range(kernel):
        for j in range(kernel):
            framed[:, :, i:i + stride * rows:stride, j:j + stride * across:stride] = parts[:, :, i, j]
    return framed[:, :, padding:padding + height, padding:padding + width]


def fold_averages(columns, x_shape, kernel, stride=1, padding=0):
    """mean: The adjoint adds; a mean of what overlaps would give the image back, but not the gradient."""
    count = fold(np.ones_like(columns), x_shape, kernel, stride, padding)
    return fold(columns, x_shape, kernel, stride, padding) / np.maximum(count, 1)


def fold_of_columns_reversed(columns, x_shape, kernel, stride=1, padding=0):
    """order: The first number of a column belongs to the first pixel of the window, not to the last."""
    return fold(columns[:, ::-1], x_shape, kernel, stride, padding)


def fit_and_predict_nothing_learned(x, y, x_test):
    """Every image gets the digit that is most frequent."""
    return np.full(len(x_test), np.bincount(y).argmax())
