"""Interfaces and formats of other people, extras all: ``scikit_learn`` (estimators), ``onnx`` (files), ``weights``."""

__all__: list[str] = []
