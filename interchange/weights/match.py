"""Which array of a file belongs to which parameter or buffer of a network, and what is left over on either side."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from ...layers.core import Array, Layer, Shape, ShapeError, show_shape

__all__ = ["Match", "Names", "match"]

Names: TypeAlias = Mapping[str, str] | Literal["in order"] | None


@dataclass(frozen=True)
class Match:
    """What a file has and what a network wants, side by side; ``print`` shows it as a table.

    Attributes:
        fits:       arrays by the network's names
        origin:     the file's names of these, by the network's
        missing:    names that the network wants and the file lacks
        unexpected: names that the file has and the network does not want
        misshaped:  by the network's names, the shape that is wanted and the shape that is there
    """

    fits: dict[str, Array] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    misshaped: dict[str, tuple[Shape, Shape]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing is left over on either side."""
        return not (self.missing or self.unexpected or self.misshaped)

    def __str__(self) -> str:
        lines = [f"fits        {name} {show_shape(array.shape)}{'' if name == origin else f' <- {origin}'}"
                 for (name, array), origin in zip(self.fits.items(), self.origin.values(), strict=True)]
        lines += [f"misshaped   {name}: the network has {show_shape(wanted)}, the file {show_shape(there)}"
                  for name, (wanted, there) in self.misshaped.items()]
        lines += [f"missing     {name}" for name in self.missing]
        return "\n".join([*lines, *(f"unexpected  {name}" for name in self.unexpected)])

    def faults(self) -> str:
        """Return what does not fit, in one line."""
        return "; ".join(line for line in str(self).splitlines() if not line.startswith("fits"))


def match(model: Layer, arrays: Mapping[str, Array], names: Names = None) -> Match:
    """Hold the arrays of a file against a network's state dict.

    ``names`` says what beginnings of the file's names are called in the network, ``{"features": "0"}`` (the longest
    that fits counts; ``""`` is that of all); with ``"in order"`` the first array is taken for the first of the
    network, and so on, where files and networks differ in names alone.

    Raises: ShapeError if two names become one.
    """
    wanted = _in_order(model)
    if names == "in order":
        ours = dict(zip(arrays, [*wanted, *(f"{name} (beyond the last)" for name in list(arrays)[len(wanted):])],
                        strict=False))
    else:
        ours = {name: _renamed(name, names or {}) for name in arrays}
    origin: dict[str, str] = {}
    for theirs, name in ours.items():
        if name in origin:
            raise ShapeError(f"import_weights expected names that stay apart, but {origin[name]!r} and {theirs!r} both "
                             f"become {name!r}; change names=")
        origin[name] = theirs
    there = {name: arrays[theirs] for name, theirs in origin.items()}
    misshaped = {name: (value.shape, there[name].shape) for name, value in wanted.items()
                 if name in there and there[name].shape != value.shape}
    fits = {name: there[name] for name in wanted if name in there and name not in misshaped}
    return Match(fits, {name: origin[name] for name in fits}, [name for name in wanted if name not in there],
                 [theirs for name, theirs in origin.items() if name not in wanted], misshaped)


def _in_order(model: Layer) -> dict[str, Array]:
    """Return the state dict layer by layer, the buffers of each behind its parameters, as PyTorch's is sorted."""
    paths = [path for path, _ in model.named_layers()]

    def place(name: str) -> int:
        return max(index for index, path in enumerate(paths) if not path or name.startswith(f"{path}."))

    state = model.state_dict()
    return {name: state[name] for name in sorted(state, key=place)}


def _renamed(name: str, names: Mapping[str, str]) -> str:
    """Return the name with the longest beginning, of whole words between points, that has another name."""
    parts = name.split(".")
    for count in range(len(parts), -1, -1):
        if (start := ".".join(parts[:count])) in names:
            return ".".join(part for part in (names[start], *parts[count:]) if part)
    return name
