"""The few array kernels that everything hot goes through."""

from .attention import weigh, weigh_back
from .correlation import correlate, correlate_adjoint, correlate_weight_grad
from .gating import gate, rectify
from .memory import empty, empty_like, lent, limit, release
from .normalization import inner_sums, moments, project, standardize
from .places import place_pick, place_put, place_route
from .pooling import range_max, window_max, window_pick, window_places, window_route, window_spread, window_sum
from .products import add_grad, add_matmul, matmul, product, width_of_piece
from .row_norm import normalize_rows, normalize_rows_back
from .self_gating import self_gated, self_gated_back, sigmoid
from .softmax import scaled_rows, softmax_rows, softmax_rows_back
from .table import add_at
from .threads import get_num_threads, in_parallel, set_num_threads, shares
from .twin import compiled, has_twins
from .windows import Window, padded, scatter, windows

__all__ = [
    "Window", "add_at", "add_grad", "add_matmul", "compiled", "correlate", "correlate_adjoint",
    "correlate_weight_grad", "empty", "empty_like", "gate", "get_num_threads", "has_twins", "in_parallel",
    "inner_sums", "lent", "limit", "matmul", "moments", "normalize_rows", "normalize_rows_back", "padded",
    "place_pick", "place_put", "place_route", "product", "project", "range_max", "rectify", "release",
    "scaled_rows", "scatter", "self_gated", "self_gated_back", "set_num_threads", "shares", "sigmoid", "softmax_rows",
    "softmax_rows_back", "standardize", "weigh", "weigh_back", "width_of_piece", "window_max", "window_pick",
    "window_places", "window_route", "window_spread", "window_sum", "windows",
]
