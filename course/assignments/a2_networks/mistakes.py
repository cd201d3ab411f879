"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from chainrule.layers.core import call


def Sequential_forward_from_the_last_layer(self, x):
    """order: The layers stand in the order in which they are gone through."""
    for layer in reversed(self.layers):
        x, _ = call(layer, x)
    return x


def Sequential_forward_every_layer_of_the_input(self, x):
    """path: Each layer takes what the one before it gave, not the network's input."""
    y = x
    for layer in self.layers:
        y, _ = call(layer, x)
    return y


def Sequential_backward_by_the_layers_own_caches(self, grad_out):
    """cache: Going back without the entries needs caches that the layers do not have any more."""
    for layer in reversed(self.layers):
        grad_out = layer.backward(grad_out)
    return grad_out


def Residual_forward_of_the_branch_alone(self, x):
    """path: The way around is missing."""
    y, self.cache = call(self.branch, x)
    return y


def train_forgets_the_rest(model, loss, optimizer, x, y, epochs, batch_size):
    """batch: The samples that do not fill a batch are left out; they are the last, smaller batch."""
    return _trained(model, loss, optimizer, x[:len(x) // batch_size * batch_size], y, epochs, batch_size)


def train_means_of_batches(model, loss, optimizer, x, y, epochs, batch_size):
    """mean: A smaller batch counts as much as a full one; each counts by its number of samples."""
    return _trained(model, loss, optimizer, x, y, epochs, batch_size, weighed=False)


def train_never_zero(model, loss, optimizer, x, y, epochs, batch_size):
    """accumulate: The gradients of all batches since the first add up, because nothing sets them to zero."""
    return _trained(model, loss, optimizer, x, y, epochs, batch_size, fresh=False)


def train_last_loss(model, loss, optimizer, x, y, epochs, batch_size):
    """mean: The loss of the last batch is not the mean of the epoch."""
    return _trained(model, loss, optimizer, x, y, epochs, batch_size, last=True)


def _trained(model, loss, optimizer, x, y, epochs, batch_size, weighed=True, fresh=True, last=False):
    model.train()
    means = []
    for _ in range(epochs):
        losses, sizes = [], []
        for start in range(0, len(x), batch_size):
            x_batch, y_batch = x[start:start + batch_size], y[start:start + batch_size]
            if fresh:
                optimizer.zero_grad()
            losses.append(loss.forward(model.forward(x_batch), y_batch[:len(x_batch)]))
            sizes.append(len(x_batch))
            model.backward(loss.backward())
            optimizer.step()
        means.append(losses[-1] if last else np.average(losses, weights=sizes if weighed else None))
    model.eval()
    return means


def fit_and_predict_nothing_learned(x, y, x_test):
    """Every image gets the digit that is most frequent."""
    return np.full(len(x_test), np.bincount(y).argmax())


def fit_and_predict_by_the_nearest_mean(x, y, x_test):
    """The nearest mean image is no network, and not good enough."""
    means = np.stack([x[y == digit].mean(axis=0) for digit in range(10)])
    return ((x_test[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
