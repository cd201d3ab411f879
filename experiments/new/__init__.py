"""A first config for somebody's own data."""

from .first_config import new_config

__all__ = ["new_config"]
