"""Cross-validation of a config: one run for each fold, which is its test part."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..config import open_config
from .run import Run, run

__all__ = ["run_folds"]


def run_folds(config: str | Path, folds: int, overrides: Iterable[str] = (),
              runs: str | Path = "runs") -> Iterator[Run]:
    """Yield a run for each of so many folds, as they end; an interrupted one is the last.

    All have the same division, that of the config's seed, and each has a folder of its own. What the config says of a
    test part (``data.test_size``) has no meaning here: every sample is in that of one run.

    Raises: ConfigError, NonFiniteError, CheckpointError or RunError, as ``run``.

    Example:
        >>> from chainrule.experiments import run_folds
        >>> [ended.result["test_accuracy"] for ended in run_folds("digits_softmax", 5)]    # doctest: +SKIP
        [0.96, 0.95, 0.97, 0.97, 0.96]
    """
    asked = [*overrides, "data.test_size=0", f"data.folds={folds}"]
    for fold in range(folds):
        ended = run(open_config(config, [*asked, f"data.fold={fold}"]), runs, verbose=False)
        yield ended
        if ended.signal is not None:
            return
