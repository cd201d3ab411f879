"""From layers to operators: the one table of all exporters, and why some layers have none."""

from .affine import AFFINE
from .attention import ATTENTION
from .containers import CONTAINERS
from .elements import ELEMENTS
from .norms import NORMS
from .pools import POOLS
from .recurrent import RECURRENT
from .shapes import SHAPES
from .spectral import SPECTRAL
from .windows import WINDOWS
from .writer import Exporters, Value, Writer

__all__ = ["EXPORTERS", "REASONS", "Value", "Writer"]

EXPORTERS: Exporters = {**AFFINE, **ATTENTION, **CONTAINERS, **ELEMENTS, **NORMS, **POOLS, **RECURRENT, **SHAPES,
                        **SPECTRAL, **WINDOWS}

REASONS: dict[str, str] = {
    "Cholesky": "no operator takes matrices apart",
    "EigenDecomposition": "no operator takes matrices apart",
    "FractionalMaxPool2d": "its windows begin at random places, at inference, too",
    "FractionalMaxPool3d": "its windows begin at random places, at inference, too",
    "IndexLinear": "its inputs are sparse, and onnxruntime has no operators for sparse inputs",
    "MaxUnpool1d": "its places are those of MaxPool(return_indices=True), which is not written either",
    "MaxUnpool2d": "its places are those of MaxPool(return_indices=True), which is not written either",
    "MaxUnpool3d": "its places are those of MaxPool(return_indices=True), which is not written either",
    "SparseLinear": "its inputs are sparse, and onnxruntime has no operators for sparse inputs",
}
"""Why a layer has no exporter, by its name."""
