"""Messages between grader and worker: two lengths, a small JSON object, arrays."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

from .packing import Arrays, UnreadableError, pack, unpack

__all__ = ["read_message", "receive_message", "write_message"]

LENGTHS = struct.Struct("=QQ")


def write_message(header: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """Return a message as bytes."""
    text, data = json.dumps(header).encode(), pack(arrays)
    return LENGTHS.pack(len(text), len(data)) + text + data


def read_message(message: bytes) -> tuple[dict[str, Any], Arrays]:
    """Return header and arrays of a message; raise UnreadableError if it is none."""
    if len(message) < LENGTHS.size:
        raise UnreadableError("there is no message")
    first, second = LENGTHS.unpack_from(message)
    if LENGTHS.size + first + second != len(message):
        raise UnreadableError("the message has another length than it says")
    try:
        header = json.loads(message[LENGTHS.size:LENGTHS.size + first])
    except (ValueError, RecursionError) as error:
        raise UnreadableError("the message does not begin with JSON") from error
    if not isinstance(header, dict):
        raise UnreadableError("the message does not begin with a JSON object")
    return header, unpack(message[LENGTHS.size + first:])


def receive_message(pipe: socket.socket) -> tuple[dict[str, Any], Arrays]:
    """Read one message of someone trusted from a pipe."""
    start = _receive(pipe, LENGTHS.size)
    return read_message(start + _receive(pipe, sum(LENGTHS.unpack(start))))


def _receive(pipe: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = pipe.recv(min(count, 2 ** 20))
        if not part:
            raise EOFError("the pipe was closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
