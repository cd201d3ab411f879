"""Room of models/transformer."""

__all__: list[str] = []
