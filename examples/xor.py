"""XOR: weights found by hand, and how often gradient descent finds some from random ones."""

import numpy as np

import chainrule as cr
from chainrule.data import xor
from chainrule.layers import Linear, ReLU, Tanh
from chainrule.losses import MSELoss
from chainrule.models import Sequential
from chainrule.optim import SGD
from chainrule.training import train_step

x, y = xor()[:]

by_hand = Sequential(Linear(2, 2), ReLU(), Linear(2, 1))
by_hand.load_state_dict({"0.weight": np.ones((2, 2)), "0.bias": np.array([0.0, -1.0]),
                         "2.weight": np.array([[1.0, -2.0]]), "2.bias": np.zeros(1)})
print("by hand:", by_hand.forward(x).ravel().tolist(), "error", MSELoss().forward(by_hand.forward(x), y))


def final_error(seed, *layers, steps=400):
    """Train on the four corners as one batch, from normally distributed weights; return the last loss."""
    cr.manual_seed(seed)
    draw = np.random.default_rng(seed)
    model = Sequential(*layers)
    for parameter in model.parameters():
        parameter.data = draw.standard_normal(parameter.shape)
    loss, optimizer = MSELoss(), SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(steps):
        error = train_step(model, loss, optimizer, x, y)
    return error


for name, make in (("a linear model", lambda: [Linear(2, 1)]),
                   ("two rectified units", lambda: [Linear(2, 2), ReLU(), Linear(2, 1)]),
                   ("four tanh units", lambda: [Linear(2, 4), Tanh(), Linear(4, 1)])):
    errors = [final_error(seed, *make()) for seed in range(8)]
    print(f"{name}: solved from {sum(error < 1e-2 for error in errors)} of {len(errors)} seeds, "
          f"least error {min(errors):.4f}")
