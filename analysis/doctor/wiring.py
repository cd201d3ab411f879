"""What is wrong with a network and its loss at a glance: layers that do not belong together or not there."""

from collections.abc import Iterator

from ...layers import (
    AlphaDropout,
    Dropout,
    Dropout1d,
    Dropout2d,
    Dropout3d,
    Linear,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
)
from ...layers.batch_norm import BatchNorm
from ...layers.core import Layer
from ...losses import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss
from .plan import Plan, last_layer, neighbours

__all__ = ["suspect_wiring"]

_DROPS = (AlphaDropout, Dropout, Dropout1d, Dropout2d, Dropout3d)


def suspect_wiring(plan: Plan) -> Iterator[str]:
    """Yield what looks like a mistake in the order of the layers, or between the last one and the loss."""
    model = plan.trainer.model
    last = last_layer(model)
    yield from _last(last, plan)
    for path, first, second in neighbours(model):
        if type(first) is type(second) is Linear and first.out_features >= min(first.in_features, second.out_features):
            yield (f"{first.title} at {path} goes straight into {second.title}: two linear maps are one; put an "
                   f"activation between them")
        if isinstance(first, _DROPS) and isinstance(second, BatchNorm):
            yield (f"{first.title} stands before {second.title}, whose statistics are then other ones in evaluation; "
                   f"put the dropout behind it (Li et al. 2019)")
    norms = [layer for _, layer in model.named_layers() if isinstance(layer, BatchNorm)]
    size = min(plan.batch_size, plan.trainer.micro_batch_size or plan.batch_size, len(plan.training))
    if norms and size < 8:
        yield (f"{norms[0].title} sees batches of {size}, whose statistics are "
               f"{'those of a single sample' if size == 1 else 'noise'}; raise batch_size, or use GroupNorm")
    elif norms and len(plan.training) % plan.batch_size == 1:
        yield (f"{norms[0].title} will see a last batch of 1 sample ({len(plan.training)} samples in batches of "
               f"{plan.batch_size}); take another batch_size")


def _last(last: Layer, plan: Plan) -> Iterator[str]:
    loss = plan.loss
    if isinstance(loss, CrossEntropyLoss) and isinstance(last, (Softmax, LogSoftmax, Sigmoid)):
        yield (f"{last.title} goes into {loss.title}, which has a softmax of its own: learning is slow and never sure; "
               f"leave {type(last).__name__} out")
    elif isinstance(loss, BCEWithLogitsLoss) and isinstance(last, (Sigmoid, Softmax)):
        yield (f"{last.title} goes into {loss.title}, which has a sigmoid of its own; leave {type(last).__name__} out, "
               f"or take BCELoss")
    elif isinstance(loss, NLLLoss) and not isinstance(last, LogSoftmax):
        yield (f"{loss.title} wants logarithms of probabilities, but the last layer is {last.title}; put LogSoftmax "
               f"there, or take CrossEntropyLoss")
    elif isinstance(loss, BCELoss) and not isinstance(last, (Sigmoid, Softmax)):
        yield (f"{loss.title} wants probabilities, but the last layer is {last.title}; put Sigmoid there, or take "
               f"BCEWithLogitsLoss")
    elif isinstance(last, ReLU):
        yield (f"the last layer is {last.title}, so no output is below 0, and none that is there has a gradient; leave "
               f"it out")
    if isinstance(last, _DROPS):
        yield f"{last.title} is the last layer, and makes the answers themselves noisy; put it before the last Linear"
