"""Universal backpropagation on a tape: record every gate as it runs, replay backwards, gradients add."""

import numpy as np

from chainrule.layers import Add, Exp, Linear, Multiply, Sin, Tanh
from chainrule.layers.core import call, call_back, flatten

# the whole of it, in 15 lines that are not blank
tape = []


class Value:
    def __init__(self, data):
        self.data = np.asarray(data, float)
        self.grad = np.zeros_like(self.data)


def run(gate, *inputs):
    y, entry = call(gate, *(value.data for value in inputs))
    tape.append((gate, entry, inputs, output := Value(y)))
    return output


def backward(output):
    output.grad = np.ones_like(output.data)
    for gate, entry, inputs, result in reversed(tape):              # the order of running is already topological
        for value, grad in zip(inputs, flatten(call_back(gate, entry, result.grad)), strict=True):
            value.grad = value.grad + grad
    tape.clear()


# that was it: what follows uses it

def main():
    """Show fan-out, a loop whose length depends on the data, and broadcasting."""
    x, y = Value(2.0), Value(0.5)
    backward(run(Add(), run(Multiply(), x, y), run(Sin(), x)))
    print(f"s = x y + sin x:   ds/dx = {x.grad:.6f} = y + cos x = {0.5 + np.cos(2.0):.6f},   ds/dy = {y.grad:g} = x")

    x, steps = Value(1.5), 0
    z = x
    while z.data < 100:
        z, steps = run(Multiply(), z, x), steps + 1
    backward(z)
    print(f"x times itself until 100: {steps} steps, dz/dx = {x.grad:.4f} = {steps + 1} x^{steps} = "
          f"{(steps + 1) * 1.5**steps:.4f}")

    row, column = Value(np.arange(3.0)), Value(np.ones((4, 1)))
    backward(run(Multiply(), row, run(Exp(), column)))
    print(f"(3,) times (4, 1): gradients of shape {row.grad.shape} and {column.grad.shape}, row {row.grad.round(3)}")

    layers = [Linear(3, 5).astype(float), Tanh(), Linear(5, 2).astype(float)]
    h = inputs = Value(np.linspace(-1, 1, 12).reshape(4, 3))
    for layer in layers:
        h = run(layer, h)
    backward(h)
    print(f"a network: grad_x of shape {inputs.grad.shape}, and its parameters have theirs: "
          f"{all(np.any(parameter.grad) for layer in layers for parameter in layer.parameters())}")


if __name__ == "__main__":
    main()
