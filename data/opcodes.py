"""Pickle files read as data: an interpreter of their few opcodes that finds no classes, imports nothing, runs nothing.

A pickle is a program for a stack machine. One opcode fetches any function of Python by name and another calls it,
which is why loading one runs whatever its author wished. Here a name is looked up in a table that the caller gives,
of functions of our own; every other name is an error before anything is called.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ..layers.core import ChainruleError

__all__ = ["Buildable", "OpcodeError", "read_opcodes", "read_opcodes_in_turn"]


class OpcodeError(ChainruleError, ValueError):
    """A pickle is damaged, or wants something that is not on the table."""


@runtime_checkable
class Buildable(Protocol):
    """What a function of the table returns if a pickle may give it a state afterwards, as NumPy's arrays have one."""

    def build(self, state: Any) -> None:
        """Take the state."""


def read_opcodes(content: bytes, table: Mapping[str, Callable[..., Any]],
                 persistent: Callable[[Any], Any] | None = None) -> Any:
    """Return what a pickle of protocol 2 to 4 describes: numbers, texts, bytes, lists, tuples and dicts.

    ``table`` has by dotted name (``collections.OrderedDict``) the function of ours that stands for it. ``persistent``
    returns what a key stands for of objects that the pickle keeps outside, as PyTorch's files do their storages.
    A name on the table that is not called stays a text; strings of Python 2 come back as bytes. Time and memory are at
    most proportional to the length of ``content``; as one value may stand in many places, do not walk without end.

    Raises: OpcodeError for a damaged pickle, an opcode or name that is not allowed, and whatever a function refuses.

    Example:
        >>> from chainrule.data.opcodes import read_opcodes
        >>> read_opcodes(b"\\x80\\x02]q\\x00(K\\x01K\\x02e.", {})
        [1, 2]
    """
    (found,), _ = read_opcodes_in_turn(content, 1, table, persistent)
    return found


def read_opcodes_in_turn(content: bytes, count: int, table: Mapping[str, Callable[..., Any]],
                         persistent: Callable[[Any], Any] | None = None) -> tuple[list[Any], int]:
    """Return what each of ``count`` pickles describes, one behind the other, and at which byte the last one ends.

    Raises: OpcodeError, as ``read_opcodes``.

    Example:
        >>> from chainrule.data.opcodes import read_opcodes_in_turn
        >>> read_opcodes_in_turn(b"\\x80\\x02K\\x01.\\x80\\x02K\\x02.and more", 2, {})
        ([1, 2], 10)
    """
    machine = _Machine(content, table, persistent)
    try:
        return [machine.run() for _ in range(count)], machine.at
    except OpcodeError:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise OpcodeError(f"a pickle that can not be read, at byte {machine.at}: {error}") from None


_MARK = object()


class _Name(str):
    """A name that is on the table."""


