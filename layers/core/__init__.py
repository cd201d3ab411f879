"""The contract: parameters, buffers, layers, calls, stores, shape checks, errors and weight files."""

from .arrays import Array, Shape, as_dtype, check_shape, flatten, show_shape, total, unbroadcast
from .calls import (
    Entry,
    Observer,
    backward_rule,
    call,
    call_back,
    call_back_jvp,
    call_describe,
    call_jvp,
    inference,
    observe,
    watched,
)
from .describe import POINTWISE, Description, Field, Kept, compose, widest
from .errors import (
    ChainruleError,
    DtypeError,
    NonFiniteError,
    ShapeError,
    StateError,
    UnknownNameError,
    ValueRangeError,
    message,
    nearest,
)
from .layer import IncompatibleKeys, Layer
from .memory import cache_bytes
from .options import options, show_options
from .parameter import Buffer, Parameter
from .random import default_rng, get_rng_state, manual_seed, set_rng_state
from .ranges import check_choice, check_range, check_size
from .replay import replay
from .store import Span, Store, gather, spans
from .tally import Tally
from .walk import members
from .weights import WeightFileError, load_weights, read_weights, save_weights, write_atomically

__all__ = [
    "POINTWISE",
    "Array",
    "Buffer",
    "ChainruleError",
    "Description",
    "DtypeError",
    "Entry",
    "Field",
    "IncompatibleKeys",
    "Kept",
    "Layer",
    "NonFiniteError",
    "Observer",
    "Parameter",
    "Shape",
    "ShapeError",
    "Span",
    "StateError",
    "Store",
    "Tally",
    "UnknownNameError",
    "ValueRangeError",
    "WeightFileError",
    "as_dtype",
    "backward_rule",
    "cache_bytes",
    "call",
    "call_back",
    "call_back_jvp",
    "call_describe",
    "call_jvp",
    "check_choice",
    "check_range",
    "check_shape",
    "check_size",
    "compose",
    "default_rng",
    "flatten",
    "gather",
    "get_rng_state",
    "inference",
    "load_weights",
    "manual_seed",
    "members",
    "message",
    "nearest",
    "observe",
    "options",
    "read_weights",
    "replay",
    "save_weights",
    "set_rng_state",
    "show_options",
    "show_shape",
    "spans",
    "total",
    "unbroadcast",
    "watched",
    "widest",
    "write_atomically",
]
