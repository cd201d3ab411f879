"""``task: vae``: a variational autoencoder learns to draw its inputs again, and then draws new ones."""

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from ...data import ArrayDataset, DataLoader
from ...layers.core import Array, DtypeError
from ...losses import ELBOLoss
from ...models import Graph
from ...training import Metric, Trainer, bound_metrics, drawing_codes, evaluation_mode, predict
from ..binding import Builder
from .data import Data
from .experiment import Experiment
from .samples import keep_samples
from .supervised import Supervised

__all__ = ["Inputs", "Variational"]

DRAWS = 10          # codes per sample when the test data is judged
SAMPLES = 64        # that are kept, and looked at


@dataclass(frozen=True, kw_only=True)
class Inputs(Data):
    """``data:`` of a task in which the inputs are the targets."""

    target: Literal["x"] = "x"


@dataclass(frozen=True, kw_only=True)
class Variational(Supervised):
    """The whole config of a variational autoencoder: supervised, with the inputs as targets and ELBOLoss as loss.

    The model is a Graph, such as ``vae`` returns, that gives reconstruction, mean and log_var, and in which the node
    ``decoder`` makes the reconstruction of a code.
    """

    task: str = "vae"
    data: Inputs

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.loss, ELBOLoss):
            raise DtypeError(f"vae expected ELBOLoss as loss, got {self.loss.title}")

    def measures(self) -> list[Metric]:
        return [*self.metrics, *bound_metrics(cast(ELBOLoss, self.loss))]

    def experiment(self, trainer: Trainer, parts: dict[str, ArrayDataset], shuffling: np.random.Generator,
                   builder: Builder) -> Experiment:
        if not isinstance(trainer.model, Graph) or "decoder" not in trainer.model.nodes:
            raise builder.places[trainer.model].error(
                "vae expected a Graph with a node 'decoder', from which samples are drawn; write vae: {sizes: […], "
                "latent: …}, or such a Graph")
        return VariationalExperiment(**vars(super().experiment(trainer, parts, shuffling, builder)))


class VariationalExperiment(Experiment):
    """One that is judged by the bound itself, with codes drawn as in training, and that draws new samples."""

    def judge(self) -> dict[str, Any]:
        """Return loss and parts of the bound on the test data, means over several draws of every code."""
        with drawing_codes(self.model, np.random.default_rng(0)):
            draws = [super(VariationalExperiment, self).judge() for _ in range(DRAWS)]
        return {name: float(np.mean([draw[name] for draw in draws])) for name in draws[0]}

    def predict(self, x: Array) -> Array:
        """Return reconstructions of samples, from the means of their codes."""
        with evaluation_mode(self.model):
            outputs = [self.model.forward(batch)[0] for batch, _ in DataLoader(ArrayDataset(x, x), 256)]
        return cast(ELBOLoss, self.trainer.loss).expected(np.concatenate(outputs))

    def keepsakes(self) -> dict[str, bytes]:
        """Return samples of the prior, beside some of the data and their reconstructions."""
        model, loss = cast(Graph, self.model), cast(ELBOLoss, self.trainer.loss)
        x = (self.test or self.loader.dataset).x[:SAMPLES]
        with evaluation_mode(model):
            reconstruction, mean, _ = model.forward(x)
        noise = np.random.default_rng(0).standard_normal((SAMPLES, *mean.shape[1:])).astype(mean.dtype)
        samples = predict(model.nodes["decoder"], noise)
        return keep_samples(loss.expected(samples), {"data": x, "reconstructions": loss.expected(reconstruction)})
