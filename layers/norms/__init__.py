"""Room of layers/norms."""

__all__: list[str] = []
