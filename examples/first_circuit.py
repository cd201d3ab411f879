"""The circuit f = (x + y) z: values forward, gradients backward, and the same in forward mode."""

from chainrule.layers import Add, Multiply
from chainrule.layers.core import Observer, observe
from chainrule.models import Graph

circuit = Graph(["x", "y", "z"], {"q": (Add(), "x", "y"), "f": (Multiply(), "q", "z")}, ["f"])


class Print(Observer):
    """Says what every gate was given and what it gave."""

    def after_forward(self, path, layer, x, y):
        print(f"  {path[-1]} = {type(layer).__name__}({', '.join(f'{value:g}' for value in x)}) = {y:g}")

    def after_backward(self, path, layer, grad_out, grad_x):
        print(f"  {path[-1]} is given {grad_out:g} and hands on {', '.join(f'{grad:g}' for grad in grad_x)}")


with observe(Print()):
    print("forward, x = -2, y = 5, z = -4")
    circuit.forward(-2.0, 5.0, -4.0)
    print("backward, df/df = 1")
    grads = circuit.backward(1.0)

tangents = circuit.jvp(1.0, None, None), circuit.jvp(None, 1.0, None), circuit.jvp(None, None, 1.0)
for mode, slopes in (("reverse mode, one pass", grads), ("forward mode, three passes", tangents)):
    print(f"{mode}:", ", ".join(f"df/d{name} = {slope:g}" for name, slope in zip("xyz", slopes, strict=True)))
