"""What a sweep varies: places in a config, and the values that they may have there."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..binding import KINDS, apply_overrides, arguments_of
from ..document import ConfigError, Node, Position, parse_value

__all__ = ["SweepParameter", "overrides_of", "spelled_out"]

FORMS = "log:1e-4:1e-1, float:0:0.5, int:1:4, int:16:64:16, logint:8:512 or choice:32,64"


@dataclass(frozen=True)
class SweepParameter:
    """One thing that a sweep varies, read from ``PATH=SPACE``; ``PATH,PATH=SPACE`` gives several places one value.

    ``log`` and ``logint`` draw evenly on a logarithmic scale, ``int:LOW:HIGH:STEP`` in steps; both ends are possible.
    The values of ``choice`` are any YAML.

    Attributes:
        written: the whole text
        name:    what stands before the ``=``
        kind:    float, log, int, logint or choice
        low, high, step: the range of numbers
        choices: the values of a choice, as JSON

    Raises: ConfigError for a text that is none.

    Example:
        >>> from chainrule.experiments.sweeps import SweepParameter
        >>> SweepParameter.read("optimizer.lr=log:1e-4:1e-1").ends()
        ['0.0001', '0.1']
        >>> SweepParameter.read("model.1=choice:ReLU,{Dropout: 0.1}").ends()
        ['"ReLU"', '{"Dropout": 0.1}']
    """

    written: str
    name: str
    kind: str
    low: Any = 0
    high: Any = 0
    step: int = 1
    choices: tuple[str, ...] = ()

    @classmethod
    def read(cls, written: str) -> "SweepParameter":
        """Return the parameter that a text describes."""
        where = place_of(written)
        name, _, space = written.partition("=")
        kind, colon, rest = space.partition(":")
        name, kind = name.strip(), kind.strip()
        if not colon or not all(part.strip() for part in name.replace(",", ".").split(".")):
            raise ConfigError.at(where, "", f"expected PATH=SPACE with a space such as {FORMS}")
        if kind == "choice":
            return cls(written, name, kind, choices=_choices(rest, where))
        if kind not in ("float", "log", "int", "logint"):
            raise ConfigError.at(where, "", f"unknown kind of space {kind!r}; known: {FORMS}")
        return cls(written, name, kind, *_range(kind, rest, where))

    @property
    def paths(self) -> tuple[str, ...]:
        """The places in the config."""
        return tuple(path.strip() for path in self.name.split(","))

    @property
    def title(self) -> str:
        """The name, short where it is of several places."""
        return self.paths[0] + (" …" if len(self.paths) > 1 else "")

    def ends(self) -> list[str]:
        """Return the values at the ends of the range, or all choices, as YAML: what is checked before the first trial.
        """
        return list(self.choices) or [repr(self.low), repr(self.high)]

    def draw(self, trial: Any) -> str:
        """Return the value that Optuna suggests for a trial, as YAML; the same again for a trial that has one."""
        if self.kind == "choice":
            return str(trial.suggest_categorical(self.name, self.choices))
        if self.kind in ("int", "logint"):
            return repr(trial.suggest_int(self.name, self.low, self.high, step=self.step, log=self.kind == "logint"))
        return repr(trial.suggest_float(self.name, self.low, self.high, log=self.kind == "log"))


def place_of(written: str) -> Position:
    """Return where problems with a parameter stand."""
    return Position(f"--param {written if len(written) <= 80 else f'{written[:77]}...'!r}")


def overrides_of(root: Node, values: Iterable[tuple[SweepParameter, str]]) -> list[str]:
    """Return the values of parameters as ``path=value`` of ``--set``, each path spelled out where those before it hold.

    Raises: ConfigError for a path that leads nowhere.
    """
    found = []
    for parameter, text in values:
        for path in parameter.paths:
            found.append(f"{spelled_out(root, path)}={text}")
            root = apply_overrides(root, found[-1:])
    return found


def spelled_out(root: Node, path: str) -> str:
    """Return a path with the names that it leaves out: ``optimizer.lr`` where the config has ``optimizer: {Adam: …}``.

    Example:
        >>> from chainrule.experiments.document.reading import parse_config
        >>> from chainrule.experiments.sweeps.space import spelled_out
        >>> spelled_out(parse_config("optimizer: Adam"), "optimizer.lr")
        'optimizer.Adam.lr'
    """
    node: Node | None = root
    found: list[str] = []
    for part in path.split("."):
        name = _only_name(node)
        if name is not None and part != name and part in _arguments(name):
            found.append(name)
            node = _inside(node, name)
        found.append(part)
        node = _inside(node, part)
    return ".".join(found)


def _only_name(node: Node | None) -> str | None:
    """Return what a node names, alone or before its arguments."""
    value = None if node is None else node.value
    if isinstance(value, dict) and len(value) == 1:
        return next(iter(value))
    return value if isinstance(value, str) else None


def _arguments(name: str) -> Iterable[str]:
    kind = next((kind for kind in KINDS.values() if name in kind.members), None)
    return () if kind is None else arguments_of(kind.members[name], kind.given)


def _inside(node: Node | None, part: str) -> Node | None:
    if node is not None and isinstance(node.value, dict) and part in node.value:
        return node.value[part].node
    if node is not None and isinstance(node.value, tuple) and part in map(str, range(len(node.value))):
        return node.value[int(part)]
    return None


def _choices(text: str, where: Position) -> tuple[str, ...]:
    node = parse_value(f"[{text}]", where)
    try:
        found = tuple(json.dumps(item.plain(), ensure_ascii=False, allow_nan=False) for item in node.children())
    except ValueError:
        raise ConfigError.at(where, "", "expected choices that are finite") from None
    if len(set(found)) < max(2, len(found)):
        raise ConfigError.at(where, "", "expected at least two choices, all different, such as choice:32,64")
    return found


def _range(kind: str, text: str, where: Position) -> tuple[Any, ...]:
    """Return low, high and step of a range of numbers."""
    numbers: list[Any] = [parse_value(part, where).value for part in text.split(":")]
    whole = kind in ("int", "logint")
    wanted = int if whole else (int, float)
    if not all(isinstance(each, wanted) and not isinstance(each, bool) and math.isfinite(each) for each in numbers):
        raise ConfigError.at(where, "", f"expected {'whole ' if whole else ''}numbers, got {text!r}")
    if len(numbers) not in ((2, 3) if kind == "int" else (2,)):
        raise ConfigError.at(where, "", f"expected {kind}:LOW:HIGH{'[:STEP]' if kind == 'int' else ''}, got {text!r}")
    low, high, step = (*numbers, 1)[:3]
    if low >= high:
        raise ConfigError.at(where, "", f"expected LOW below HIGH, got {text!r}")
    if kind.startswith("log") and low <= 0:
        raise ConfigError.at(where, "", f"expected LOW above 0 for a logarithmic scale, got {text!r}")
    if kind == "int" and (step < 1 or (high - low) % step):
        raise ConfigError.at(where, "", f"expected STEP to divide HIGH - LOW, got {text!r}")
    return (low, high, step) if whole else (float(low), float(high))