class _Machine:
    """The stack, the memory, and the place in the program."""

    def __init__(self, content: bytes, table: Mapping[str, Callable[..., Any]],
                 persistent: Callable[[Any], Any] | None) -> None:
        self.content, self.table, self.persistent = content, table, persistent
        self.at = 0

    def run(self) -> Any:
        self.stack: list[Any] = []
        self.memory: dict[int, Any] = {}
        while (code := self.take(1)) != b".":
            if code in _CONSTANTS:
                self.stack.append(_CONSTANTS[code]())
            elif code in _SCALARS:
                layout, convert = _SCALARS[code]
                self.stack.append(convert(self.number(layout)))
            elif code in _BYTES:
                layout, decode = _BYTES[code]
                self.stack.append(decode(self.take(self.number(layout))))
            elif code in _PUTS:
                self.memory[self.number(_PUTS[code])] = self.top()
            elif code in _GETS:
                self.stack.append(self.memory[self.number(_GETS[code])])
            elif code in _TUPLES:
                self.stack.append(tuple(self.pop(_TUPLES[code])))
            elif code in _ACTIONS:
                _ACTIONS[code](self)
            else:
                raise OpcodeError(f"a pickle with opcode {code!r} at byte {self.at - 1}, which is damaged or not of "
                                  f"the few that data files need")
        return self.top()

    def take(self, count: int) -> bytes:
        if count > len(self.content) - self.at:
            raise OpcodeError(f"a pickle that is cut off: it wants {count} bytes at byte {self.at} of "
                              f"{len(self.content)}")
        self.at += count
        return self.content[self.at - count:self.at]

    def number(self, layout: str) -> Any:
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def line(self) -> str:
        end = self.content.index(b"\n", self.at)
        return self.take(end - self.at + 1)[:-1].decode("utf-8")

    def top(self) -> Any:
        if not self.stack or self.stack[-1] is _MARK:
            raise OpcodeError(f"a pickle that takes from an empty stack at byte {self.at}")
        return self.stack[-1]

    def pop(self, count: int = 1) -> list[Any]:
        taken = self.stack[len(self.stack) - count:] if len(self.stack) >= count else [_MARK]
        if any(value is _MARK for value in taken):
            raise OpcodeError(f"a pickle that takes from an empty stack at byte {self.at}")
        del self.stack[len(self.stack) - count:]
        return taken

    def pop_mark(self) -> list[Any]:
        """Return what stands above the last mark, and take it and the mark away."""
        place = next((place for place in range(len(self.stack) - 1, -1, -1) if self.stack[place] is _MARK), None)
        if place is None:
            raise OpcodeError(f"a pickle that lacks a mark at byte {self.at}")
        taken = self.stack[place + 1:]
        del self.stack[place:]
        return taken

    def name(self, module: Any, name: Any) -> None:
        dotted = f"{module}.{name}" if isinstance(module, str) and isinstance(name, str) else "what is no name"
        if dotted not in self.table:
            raise OpcodeError(f"a pickle that wants {dotted[:80]!r}, which is refused: such a file may name "
                              f"{', '.join(self.table) or 'nothing'}; nothing was looked up or run")
        self.stack.append(_Name(dotted))

    def reduce(self) -> None:
        name, arguments = self.pop(2)
        if not isinstance(name, _Name) or not isinstance(arguments, tuple):
            raise OpcodeError(f"a pickle that calls what is no function at byte {self.at}")
        self.stack.append(self.table[name](*arguments))

    def build(self) -> None:
        (state,) = self.pop()
        if not isinstance(self.top(), Buildable):
            raise OpcodeError(f"a pickle that gives a state to {type(self.top()).__name__} at byte {self.at}")
        self.top().build(state)

    def extend(self, values: list[Any]) -> None:
        if not isinstance(self.top(), list):
            raise OpcodeError(f"a pickle that appends to {type(self.top()).__name__} at byte {self.at}")
        self.top().extend(values)

    def update(self, values: list[Any]) -> None:
        if not isinstance(self.top(), dict) or len(values) % 2:
            raise OpcodeError(f"a pickle that puts items into {type(self.top()).__name__} at byte {self.at}")
        if not all(isinstance(key, (str, bytes, int, float)) for key in values[::2]):
            # tuples of tuples, each twice in the next, would take for ever to hash
            raise OpcodeError(f"a pickle with a key that is neither text nor number at byte {self.at}")
        self.top().update(zip(values[::2], values[1::2], strict=True))

    def outside(self) -> None:
        (key,) = self.pop()
        if self.persistent is None:
            raise OpcodeError("a pickle that refers to objects outside of it, which there are none of")
        self.stack.append(self.persistent(key))


def _long(digits: bytes) -> int:
    return int.from_bytes(digits, "little", signed=True)


def _text(characters: bytes) -> str:
    return characters.decode("utf-8", "surrogatepass")


_CONSTANTS: dict[bytes, Callable[[], Any]] = {
    b"(": lambda: _MARK, b"N": lambda: None, b"\x88": lambda: True, b"\x89": lambda: False,
    b"]": list, b"}": dict, b")": tuple,
}
_SCALARS: dict[bytes, tuple[str, Callable[[Any], Any]]] = {
    b"K": ("<B", int), b"M": ("<H", int), b"J": ("<i", int), b"G": (">d", float),
}
_BYTES: dict[bytes, tuple[str, Callable[[bytes], Any]]] = {     # a length, and so many bytes
    b"U": ("<B", bytes), b"T": ("<I", bytes), b"C": ("<B", bytes), b"B": ("<I", bytes), b"\x8e": ("<Q", bytes),
    b"X": ("<I", _text), b"\x8c": ("<B", _text), b"\x8d": ("<Q", _text),
    b"\x8a": ("<B", _long), b"\x8b": ("<I", _long),
}
_PUTS = {b"q": "<B", b"r": "<I"}
_GETS = {b"h": "<B", b"j": "<I"}
_TUPLES = {b"\x85": 1, b"\x86": 2, b"\x87": 3}
_ACTIONS: dict[bytes, Callable[[_Machine], Any]] = {
    b"\x80": lambda machine: machine.take(1),                                                # the protocol
    b"\x95": lambda machine: machine.take(8),                                                # a frame: only a hint
    b"\x94": lambda machine: machine.memory.__setitem__(len(machine.memory), machine.top()),
    b"0": lambda machine: machine.pop(),
    b"t": lambda machine: machine.stack.append(tuple(machine.pop_mark())),
    b"a": lambda machine: machine.extend(machine.pop()),
    b"e": lambda machine: machine.extend(machine.pop_mark()),
    b"s": lambda machine: machine.update(machine.pop(2)),
    b"u": lambda machine: machine.update(machine.pop_mark()),
    b"c": lambda machine: machine.name(machine.line(), machine.line()),
    b"\x93": lambda machine: machine.name(*machine.pop(2)),
    b"R": lambda machine: machine.reduce(),
    b"b": lambda machine: machine.build(),
    b"Q": lambda machine: machine.outside(),
}
