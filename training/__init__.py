"""Room of training."""

__all__: list[str] = []
