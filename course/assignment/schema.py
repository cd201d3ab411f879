"""What an assignment says: its parts, what each is asked, what it is worth and how much is told."""

from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, TypeAlias

from ...layers.core import Count, Positive, Share, Size, Within

__all__ = ["Assignment", "Draw", "Example", "Feedback", "Limits", "Part"]

Draw: TypeAlias = str | list[int] | list[list[int]]
"""What an array is: a shape, filled with normal random numbers; a list of shapes, for a tuple of such; or an
expression of ``rng`` and ``np``, such as ``rng.integers(4, size=6)``."""
Detail: TypeAlias = Literal["verdict", "place", "kind", "full"]
Tolerance: TypeAlias = Annotated[float, Within(0.0, 0.1, open_low=True)]


@dataclass(frozen=True)
class Example:
    """One thing that a part is asked: a layer or loss with its inputs, an optimiser, or a call of a function.

    Attributes:
        make:      an expression that makes a layer, a loss, or an optimiser of ``params``: ``Adam(params, lr=0.1)``
        x:         what the layer is called with; of a loss the prediction and the target
        call:      an expression that calls a function of the arguments, ``softmax(scores)``, and gives an array, a
                   number, a tuple or a dict of them
        arguments: the arrays it may use, by name, each drawn after those above it and with them in reach; what ``call``
                   does not name, such as ``labels``, stays with the grader
        visible:   whether the handout has it; else only the grader asks it
    """

    make: str = ""
    x: tuple[Draw, ...] = ()
    call: str = ""
    arguments: dict[str, Draw] = field(default_factory=dict)
    visible: bool = True


@dataclass(frozen=True)
class Part:
    """One piece of work: code that is taken out of the handout, and what shows that it is back.

    Attributes:
        points:    what it is worth
        target:    what is taken out, ``layers.Linear.backward`` or ``xor.train`` of a file beside; by default its name
        title:     a name for people
        examples:  what it is asked; by default what the last part of the same class or file is
        needs:     parts it rests on; where they are wrong, it is asked again with right ones in their place
        compares:  "outputs" asks a layer for what comes forward alone, "gradients" for what comes back, "all" for both;
                   by default outputs if the target's name is that of a way forward, gradients if that is a part too
        tolerance: what values may be off by, relative to the largest of each array; by default the assignment's
        accuracy:  the share of the result that must equal the argument ``labels``, instead of the reference's result
        speed:     how many times as long as the reference it may take
        leave_out: ways of asking a layer that are not gone; by default the assignment's
        visible:   whether the handout has its examples
    """

    points: Positive
    target: str = ""
    title: str = ""
    examples: list[Example] = field(default_factory=list)
    needs: tuple[str, ...] | None = None
    compares: Literal["outputs", "gradients", "all"] | None = None
    tolerance: Tolerance | None = None
    accuracy: Share | None = None
    speed: Positive | None = None
    leave_out: tuple[str, ...] | None = None
    visible: bool = True


@dataclass(frozen=True)
class Limits:
    """What one test of a submission may use.

    Attributes:
        seconds: time
        memory:  megabytes, above what a process has at its start
        answer:  megabytes of the arrays that come back
    """

    seconds: Positive = 10
    memory: Size = 512
    answer: Size = 64


@dataclass(frozen=True)
class Feedback:
    """How much a student is told, one of "verdict", "place", "kind" and "full" as of ``Diagnosis.limited``.

    Attributes:
        visible: of questions that the handout has
        hidden:  of others
    """

    visible: Detail = "full"
    hidden: Detail = "place"


@dataclass(frozen=True, eq=False)
class Assignment:
    """An assignment, read from its file by ``load_assignment``.

    Attributes:
        title:     the heading
        parts:     by name, in the order of work
        text:      what students read: a Markdown file beside
        seed:      where the visible questions begin, and what chooses among variants
        variants:  lists of alternatives, parts by name; once read, one of each stands before ``parts`` and none here
        hidden:    how many further times the grader asks every example, with numbers of its own
        tolerance: what values may be off by, relative to the largest of each array
        limits:    what one test may use
        feedback:  how much is told
        isolation: the least that must stand between grader and submission before hidden questions are asked
        leave_out: ways of asking a layer, of ``WAYS``, that are not gone: "frozen", say
        given:     further parts of the library that the handout has, ``models.Sequential``
        files:     further files beside that it has; what is Markdown comes behind the text
        shown:     lines that solutions may have in common with the handout
        mistakes:  a file beside with wrong versions of functions and methods, ``train_forgets_bias`` for ``xor.train``
        file:      where it was read; not in a handout
    """

    title: str
    parts: dict[str, Part] = field(default_factory=dict)
    text: str = ""
    seed: Count = 0
    variants: list[list[dict[str, Part]]] = field(default_factory=list)
    hidden: Count = 2
    tolerance: Tolerance = 1e-6
    limits: Limits = Limits()
    feedback: Feedback = Feedback()
    isolation: Literal["process", "user", "filter", "namespaces"] = "user"
    leave_out: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    mistakes: str = ""
    file: PurePath | None = None

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.file.stem if self.file is not None else ""

    @property
    def folder(self) -> Path:
        """Where the file is, and with it what it names."""
        return Path(self.file or "").parent

    @property
    def points(self) -> float:
        """The sum of all parts' points."""
        return sum(part.points for part in self.parts.values())

    def tolerance_of(self, name: str) -> float:
        """Return the tolerance of a part."""
        return self.parts[name].tolerance or self.tolerance

    def plain(self) -> dict[str, Any]:
        """Return it as JSON writes it, without where it was read."""
        return {name: _plain(value) for name, value in vars(self).items() if name != "file"}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Assignment":
        """Return the assignment that ``plain()`` wrote."""
        parts = {name: Part(**{**part, "examples": [Example(**{**example, "x": tuple(example["x"])})
                                                    for example in part["examples"]], "needs": tuple(part["needs"]),
                                "leave_out": tuple(part["leave_out"])})
                 for name, part in plain["parts"].items()}
        known = {name: value for name, value in plain.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, "parts": parts, "limits": Limits(**plain["limits"]),
                      "feedback": Feedback(**plain["feedback"])})


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (tuple, list)) else value
