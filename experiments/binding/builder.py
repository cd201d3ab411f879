"""A config's nodes made into objects: first everything is held against the signatures, then everything is made."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import isclass, signature
from pathlib import Path
from types import GenericAlias
from typing import Any, TypeAlias, TypeVar, get_args, get_origin
from weakref import WeakKeyDictionary

from ...layers.core import ChainruleError, Layer
from ..document import ConfigError, Entry, Node, Problem
from .naming import Place, blame, read_arguments, read_name
from .registry import KINDS, Kind
from .signatures import Argument, arguments_of, out_of_reach
from .values import is_plain, members, parse

__all__ = ["Builder", "Recipe", "gather"]

Plan: TypeAlias = Callable[[], Any]         # makes what nodes describe; they have been found right by then
Result = TypeVar("Result")

_OF_THE_USER = (ChainruleError, ArithmeticError, MemoryError, ValueError)      # numbers too large end in the latter


@dataclass(frozen=True)
class Recipe:
    """Something a config names, made anew at every call; the caller gives the arguments that only the program has."""

    builder: "Builder"
    plan: Plan
    kind: Kind

    def __call__(self, **given: Any) -> Any:
        outer, self.builder.given = self.builder.given, given
        try:
            return self.plan()
        finally:
            self.builder.given = outer

    def tried(self) -> "Recipe":
        """Return the recipe after a trial, so that all problems come together; data are not loaded for that."""
        if self.kind.stand_in is not None:
            self(**self.kind.stand_in())
        return self


def gather(calls: Iterable[Callable[[], Result]], problems: Iterable[Problem] = ()) -> list[Result]:
    """Return what each call returns; raise one ConfigError with ``problems`` and those of all calls that raise one."""
    results, found = [], list(problems)
    for call in calls:
        try:
            results.append(call())
        except ConfigError as error:
            found.extend(error.problems)
    if found:
        raise ConfigError(sorted(found, key=lambda problem: problem.where.order if problem.where else ("", 0, 0)))
    return results


class Builder:
    """Makes what the config with a ``root`` describes, and remembers where every layer was named.

    A thing is written ``Name``, or ``Name: arguments``: a mapping names them, a list has them in order, a single value
    is the first. Where a layer is wanted, a list of layers is a ``Sequential``.

    Example:
        >>> from chainrule.experiments.binding.builder import Builder
        >>> from chainrule.experiments.document.reading import parse_config
        >>> root = parse_config("model: [{Linear: [4, 3]}, Tanh, {Dropout: 0.1}]")
        >>> Builder(root).value(root.value["model"].node, Layer, "model")[0]
        Linear(4, 3)
    """

    def __init__(self, root: Node) -> None:
        self.root = root
        self.places: WeakKeyDictionary[Layer, Place] = WeakKeyDictionary()
        self.files: dict[int, Path] = {}        # paths that the config writes, by the identity of their nodes
        self.given: Mapping[str, Any] = {}      # arguments that only the program has, for whatever takes them

    @contextmanager
    def at(self, path: str) -> Iterator[None]:
        """Make an error inside the ``with`` block a problem of the config, at ``path``."""
        try:
            yield
        except ConfigError:
            raise
        except _OF_THE_USER as error:
            where, node = self.root.position, self.root
            for part in path.split("."):
                if isinstance(node.value, dict) and part in node.value:
                    where, node = node.value[part]
                elif isinstance(node.value, tuple):
                    node = node.value[int(part)]
                    where = node.position
            raise blame(error, node.value if isinstance(node.value, dict) else {}, Place(where, path)) from error

    def value(self, node: Node, annotation: Any, path: str) -> Any:
        """Return what ``node`` stands for where ``annotation`` is wanted.

        Raises: ConfigError with all that is wrong with it.
        """
        return self.plan(node, annotation, path)()

    def plan(self, node: Node, annotation: Any, path: str) -> Plan:
        """Return what makes the value of ``node``; names, arguments, types and ranges are checked, nothing is made.

        Raises: ConfigError with all that does not fit the signatures.
        """
        named = next((member for member in members(annotation) if not is_plain(member)), None)
        if named is None:
            value = self._located(parse(node, annotation, path), node)
            return lambda: value
        if node.value is None and type(None) in members(annotation):
            return lambda: None
        origin, inner = get_origin(named), get_args(named)
        if named in KINDS:
            return self._thing(node, KINDS[named], path)
        if origin is Callable:
            kind = KINDS[inner[-1]]
            return Recipe(self, self._thing(node, kind, path), kind).tried
        if isclass(named):
            return self._section(node, named, path)
        if origin in (dict, Mapping):
            return self._mapping(node, inner[1], path)
        return self._items(node, named, path)

    def section(self, node: Node, section: type, path: str) -> Any:
        """Return the section of a config, a dataclass, whose fields are the keys of ``node``."""
        return self._section(node, section, path)()

    def _section(self, node: Node, section: type, path: str) -> Plan:
        if node.value is not None and not isinstance(node.value, dict):
            keys = ", ".join(arguments_of(section))
            raise ConfigError.at(node.position, path, f"expected a mapping with keys of {keys}; got {node.kind}")
        return self._call(section, node, Place(node.position, path))

    def _thing(self, node: Node, kind: Kind, path: str) -> Plan:
        """Return what makes the object of a kind that ``node`` names."""
        if isinstance(node.value, tuple) and kind.several is not None:
            function, place, arguments = kind.several, Place(node.position, path), node
        else:
            function, place, arguments = read_name(node, kind, path)
        plan = self._call(function, arguments, place, kind.given)

        def make() -> Any:
            made = plan()
            if isinstance(made, Layer):
                self.places[made] = place
            return made
        return make

    def _located(self, value: Any, node: Node) -> Any:
        """Return a path from the folder of the file that it is written in; on the command line, the current one."""
        if not isinstance(value, Path):
            return value
        written_in = Path.cwd() if node.position.line is None else Path(node.position.file).absolute().parent
        self.files[id(node)] = written_in / value
        return self.files[id(node)]

    def _call(self, function: Callable[..., Any], node: Node, place: Place, given: Collection[str] = ()) -> Plan:
        """Return what calls ``function`` with the arguments in ``node``, and those that it is ``given``."""
        lacking = [name for name in out_of_reach(function) if name not in given]
        if lacking:
            raise place.error(f"can not be made in a config, which can not write its {', '.join(lacking)}")
        known = arguments_of(function, given)
        entries, problems = read_arguments(node, known, place)
        plans = gather((partial(self._argument, known[name], name, entry.node, place)
                        for name, entry in entries.items()), problems)
        return partial(self._make, function, dict(zip(entries, plans, strict=True)), entries, place)

    def _make(self, function: Callable[..., Any], plans: Mapping[str, Plan], entries: Mapping[str, Entry],
              place: Place) -> Any:
        bound = signature(function).bind_partial()
        bound.arguments.update((name, self.given[name]) for name in bound.signature.parameters if name in self.given)
        bound.arguments.update(zip(plans, gather(plans.values()), strict=True))
        try:
            return function(*bound.args, **bound.kwargs)
        except ConfigError:
            raise
        except _OF_THE_USER as error:
            raise blame(error, entries, place) from error

    def _argument(self, argument: Argument, name: str, node: Node, place: Place) -> Plan:
        if argument.variadic:
            return self._items(node, GenericAlias(list, (argument.annotation,)), place.path)
        return self.plan(node, argument.annotation, place.below(name))

    def _items(self, node: Node, annotation: Any, path: str) -> Plan:
        """Plan the items of a list of one annotation, or of a tuple whose last annotation is starred."""
        *first, rest = get_args(annotation)
        rest = get_args(get_args(rest)[0])[0] if first else rest        # tuple[T, *tuple[U, ...]]: U
        if not isinstance(node.value, tuple) or len(node.value) < len(first):
            raise ConfigError.at(node.position, path, f"expected a list{' of at least one item' * bool(first)}, got "
                                                      f"{node.kind}; even a single item stands in brackets, [...]")
        place = Place(node.position, path)
        return partial(gather, gather(
            partial(self.plan, item, first[index] if index < len(first) else rest, place.below(str(index)))
            for index, item in enumerate(node.value)))

    def _mapping(self, node: Node, annotation: Any, path: str) -> Plan:
        if not isinstance(node.value, dict):
            raise ConfigError.at(node.position, path, f"expected a mapping, got {node.kind}")
        place = Place(node.position, path)
        plans = gather(partial(self.plan, entry.node, annotation, place.below(name))
                       for name, entry in node.value.items())
        names = list(node.value)
        return lambda: dict(zip(names, gather(plans), strict=True))
