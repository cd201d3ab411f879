"""The few array kernels that everything hot goes through."""

from .correlation import correlate, correlate_adjoint, correlate_weight_grad
from .normalization import inner_sums, moments, project, standardize
from .pooling import window_max, window_pick, window_route, window_spread, window_sum
from .products import add_matmul
from .windows import Window, padded, scatter, windows

__all__ = [
    "Window",
    "add_matmul",
    "correlate",
    "correlate_adjoint",
    "correlate_weight_grad",
    "inner_sums",
    "moments",
    "padded",
    "project",
    "scatter",
    "standardize",
    "window_max",
    "window_pick",
    "window_route",
    "window_spread",
    "window_sum",
    "windows",
]
