"""Room of layers/recurrent."""

__all__: list[str] = []
