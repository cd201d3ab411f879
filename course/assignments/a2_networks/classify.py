"""A classifier of handwritten digits, put together from your own parts."""


from chainrule.layers import BatchNorm1d, Dropout, Linear, ReLU
from chainrule.layers.core import manual_seed
from chainrule.losses import CrossEntropyLoss
from chainrule.optim import Adam

from network import Sequential


def train(model, loss, optimizer, x, y, epochs, batch_size):
    """Train on batches in the order of the samples; return the mean loss of every epoch.

    The model is in training mode meanwhile, and in evaluation mode afterwards (``model.train()``, ``model.eval()``).
    A batch is the next ``batch_size`` samples, and fewer at the end. For each: gradients to zero, forward, loss, back,
    ``optimizer.step()``. The mean of an epoch weighs each batch's loss by its number of samples.

    Shapes:
        x, y:    (N, …), (N,)
        returns: a list of ``epochs`` floats
    """
    # BEGIN SOLUTION
    model.train()
    means = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(x), batch_size):
            x_batch, y_batch = x[start:start + batch_size], y[start:start + batch_size]
            optimizer.zero_grad()
            total += loss.forward(model.forward(x_batch), y_batch) * len(x_batch)
            model.backward(loss.backward())
            optimizer.step()
        means.append(total / len(x))
    model.eval()
    return means
    # END SOLUTION


def fit_and_predict(x, y, x_test):
    """Choose a network, train it on images of digits, and return the digits that further images show.

    Shapes:
        x:       (N, 64) float32, from 0 to 1
        y:       (N,), 0 to 9
        x_test:  (M, 64)
        returns: (M,) whole numbers
    """
    # BEGIN SOLUTION
    manual_seed(0)
    model = Sequential(Linear(64, 96), BatchNorm1d(96), ReLU(), Dropout(0.2), Linear(96, 10))
    train(model, CrossEntropyLoss(), Adam(model.parameters(), lr=0.01), x, y, epochs=20, batch_size=32)
    return model.forward(x_test).argmax(axis=1)
    # END SOLUTION
