"""Other ways to run the backward pass: less memory, less work, truncated in time, decoupled."""

from .curvature import diagonal, extreme_eigenvalues, fisher, full_jacobian, gauss_newton, hessian
from .double import (
    GradientPenalty,
    JacobianPenalty,
    NetworkPenalty,
    bent_layer,
    double_backward,
    input_gradient,
    jacobian_norms,
)
from .jacobian import LinearizedGraph, best_edges, best_order, draw_elimination, linearize, markowitz_order
from .memory import Computation, Node, Plan, Planned, plan
from .sparse import MePropCell, MePropLinear
from .synthetic import (
    Critic,
    DecoupledTrainer,
    GradientPredictor,
    SyntheticBoundary,
    SyntheticGradient,
    predictor_network,
)
from .time import (
    AdaptiveBPTT,
    CheckpointedTime,
    TimePlan,
    TruncatedBPTT,
    Unrolled,
    binomial_steps,
    estimate_decay,
    lag_norms,
    stream_loss,
)

__all__ = [
    "AdaptiveBPTT",
    "CheckpointedTime",
    "Computation",
    "Critic",
    "DecoupledTrainer",
    "GradientPenalty",
    "GradientPredictor",
    "JacobianPenalty",
    "LinearizedGraph",
    "MePropCell",
    "MePropLinear",
    "NetworkPenalty",
    "Node",
    "Plan",
    "Planned",
    "SyntheticBoundary",
    "SyntheticGradient",
    "TimePlan",
    "TruncatedBPTT",
    "Unrolled",
    "bent_layer",
    "best_edges",
    "best_order",
    "binomial_steps",
    "diagonal",
    "double_backward",
    "draw_elimination",
    "estimate_decay",
    "extreme_eigenvalues",
    "fisher",
    "full_jacobian",
    "gauss_newton",
    "hessian",
    "input_gradient",
    "jacobian_norms",
    "lag_norms",
    "linearize",
    "markowitz_order",
    "plan",
    "predictor_network",
    "stream_loss",
]
