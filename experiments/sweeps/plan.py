"""A sweep before it begins: everything checked; and the folder that says what it is, to every process at work on it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ...layers.core import StateError, check_choice, write_atomically
from ..config import Config, open_config
from ..document import ConfigError, Node, Problem, dump, parse_config
from .space import SweepParameter, overrides_of, place_of

__all__ = ["Sweep", "plan_sweep"]

TRIALS = "trials"
_NOT_VARIED = ("name", "task")


@dataclass(frozen=True)
class Sweep:
    """What a sweep is; the same command means the same sweep, in the same folder.

    Attributes:
        path:             its folder
        name:             begins the names of its runs
        config:           the config that is varied, with all defaults, as YAML
        written:          its parameters, as they were written
        monitor:          the column by which trials are judged, at its best epoch
        higher_is_better: whether more of it is
        seed:             of the choice of values, and of the seeds of the trials
        same_seed:        whether all trials have the seed of the config instead of one of their own
        prune:            whether hopeless trials end early
        warmup:           epochs before which none does
    """

    path: Path
    name: str
    config: str
    written: tuple[str, ...]
    monitor: str
    higher_is_better: bool
    seed: int
    same_seed: bool
    prune: bool
    warmup: int

    @classmethod
    def read(cls, path: Path) -> "Sweep":
        """Return the sweep that a folder belongs to."""
        said = json.loads((path / "sweep.json").read_text(encoding="utf-8"))
        return cls(path, **{**said, "written": tuple(said["written"])})

    def write(self) -> None:
        """Make the folder, or leave it as it is where it belongs to this sweep.

        Raises: StateError for a folder of something else.
        """
        said = json.dumps({name: value for name, value in asdict(self).items() if name != "path"}, indent=2).encode()
        self.trials.mkdir(parents=True, exist_ok=True)
        if not (self.path / "sweep.json").exists():
            write_atomically(self.path / "config.yaml", self.config.encode())
            write_atomically(self.path / "sweep.json", said)
        elif (self.path / "sweep.json").read_bytes() != said:
            raise StateError(f"{self.path} belongs to another sweep; --sweeps says where this one may be")

    @property
    def trials(self) -> Path:
        """The folder of the runs."""
        return self.path / TRIALS

    @cached_property
    def parameters(self) -> tuple[SweepParameter, ...]:
        """What is varied."""
        return tuple(map(SweepParameter.read, self.written))

    @cached_property
    def root(self) -> Node:
        """The config, as a tree."""
        return parse_config(self.config)

    def run_name(self, number: int) -> str:
        """Return how the name of a trial's run begins."""
        return f"{self.name}-{number:04}"

    def run_of(self, number: int) -> Path | None:
        """Return the folder of a trial's run, if it has one yet."""
        return next((path for path in self.trials.glob(f"{self.run_name(number)}-*")
                     if (path / "config.yaml").is_file()), None)

    def seeds(self, number: int) -> tuple[int, int]:
        """Return two seeds of a trial: of the choice of its values, and of its run."""
        choosing, running = np.random.SeedSequence((self.seed, number)).generate_state(2)
        return int(choosing), self.seed if self.same_seed else int(running)

    def open(self, number: int, values: Sequence[str]) -> Config:
        """Return the config of a trial, one value for each parameter.

        Raises: ConfigError for values that do not go together.
        """
        overrides = overrides_of(self.root, zip(self.parameters, values, strict=True))
        own = {"name": self.run_name(number), "seed": self.seeds(number)[1]}
        varied = {path for parameter in self.parameters for path in parameter.paths}
        return open_config(self.path / "config.yaml",
                           [*overrides, *(f"{name}={value}" for name, value in own.items() if name not in varied)])


def plan_sweep(config: str | Path, parameters: Iterable[str], overrides: Iterable[str] = (), *,
               monitor: str | None = None, prune: bool = True, same_seed: bool = False,
               sweeps: str | Path = "sweeps") -> Sweep:
    """Return a sweep with everything checked: the config, and with it both ends of every range and every choice.

    ``monitor`` is ``training.checkpoints.best`` unless it is given, and else the validation loss.

    Raises: ConfigError with all that is wrong, StateError where nothing says by what trials are to be judged.

    Example:
        >>> from chainrule.experiments.sweeps import plan_sweep
        >>> plan_sweep("xor", ["optimizer.lr=log:1e-3:1"], monitor="loss").path.parent.name
        'sweeps'
    """
    overrides, written = tuple(overrides), tuple(parameters)
    base = open_config(config, overrides)
    text = dump(base.resolved)
    _check(config, overrides, written, parse_config(text))
    experiment, columns = base.experiment, base.experiment.columns()
    judged = experiment.checkpoints.monitor(columns) if monitor is None else \
        check_choice(monitor, columns, name="monitor", owner="sweep")
    if judged is None:
        raise StateError("sweep expected validation data to judge trials by; data.validation_size holds some out, or "
                         "--monitor loss judges by how well the training data are fitted")
    seed = base.resolved["seed"] if isinstance(base.resolved, dict) else 0
    said: dict[str, Any] = {
        "name": experiment.name, "config": text, "written": written, "monitor": judged,
        "higher_is_better": columns[judged], "seed": seed, "same_seed": same_seed, "prune": prune,
        "warmup": experiment.epochs // 5}
    mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:6]
    return Sweep(Path(sweeps).absolute() / f"{experiment.name}-{mark}", **said)


def _check(config: str | Path, overrides: Sequence[str], written: Sequence[str], root: Node) -> None:
    """Raise ConfigError with all that is wrong with the parameters, each tried in the config on its own."""
    problems: dict[tuple[str, str, str], Problem] = {}
    taken: set[str] = set()
    for text in written:
        where = place_of(text)
        try:
            parameter = SweepParameter.read(text)
            for path in parameter.paths:
                if path in taken or path in _NOT_VARIED:
                    raise ConfigError.at(where, path, "is varied twice" if path in taken else "can not be varied")
                taken.add(path)
        except ConfigError as error:
            problems |= {(text, "", str(error)): problem for problem in error.problems}
            continue
        for value in parameter.ends():
            try:
                open_config(config, [*overrides, *overrides_of(root, [(parameter, value)])])
            except ConfigError as error:
                for each in error.problems:
                    problems.setdefault((text, each.path, each.message),
                                        Problem(where, each.path, f"{each.message} (tried {value})"))
    if not written:
        raise StateError("sweep expected something to vary, such as --param optimizer.lr=log:1e-4:1e-1")
    if problems:
        raise ConfigError(problems.values())
