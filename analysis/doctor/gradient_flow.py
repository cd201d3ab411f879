"""Whether the gradient reaches every layer, neither vanished nor exploded."""

import numpy as np

from ..gradient_flow import REMEDIES
from .patient import Patient, steady_training
from .verdict import Verdict

__all__ = ["check_gradient_flow"]

TITLE = "gradient flow"
FADED, GONE = 1e-3, 1e-5        # of the largest norm of a layer's gradient, in the first quarter of the layers
LARGE, HUGE = 1e2, 1e4


def check_gradient_flow(patient: Patient) -> Verdict:
    """Hold the norms of the weights' gradients against each other, for one batch and random weights.

    Source: Glorot & Bengio 2010, section 4.2; CS231n, notes on learning, activation and gradient distributions.
    """
    x, y = patient.some(256)
    twin = patient.twin()
    twin.penalties = []
    twin.model.zero_grad()
    with steady_training(twin), patient.clock():
        twin.gradient(x, y)
    weights = [(name, parameter) for name, parameter in twin.model.named_parameters() if parameter.requires_grad]
    missed = [name for name, parameter in weights if not parameter.reached or not parameter.grad.any()]
    norms = {name: float(np.linalg.norm(parameter.grad.astype(np.float64))) for name, parameter in weights
             if len(parameter.shape) > 1}
    if missed and len(missed) == len(weights):
        return Verdict(TITLE, "bad", "no gradient reaches any layer",
                       "look at the last layers: dead ReLUs, a saturated Sigmoid or a constant output give none")
    matrices = [name for name in missed if name in norms]
    if matrices:
        return Verdict(TITLE, "bad", f"no gradient reaches {', '.join(matrices[:3])}",
                       "look at what stands behind: dead ReLUs, saturated activations, an output that nobody uses")
    if not norms:
        return Verdict(TITLE, "skipped", "there is no weight with a gradient")
    least, most = min(norms, key=lambda name: norms[name]), max(norms, key=lambda name: norms[name])
    facts = f"norms from {norms[least]:.1e} in {least} to {norms[most]:.1e} in {most}"
    early = max(list(norms.values())[:-(-len(norms) // 4)])      # one small norm further on is no vanishing: attention
    share = early / norms[most]
    if not norms[most] < LARGE:
        return Verdict(TITLE, "odd" if norms[most] < HUGE else "bad", facts,
                       "it explodes: smaller initial weights, normalised layers (BatchNorm, LayerNorm), ClipGradNorm")
    if share < FADED:
        return Verdict(TITLE, "odd" if share > GONE else "bad", facts,
                       f"it vanishes: {REMEDIES} (analysis.gradient_flow.remedied does it)")
    return Verdict(TITLE, "good", facts)
