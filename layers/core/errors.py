"""The errors a user meets: who, what was expected, what was received, and the fix where it is known."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["ChainruleError", "DtypeError", "MissingLibraryError", "NonFiniteError", "ShapeError", "StateError",
           "UnknownNameError", "ValueRangeError", "message", "nearest"]


class ChainruleError(Exception):
    """Base of every error that Chainrule raises about its caller's input."""


class ShapeError(ChainruleError, ValueError):
    """An array has a shape that the layer, loss or container can not take."""


class DtypeError(ChainruleError, TypeError):
    """A value is no NumPy array, or its dtype is not one the receiver computes in."""


class StateError(ChainruleError, RuntimeError):
    """A call came at the wrong moment, for example ``backward`` before ``forward``."""


class MissingLibraryError(ChainruleError, ImportError):
    """Something needs a library that is not installed; the message says what to install."""


class UnknownNameError(ChainruleError, LookupError):
    """A name is not among those known; the message lists them and the nearest match."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str]) -> "UnknownNameError":
        """Return the error for an unknown ``name`` of kind ``what`` among the ``known`` ones."""
        names = sorted(known)
        return cls(f"unknown {what} {name!r}{nearest(name, names)}; known: {', '.join(names) or 'none'}")


class ValueRangeError(ChainruleError, ValueError):
    """An argument has the right type but a value outside of what makes sense."""


class NonFiniteError(ChainruleError, ArithmeticError):
    """A NaN or an infinity turned up where numbers were expected."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` – did you mean '…'?`` for the known name nearest to ``name``, or the empty string."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    match = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f" – did you mean {by_folded[match[0]]!r}?" if match else ""


def message(error: BaseException) -> str:
    """Return an error as one line: what it says, and the addresses that containers added on its way out."""
    return "; ".join([str(error), *getattr(error, "__notes__", ())])
