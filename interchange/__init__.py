"""Other people's interfaces and formats, each an extra: ``scikit_learn`` (estimators) and ``onnx`` (files)."""

__all__: list[str] = []
