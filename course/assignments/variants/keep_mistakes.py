"""Wrong versions of dropout."""

import numpy as np
from chainrule.layers.core import default_rng

from keep import Dropout


def Dropout_forward_drops_what_it_should_keep(self, x):
    """mask: ``keep`` is the probability to stay, not the one to be dropped."""
    right, self.keep = self.keep, 1 - self.keep
    y = Dropout.forward(self, x)
    self.keep = right
    return y


def Dropout_forward_not_scaled(self, x):
    """factor: What stays is divided by the probability to stay, so that the mean is kept."""
    y = Dropout.forward(self, x)
    self.cache = self.cache * (self.keep if self.training else 1)
    return y * (self.keep if self.training else 1)


def Dropout_forward_in_evaluation_too(self, x):
    """mode: In evaluation nothing is dropped."""
    self.cache = mask = ((default_rng(None).random(x.shape) < self.keep) / self.keep).astype(x.dtype)
    return x * mask


def Dropout_backward_without_mask(self, grad_out):
    """mask: The gradient passes just where forward let values pass."""
    return grad_out * np.ones_like(self.saved())


def Dropout_backward_another_mask(self, grad_out):
    """mask: The mask is that of forward, not drawn again."""
    mask = self.saved()
    return grad_out * (default_rng(None).random(mask.shape) < self.keep) / self.keep
