"""The one contract table, in five parts: an example of every exported layer, model and loss, with odd unequal sizes."""

from .image_examples import IMAGE_LAYERS
from .layer_examples import OTHER_LAYERS
from .loss_examples import LOSSES
from .model_examples import MODELS, NETWORKS
from .sequence_examples import SEQUENCE_LAYERS

__all__ = ["EXAMPLES", "LAYERS", "LOSSES", "MODELS", "NETWORKS"]

LAYERS = OTHER_LAYERS | IMAGE_LAYERS | SEQUENCE_LAYERS
EXAMPLES = LAYERS | MODELS | LOSSES
