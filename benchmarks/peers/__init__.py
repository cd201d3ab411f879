"""The libraries that are measured; each module is imported only in a process of its own."""

from typing import NamedTuple

__all__ = ["PEERS", "RATES", "Peer"]


class Peer(NamedTuple):
    """A module of this folder, its task's class, what tables call it, and what its users import."""

    module: str
    task: str
    title: str
    imports: str


PEERS = {
    "chainrule": Peer("ours", "Ours", "chainrule", "import chainrule"),
    "chainrule-numpy": Peer("ours", "Ours", "chainrule, NumPy only", "import chainrule"),
    "torch": Peer("torch_eager", "TorchEager", "PyTorch eager", "import torch"),
    "torch-fused": Peer("torch_eager", "TorchFused", "PyTorch eager, fused optimiser", "import torch"),
    "torch-compile": Peer("torch_compiled", "TorchCompiled", "torch.compile", "import torch"),
    "jax": Peer("jax_jit", "JaxJit", "JAX jit", "import jax"),
    "sklearn": Peer("sklearn_mlp", "SklearnMLP", "scikit-learn", "from sklearn.neural_network import MLPClassifier"),
    "keras": Peer("keras_jax", "Keras", "Keras on JAX", "import keras"),
    "numpy-ml": Peer("numpy_ml_layers", "NumpyML", "numpy-ml", "import numpy_ml"),
}

RATES = {
    "product": Peer("rates", "Product", "matrix product", ""),
    "copy": Peer("rates", "Copy", "copy", ""),
}
