"""The folders of runs that are there: their configs, how they ended, their metrics, their networks with the weights."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...layers.core import ChainruleError, StateError, check_choice, load_weights
from ...training import METRICS
from ...training.checkpoints import BEST, CheckpointFolder, fitting, read_checkpoint
from ..binding import loaded_plugins
from ..config import Config, open_config
from ..document import read_config
from .folder import is_running

__all__ = ["CHECKPOINTS", "WEIGHTS", "Past", "RunFileError", "best_metrics", "find_runs", "open_run", "open_trained",
           "result_of", "sessions_of"]

CHECKPOINTS = "checkpoints"
WEIGHTS = ("final", "best", "last")
LARGEST = 1 << 30       # bytes of a file that is read whole


class RunFileError(ChainruleError, OSError):
    """A file of a run is missing or damaged."""


@dataclass(frozen=True)
class Past:
    """What the folder of a run says.

    Attributes:
        path:   the folder
        status: "finished", "interrupted", "failed", "running", or "killed", which is none of these
        config: its config, flat: values by their paths
        rows:   its metrics, one row for each epoch
        result: loss and metrics at the end, and what was made of the test data; empty before
    """

    path: Path
    status: str
    config: dict[str, Any]
    rows: list[dict[str, Any]]
    result: dict[str, Any]

    @classmethod
    def read(cls, path: str | Path) -> "Past":
        """Return what is in a folder.

        Raises: RunFileError for a folder that is no run, or for damaged files; the last line of a run that was killed
            amid writing it is passed over.
        """
        path = _checked(Path(path))
        result = result_of(path)
        status = result.get("status") or ("running" if is_running(path) else "killed")
        return cls(path, str(status), _flat(_config(path)), _rows(path), result)


def find_runs(folder: str | Path) -> list[Past]:
    """Return the runs in a folder, oldest first.

    Raises: RunFileError where there is no such folder.
    """
    try:
        paths = [path for path in Path(folder).iterdir() if not path.name.startswith(".")
                 and (path / "config.yaml").is_file()]
    except OSError as error:
        raise RunFileError(f"{folder} can not be read: {error.strerror}; --runs says where runs are") from error
    return [Past.read(path) for path in sorted(paths, key=lambda path: (_began(path), path.name))]


def best_metrics(run: Past) -> dict[str, float]:
    """Return the best value of every metric over the epochs, of those of the validation if there is one, and all that
    the test data said.

    Whether higher is better, the metric knows; of what is none, lower is. The learning rate is not judged.
    """
    numbers: dict[str, list[float]] = {}
    for row in run.rows:
        for name, value in row.items():
            if isinstance(value, (int, float)) and name not in ("epoch", "seconds", "lr"):
                numbers.setdefault(name, []).append(value)
    best = {name: (max if _higher(name) else min)(values) for name, values in numbers.items()
            if f"val_{name}" not in numbers}
    return best | {name: value for name, value in run.result.items()
                   if name.startswith("test_") and isinstance(value, (int, float))}


def open_run(path: str | Path, overrides: Iterable[str] = ()) -> Config:
    """Return the config of a run, perhaps with more epochs.

    Raises: RunFileError for a folder that is no run, StateError for any other change, and for plugins that the run was
    made with and that have not been loaded: what a folder names is never run of itself.
    """
    path, overrides = _checked(Path(path)), list(overrides)
    missing = [name for name in _plugins(path) if name not in loaded_plugins()]
    if missing:
        raise StateError(f"{path} was made with plugins, which are loaded when you say so; add "
                         f"{' '.join(f'--plugin {name}' for name in missing)}")
    for override in overrides:
        if override.partition("=")[0].strip() != "training.epochs":
            raise StateError(f"a run that goes on can only have more epochs, got --set {override}; begin another with "
                             f"chainrule train {path / 'config.yaml'} --set {override}")
    return open_config(path / "config.yaml", overrides)


def open_trained(path: str | Path, weights: str = "final") -> Config:
    """Return a run's config, the network with its weights: those at its end, the best, or the last checkpoint's.

    A run without an end, or one that failed, has those of its last checkpoint as the final ones.

    Raises: RunFileError, CheckpointError, WeightFileError or ShapeError for what is missing, damaged or of another.
    """
    check_choice(weights, WEIGHTS, name="weights", owner="a run")
    config, path = open_run(path), Path(path)
    model, final, best = config.experiment.model, path / "weights.safetensors", path / CHECKPOINTS / BEST
    if weights == "final" and final.exists():
        load_weights(model, final)
        return config
    if weights == "best":
        if not best.exists():
            raise RunFileError(f"{path} keeps no best weights; they are kept where there is validation data, or "
                               f"training.checkpoints.best says what is best")
        state = read_checkpoint(best)
    else:
        found = CheckpointFolder(path / CHECKPOINTS).latest()
        if found is None:
            raise RunFileError(f"{path} has no weights yet")
        state = found.state
    with fitting("network"):
        model.load_state_dict(state["model"])
    return config


def result_of(path: Path) -> dict[str, Any]:
    """Return how a run ended, ``result.json``; nothing before.

    Raises: RunFileError when it is damaged.
    """
    found: dict[str, Any] = _json(path / "result.json", dict) if (path / "result.json").exists() else {}
    return found


def sessions_of(path: Path) -> list[dict[str, Any]]:
    """Return with what a run was made each time that it was begun or went on, ``environment.json``.

    Raises: RunFileError when it is missing or damaged.
    """
    found: list[dict[str, Any]] = _json(path / "environment.json", list)
    return found


def _plugins(path: Path) -> list[str]:
    """Return the plugins that a run was last made with."""
    sessions = sessions_of(path) if (path / "environment.json").exists() else []
    found = sessions[-1].get("plugins", []) if sessions else []
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise RunFileError(f"{path / 'environment.json'} is damaged: its plugins are no list of names")
    return found


def _json(path: Path, kind: type) -> Any:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise RunFileError(f"{path} is damaged: {error}") from error
    inside = found if isinstance(found, list) else [found]
    if not isinstance(found, kind) or not all(isinstance(each, dict) for each in inside):
        raise RunFileError(f"{path} is damaged: it holds {type(found).__name__}")
    return found


def _higher(name: str) -> bool:
    metric = METRICS.get(name.removeprefix("val_"))
    return metric is not None and bool(getattr(metric, "higher_is_better", False))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise RunFileError(f"{path} has more than {LARGEST} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise error if isinstance(error, RunFileError) else RunFileError(
            f"{path} can not be read: {error.strerror}") from error


def _rows(path: Path) -> list[dict[str, Any]]:
    lines = _text(path / "metrics.jsonl").splitlines(keepends=True) if (path / "metrics.jsonl").exists() else []
    try:
        rows = [json.loads(line) for line in lines if line.endswith("\n")]
    except (ValueError, RecursionError) as error:
        raise RunFileError(f"{path / 'metrics.jsonl'} is damaged: {error}") from error
    if not all(isinstance(row, dict) and "epoch" in row for row in rows):
        raise RunFileError(f"{path / 'metrics.jsonl'} is damaged: a row is no mapping with an epoch")
    return rows


def _config(path: Path) -> Any:
    return read_config(path / "config.yaml").plain()


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return the values in nested mappings and lists by their paths."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if not inside:
        return {path: value}
    return {name: leaf for key, each in inside
            for name, leaf in _flat(each, f"{path}.{key}" if path else str(key)).items()}


def _checked(path: Path) -> Path:
    if not (path / "config.yaml").is_file():
        raise RunFileError(f"{path} is no run: it has no config.yaml; chainrule runs lists those there are")
    return path


def _began(path: Path) -> str:
    """Return date and time out of a run's name."""
    found = re.search(r"-(\d{8}-\d{6})-", path.name)
    return "" if found is None else found[1]
