"""A network that reads handwritten digits, trained from Python in twenty lines."""

import chainrule as cr
from chainrule.data import digits, train_test_split
from chainrule.layers import Linear, ReLU
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential, summary
from chainrule.optim import Adam

cr.manual_seed(0)
x, y = digits(flat=True)[:]
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.25, stratify=y)

model = Sequential(Linear(64, 64), ReLU(), Linear(64, 10))
print(summary(model, (64,)))

model.fit(x_train, y_train, loss=CrossEntropyLoss(), optimizer=Adam(model.parameters(), lr=3e-3),
          epochs=20, batch_size=32, metrics=["accuracy"], verbose=5)
result = model.evaluate(x_test, y_test, loss=CrossEntropyLoss(), metrics=["accuracy"])
print(f"{result['accuracy']:.1%} of {len(y_test)} digits held out are read rightly")
