"""Compiled twins of what the cells do at each step; imported only where Numba is installed."""

__all__: list[str] = []
