"""What happens in a worker: modules from memory, one call, the answer as bytes."""

import importlib
import sys
from collections.abc import Mapping
from importlib.machinery import BuiltinImporter, FrozenImporter
from types import CodeType
from typing import Any

from .messages import write_message
from .packing import Arrays
from .shelf import Shelf

__all__ = ["answer_of", "compile_texts"]

LONGEST = 2000      # characters of an error


def compile_texts(texts: Mapping[str, str]) -> dict[str, CodeType]:
    """Return the code of all modules among the texts; nothing of it runs."""
    return {path: compile(text, path, "exec", dont_inherit=True) for path, text in texts.items()
            if path.endswith(".py")}


def answer_of(header: Mapping[str, Any], arrays: Arrays, texts: Mapping[str, str],
              compiled: Mapping[str, CodeType]) -> bytes:
    """Import what ``header["call"]`` names, from texts with those of ``header`` laid over, call it, pack the result."""
    try:
        laid_over: dict[str, str] = header["texts"]
        kept = {path: code for path, code in compiled.items() if path not in laid_over}
        sys.path[:] = []
        sys.meta_path[:] = [BuiltinImporter, FrozenImporter, Shelf({**texts, **laid_over}, kept)]
        module, _, name = header["call"].partition(":")
        function = getattr(importlib.import_module(module), name)
        return write_message({}, function(header["arguments"], arrays))
    except BaseException as error:      # sys.exit() too is an answer
        return write_message({"raised": type(error).__name__, "text": _text_of(error)}, {})


def _text_of(error: BaseException) -> str:
    try:
        return "; ".join([str(error), *getattr(error, "__notes__", ())])[:LONGEST]
    except BaseException:               # the error may be the submission's own class
        return ""
