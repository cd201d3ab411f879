"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from gradient_check import numeric_gradient, relative_error


def numeric_gradient_one_sided(f, x, step=1e-5):
    """Differences to one side alone are off by a multiple of ``step``; go the same way to both sides."""
    grad, here = np.zeros_like(x), f(x)
    for place in np.ndindex(*x.shape):
        moved = x.copy()
        moved[place] += step
        grad[place] = (f(moved) - here) / step
    return grad


def numeric_gradient_of_half_the_distance(f, x, step=1e-5):
    """factor: The two points lie 2 * step apart, so that is what is divided by."""
    return 2 * numeric_gradient(f, x, step)


def numeric_gradient_leaves_x_moved(f, x, step=1e-5):
    """argument: The last place is not put back, so the next moves from another point, and x has changed."""
    grad = np.zeros_like(x)
    for place in np.ndindex(*x.shape):
        x[place] += step
        above = f(x)
        x[place] -= 2 * step
        grad[place] = (above - f(x)) / (2 * step)
    return grad


def relative_error_of_nothing(a, b):
    """Where both arrays are zero, 0 / 0 is not a number; the error is 0 there."""
    with np.errstate(invalid="ignore"):
        return np.abs(a - b).max() / np.maximum(np.abs(a).max(), np.abs(b).max())


def relative_error_by_the_first(a, b):
    """The error is measured by the larger of the two arrays, not always by the first."""
    return np.abs(a - b).max() / np.abs(a).max() if np.abs(a).max() else 0.0


def gradient_errors_of_two_different_numbers(layer, x, grad_out):
    """upstream: The number that is differentiated is the one whose gradient comes back: sum(forward(x) * grad_out)."""
    return _errors(layer, x, grad_out, np.ones_like(grad_out), True)


def gradient_errors_of_the_input_alone(layer, x, grad_out):
    """path: The gradients of the parameters have errors, too."""
    return _errors(layer, x, grad_out, grad_out, False)


def gradient_errors_on_old_gradients(layer, x, grad_out):
    """accumulate: Gradients add up, so they must be set to zero before they are compared."""
    layer.forward(x)
    layer.backward(grad_out)
    return _errors(layer, x, grad_out, grad_out, True, fresh=False)


def _errors(layer, x, grad_out, weights, parameters, fresh=True):
    def number(_):
        return (layer.forward(x) * weights).sum()

    if fresh:
        layer.zero_grad()
    layer.forward(x)
    grad_x = layer.backward(grad_out)
    errors = {"x": relative_error(grad_x, numeric_gradient(number, x))}
    if parameters:
        for name, parameter in layer.named_parameters():
            errors[name] = relative_error(parameter.grad, numeric_gradient(number, parameter.data))
    return errors


def descend_uphill(layers, loss, x, y, steps, lr):
    """sign: The gradient points uphill; the step goes the other way."""
    return _descent(layers, loss, x, y, steps, -lr)


def descend_on_old_gradients(layers, loss, x, y, steps, lr):
    """accumulate: The gradients are never set to zero, so each step takes all gradients since the first."""
    return _descent(layers, loss, x, y, steps, lr, fresh=False)


def descend_first_layer_alone(layers, loss, x, y, steps, lr):
    """path: The parameters of all layers move, not only those of the first."""
    return _descent(layers, loss, x, y, steps, lr, moved=1)


def descend_loss_after_the_step(layers, loss, x, y, steps, lr):
    """order: The loss before each step is asked for."""
    return _descent(layers, loss, x, y, steps + 1, lr)[1:]


def _descent(layers, loss, x, y, steps, lr, fresh=True, moved=None):
    losses = []
    for _ in range(steps):
        prediction = x
        for layer in layers:
            prediction = layer.forward(prediction)
            if fresh:
                layer.zero_grad()
        losses.append(loss.forward(prediction, y))
        grad = loss.backward()
        for layer in reversed(layers):
            grad = layer.backward(grad)
        for layer in layers[:moved]:
            for parameter in layer.parameters():
                parameter.data -= lr * parameter.grad
    return losses


def fit_and_predict_always_the_same(x, y, x_test):
    """Nothing is learned: every point gets the label that is most frequent."""
    return np.full(len(x_test), np.bincount(y).argmax())
