"""Scalar objectives."""

__all__: list[str] = []
