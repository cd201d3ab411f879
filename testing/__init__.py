"""Room of testing."""

__all__: list[str] = []
