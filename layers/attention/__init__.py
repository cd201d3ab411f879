"""Room of layers/attention."""

__all__: list[str] = []
