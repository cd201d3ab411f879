"""Room of cli."""

__all__: list[str] = []
