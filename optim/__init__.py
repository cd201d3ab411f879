"""Room of optim."""

__all__: list[str] = []
