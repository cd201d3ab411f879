"""Checkpoints: the whole state of a training on disk, from which another process goes on bit for bit."""

from .file import CheckpointError, read_checkpoint, write_checkpoint
from .folder import CheckpointFolder, Found
from .generators import Generators
from .saving import BEST, Checkpoints
from .state import fitting, going_on, restore, restore_callbacks, state_of

__all__ = ["BEST", "CheckpointError", "CheckpointFolder", "Checkpoints", "Found", "Generators", "fitting", "going_on",
           "read_checkpoint", "restore", "restore_callbacks", "state_of", "write_checkpoint"]
