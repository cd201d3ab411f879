"""Compiled twins of the optimisers' rules; imported only where Numba is installed."""

__all__: list[str] = []
