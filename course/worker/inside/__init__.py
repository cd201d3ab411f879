"""The side of the untrusted: all that runs in the warmed parent and its workers; standard library and NumPy alone."""

from .isolation import LEVELS
from .limits import MEGABYTE, Limits
from .messages import read_message, receive_message, write_message
from .packing import Arrays, UnreadableError
from .parent import main

__all__ = ["LEVELS", "MEGABYTE", "Arrays", "Limits", "UnreadableError", "main", "read_message",
           "receive_message", "write_message"]
