"""Whether the gradient reaches every layer, neither vanished nor exploded."""

import math

import numpy as np

from ...layers.core import Array
from ...training import frozen
from ..gradient_flow import REMEDIES, JacobianSteps, is_measurable
from ..gradient_flow.steps import prepared
from .patient import Patient, steady_training
from .verdict import Verdict

__all__ = ["check_gradient_flow"]

TITLE = "gradient flow"
FADED, GONE = 1e-3, 1e-5        # of the largest norm of a layer's gradient, in the first quarter of the layers
LARGE, HUGE = 1e2, 1e4


def check_gradient_flow(patient: Patient) -> Verdict:
    """Hold the norms of the weights' gradients against each other, for one batch and random weights.

    The spectral norm of the Jacobian from end to end, and the layer that stretches or shrinks most, are told besides,
    for networks of moderate size.

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
    facts = f"norms from {norms[least]:.1e} in {least} to {norms[most]:.1e} in {most}{_jacobians(patient, x)}"
    early = max(list(norms.values())[:-(-len(norms) // 4)])      # one small norm further on is no vanishing: attention
    share = early / norms[most]
    if not norms[most] < LARGE:
        return Verdict(TITLE, "odd" if norms[most] < HUGE else "bad", facts,
                       "it explodes: smaller initial weights, normalised layers (BatchNorm, LayerNorm), ClipGradNorm")
    if share < FADED:
        return Verdict(TITLE, "odd" if share > GONE else "bad", facts,
                       f"it vanishes: {REMEDIES} (analysis.gradient_flow.remedied does it)")
    return Verdict(TITLE, "good", facts)


def _jacobians(patient: Patient, x: Array) -> str:
    """Return the norm of the Jacobian from end to end, and that of the layer whose own is farthest from one."""
    model = patient.twin().model
    if not is_measurable(model, x[:1]):
        return ""
    twin = prepared(model, x)
    with patient.clock(), frozen(twin):
        steps = JacobianSteps(twin, x[:1].astype(np.float64))
        norms = {step.path: steps.norm(index, index + 1) for index, step in enumerate(steps.steps)}
        path = max(norms, key=lambda path: abs(math.log(norms[path])) if norms[path] else math.inf)
        return f"; ‖Jacobian‖ {steps.norm():.1e} from end to end, {norms[path]:.1e} in {path or 'the network'}"
