"""Comparing a Transformer part with PyTorch's, masks bound to it."""

import numpy as np
import pytest

from chainrule.layers import Layer


@pytest.fixture(scope="session")
def agrees_with_masks(agrees):
    """Return a function that compares two layers, given masks by name: outputs, all gradients, all state."""
    torch = pytest.importorskip("torch")

    class Ours(Layer):
        def __init__(self, layer, masks):
            self.layer, self._masks = layer, masks

        def forward(self, *x):
            return self.layer.forward(*x, **self._masks)

        def backward(self, grad_out):
            return self.layer.backward(grad_out)

    class Theirs(torch.nn.Module):
        def __init__(self, layer, masks):
            super().__init__()
            self.layer = layer
            self.masks = {name: torch.tensor(mask) if isinstance(mask, np.ndarray) else mask
                          for name, mask in masks.items()}

        def forward(self, *x):
            return self.layer(*x, **self.masks)

    def compare(ours, theirs, *arrays, **masks):
        for parameter in theirs.parameters():       # weights of one and biases of zero hide much
            torch.nn.init.normal_(parameter, std=0.5)
        agrees(Ours(ours, masks), Theirs(theirs, masks), *arrays)

    return compare


@pytest.fixture(scope="session")
def drawn_masks():
    """Return a function that draws masks for lengths and a batch, some of them missing, all boolean or all numbers."""
    def draw(rng, kind, batch, heads, names):
        """``names``: {name: (length, source) for masks, (source,) for paddings}."""
        masks = {}
        for name, lengths in names.items():
            choice = rng.integers(3)
            if choice == 0:
                continue
            shape = ((*([] if batch is None else [batch]), *lengths) if len(lengths) == 1 else
                     (((batch or 1) * heads), *lengths) if choice == 1 else lengths)
            masks[name] = rng.random(shape) < 0.3 if kind == "boolean" else rng.normal(size=shape)
            masks[name][..., 0] = 0                 # every place may look somewhere
        return masks
    return draw


@pytest.fixture(scope="session")
def sequences():
    """Return a function that draws sequences of given lengths: batched or not, the batch first or not."""
    def draw(rng, batch, batch_first, width, *lengths):
        return [rng.normal(size=(length, width) if batch is None else (batch, length, width) if batch_first
                           else (length, batch, width)) for length in lengths]
    return draw


@pytest.fixture
def rng():
    """A generator that every test starts anew."""
    return np.random.default_rng(0)
