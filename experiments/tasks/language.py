"""``task: language``: a network learns to continue a text, character by character, and then writes one."""

from dataclasses import dataclass, field

import numpy as np

from ...data import ArrayDataset, Text
from ...layers.core import Array, Epsilon, Size, StateError, ValueRangeError, check_range, check_size
from ...losses import Loss
from ...training import BitsPerCharacter, CarriedLoss, Metric, ScoresMetric, Stream, Trainer, generate
from ...training.evaluate import Batches
from ..binding import Builder
from .experiment import Experiment
from .fitting import shapes_of
from .supervised import Supervised

__all__ = ["Language", "Sample"]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """``sample:`` what is written at the end.

    Attributes:
        prompt:      what the text begins with
        length:      how many characters are drawn
        temperature: 1 draws by the network's own probabilities, 0 takes the likeliest character
        top_k:       draw among so many of the likeliest; nothing (null): among all
    """

    prompt: str = "The "
    length: Size = 500
    temperature: Epsilon = 0.7
    top_k: Size | None = None

    def __post_init__(self) -> None:
        check_size(self.length, "length", "sample")
        check_range(self.temperature, 0.0, float("inf"), name="temperature", owner="sample", open_high=True)
        check_size(1 if self.top_k is None else self.top_k, "top_k", "sample")
        if not self.prompt:
            raise ValueRangeError("sample expected prompt as a text of at least one character, got none")


@dataclass(frozen=True, kw_only=True)
class Language(Supervised):
    """The whole config of a language task: supervised, on a text that is divided in order and never shuffled apart.

    A network that returns a state with its scores (``char_rnn``) reads the windows in order, every batch from the
    state that the last one left; another one (``gpt``) gets windows in random order.
    """

    task: str = "language"
    sample: Sample = field(default_factory=Sample)

    def objective(self) -> Loss:
        return CarriedLoss(self.loss)

    def measures(self) -> list[Metric]:
        given = {metric.name: metric for metric in (BitsPerCharacter(), *self.metrics)}
        return [ScoresMetric(metric) for metric in given.values()]

    def experiment(self, trainer: Trainer, parts: dict[str, ArrayDataset], shuffling: np.random.Generator,
                   builder: Builder) -> Experiment:
        training = parts["training"]
        if not isinstance(training, Text):
            with builder.at("data.dataset"):
                raise ValueRangeError("language expected a text as dataset; write alice, or text_file: my.txt")
        with builder.at("sample"):
            training.characters.encode(self.sample.prompt)
        (scores, *state) = shapes_of(trainer.model, ((1, *training.x.shape[1:]),), builder)
        if len(scores) != 3 or scores[1] < len(training.characters):
            raise builder.places[trainer.model].error(
                f"gives scores of shape {scores}, but the text has {len(training.characters)} different characters, "
                f"for which they should have shape (N, {len(training.characters)}, T); set the network's vocabulary")
        if state and (self.training.augment or self.training.balanced or self.training.prefetch):
            with builder.at("training"):
                raise ValueRangeError("a text that is read in order takes no augment, balanced or prefetch; leave them "
                                      "out")
        loader = Stream(training, self.training.batch_size, trainer.loss) if state and isinstance(
            trainer.loss, CarriedLoss) else self.training.loader(training, shuffling)
        return LanguageExperiment(self.name, trainer, loader, self.training.epochs, parts.get("validation"),
                                  parts.get("test"), self.training.checkpoints, self.sample, self.seed)


@dataclass
class LanguageExperiment(Experiment):
    """One that judges a text in order, and that writes one itself."""

    sample: Sample = field(default_factory=Sample)
    seed: int = 0

    def batches(self, part: ArrayDataset) -> Batches:
        """Return a part of the text as it is trained on: one piece after another, or windows on their own."""
        if isinstance(self.loader, Stream):
            return Stream(part, self.loader.batch_size, self.loader.loss)
        return super().batches(part)

    def predict(self, x: Array) -> Array:
        """Refuse: there is nothing to be said about samples.

        Raises: StateError, always.
        """
        raise StateError("a language run continues a text instead of answering samples; see sample in its config")

    def keepsakes(self) -> dict[str, bytes]:
        """Return a text that the network wrote, ``sample.txt``."""
        return {"sample.txt": f"{self.write()}\n".encode()}

    def write(self) -> str:
        """Return the prompt and what the network lets follow, drawn from the config's seed."""
        text, sample = self.loader.dataset, self.sample
        if not isinstance(text, Text):
            return ""
        tokens = generate(self.model, text.characters.encode(sample.prompt), sample.length, top_k=sample.top_k,
                          temperature=sample.temperature, context=text.x.shape[1], classes=len(text.characters),
                          rng=np.random.default_rng(self.seed))
        return sample.prompt + text.characters.decode(tokens)
