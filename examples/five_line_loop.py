"""The training loop in the open: what ``fit`` and ``Trainer`` do, with nothing around it."""

import chainrule as cr
from chainrule.data import DataLoader, spirals
from chainrule.layers import Linear, Tanh
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import Adam
from chainrule.training import accuracy

cr.manual_seed(0)
train, test = spirals(600).split(0.25)
model = Sequential(Linear(2, 64), Tanh(), Linear(64, 64), Tanh(), Linear(64, 3))
loss, optimizer = CrossEntropyLoss(), Adam(model.parameters(), lr=1e-2)

for epoch in range(1, 41):
    for x, y in DataLoader(train, batch_size=32, shuffle=True):
        optimizer.zero_grad()                               # gradients are added up, so they begin at zero
        value = loss.forward(model.forward(x), y)           # forward: every layer keeps what it will need
        model.backward(loss.backward())                     # backward: every layer adds to its gradients
        optimizer.step()                                    # and the parameters move
    if epoch % 10 == 0:
        x, y = test[:]
        right = accuracy(model.forward(x), y)
        print(f"epoch {epoch}: loss of the last batch {value:.4f}, {right:.1%} of the test right")
