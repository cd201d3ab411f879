"""The norm of the Jacobian against depth, for many kinds of network: ``python -m benchmarks.gradient_flow``.

Draws the picture of docs/gradient_flow.md, and prints the norms from end to end.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np

from chainrule.analysis.gradient_flow import deep_network, draw_flow, gradient_flow
from chainrule.layers import ReLU, Sigmoid, Tanh

__all__ = ["main", "panels"]

PICTURE = Path("docs", "pictures", "gradient_flow.svg")
INITS = {"Glorot": (1.0, "normal"), "He": (np.sqrt(2), "normal"), "orthogonal": (1.0, "orthogonal")}
NORMS = {"": "none", ", batch norm": "batch", ", layer norm": "layer"}


def panels(depth, width, seed=0):
    """Return the gradient flow of all networks, by panel and name."""
    x = np.random.default_rng(seed).normal(size=(64, width))
    found = {}
    for (kind, residual), activation in product((("", False), (", residual", True)), (Sigmoid, Tanh, ReLU)):
        found[activation.__name__ + kind] = {init + norm: gradient_flow(deep_network(
            depth, width, activation, gain, init=scheme, norm=NORMS[norm], residual=residual,
            rng=np.random.default_rng(seed)), x) for (init, (gain, scheme)), norm in product(INITS.items(), NORMS)}
    return found


def main(arguments=None):
    """Draw and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=50)
    parser.add_argument("--width", type=int, default=64)
    chosen = parser.parse_args(arguments)
    found = panels(chosen.depth, chosen.width)
    draw_flow(found, PICTURE)
    names = list(next(iter(found.values())))
    print(f"| network | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
    for title, flows in found.items():
        print(f"| {title} | {' | '.join(f'{flows[name].norm:.1e}' for name in names)} |")


if __name__ == "__main__":
    main()
