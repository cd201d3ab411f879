"""Borders around sequences, images and volumes."""

from .circular import CircularPad1d, CircularPad2d, CircularPad3d
from .constant import ConstantPad1d, ConstantPad2d, ConstantPad3d, ZeroPad1d, ZeroPad2d, ZeroPad3d
from .pad import Pad
from .reflection import ReflectionPad1d, ReflectionPad2d, ReflectionPad3d
from .replication import ReplicationPad1d, ReplicationPad2d, ReplicationPad3d

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "Pad",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d",
    "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]
