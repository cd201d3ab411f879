"""Compiled twins of the kernels, module by module and name by name; imported only where Numba is installed."""

__all__: list[str] = []
