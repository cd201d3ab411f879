"""Batch normalisation over a batch whose samples lie on several processes."""

from typing import TypeVar

from .batch_norm import BatchNorm
from .core import Layer

__all__ = ["SyncBatchNorm"]

Network = TypeVar("Network", bound=Layer)


class SyncBatchNorm(BatchNorm):
    """Channels standardised over the batch of all processes, ``y = (x - mean) * inv_std * weight + bias``.

    ``mean`` and ``inv_std = 1 / sqrt(var + eps)`` in training are those of all samples of a step, however many
    processes share them; alone, the layer is BatchNorm. Names and shapes of its state are those of BatchNorm, so that
    state dicts of one load into the other.

    Shapes:
        x, y:                                    (N, num_features, ...), up to three further axes
        weight, bias, running_mean, running_var: (num_features,)

    Gradients:
        grad_x      = (grad_out - mean(grad_out) - x_hat * mean(grad_out * x_hat)) * inv_std * weight, means over all
        grad_weight = sum(grad_out * x_hat) over the samples here, with x_hat = (x - mean) * inv_std
        grad_bias   = sum(grad_out) over the samples here

    Cost: as BatchNorm; two sums of ``num_features`` numbers over the processes forward, and one of twice as many back.

    Raises: ValueRangeError for a batch of one value per channel in training.

    Source: Peng et al. 2018, "MegDet", section 3.3; torch.nn.SyncBatchNorm.

    Example:
        >>> SyncBatchNorm(1, eps=0.0).forward(np.array([[1.0], [3.0]], np.float32)).tolist()
        [[-1.0], [1.0]]
    """

    spatial = (0, 1, 2, 3)
    synchronized = True

    @staticmethod
    def convert_sync_batchnorm(module: Network) -> Network:
        """Let every batch norm of a network take its statistics over all processes; return the network.

        The layers stay what they are, with ``synchronized`` set, and so do optimisers and files made for them.
        """
        for _, layer in module.named_layers():
            if isinstance(layer, BatchNorm):
                layer.synchronized = True
        return module
