"""PyTorch, one operation after the other."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from .. import specs
from ..workload import Adam, Workload, probe
from ..workloads.fits import Split
from .task import Task

__all__ = ["TorchEager", "TorchFused", "build"]

LOSSES = {"cross_entropy": nn.CrossEntropyLoss, "mse": nn.MSELoss}


class Residual(nn.Module):
    """``branch(x) + shortcut(x)``."""

    def __init__(self, branch: nn.Module, shortcut: nn.Module | None) -> None:
        super().__init__()
        self.branch, self.shortcut = branch, shortcut

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.branch(x) + (x if self.shortcut is None else self.shortcut(x))


class Final(nn.Module):
    """The hidden state of a recurrent layer after its last step."""

    def __init__(self, recurrent: nn.Module) -> None:
        super().__init__()
        self.add_module("0", recurrent)
        self.hands_on = isinstance(recurrent, nn.LSTM)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _, state = self.get_submodule("0")(x)
        return state[0] if self.hands_on else state


class Positions(nn.Module):
    """A learned vector added to each place."""

    def __init__(self, length: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(length, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.weight[:x.shape[1]]


class CausalBlock(nn.TransformerEncoderLayer):
    """A Transformer layer in which nobody looks ahead."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return super().forward(x, mask, is_causal=True)


class Attention(nn.Module):
    """Scaled dot products in which nobody looks ahead."""

    def forward(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


class Network(nn.Sequential):
    """A Sequential whose first layer may have several inputs."""

    def forward(self, *x: torch.Tensor) -> torch.Tensor:
        for layer in self:
            x = (layer(*x),)
        return x[0]


def build(network: specs.Network) -> Network:
    """Return the network."""
    return Network(*map(_layer, network))


def _layer(spec: specs.Spec) -> nn.Module:
    match spec:
        case specs.Linear(inputs, outputs):
            return nn.Linear(inputs, outputs)
        case specs.Conv(inputs, outputs, kernel):
            return nn.Conv2d(inputs, outputs, kernel, stride=spec.stride, padding=spec.padding, groups=spec.groups,
                             bias=spec.bias)
        case specs.BatchNorm(channels):
            return nn.BatchNorm2d(channels)
        case specs.LayerNorm(width):
            return nn.LayerNorm(width)
        case specs.ReLU():
            return nn.ReLU()
        case specs.Sigmoid():
            return nn.Sigmoid()
        case specs.MaxPool(size):
            return nn.MaxPool2d(size)
        case specs.AvgPool(size):
            return nn.AvgPool2d(size)
        case specs.Flatten(start, end):
            return nn.Flatten(start, end)
        case specs.Residual(branch, shortcut):
            return Residual(build(branch), build(shortcut) if shortcut else None)
        case specs.Embedding(count, width):
            return nn.Embedding(count, width)
        case specs.Positions(length, width):
            return Positions(length, width)
        case specs.GRU(inputs, hidden):
            return Final(nn.GRU(inputs, hidden))
        case specs.LSTM(inputs, hidden):
            return Final(nn.LSTM(inputs, hidden))
        case specs.Block(width, heads, hidden):
            return CausalBlock(width, heads, hidden, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
        case specs.Attention():
            return Attention()
    raise NotImplementedError(f"no PyTorch layer for {spec}")


class TorchEager(Task):
    """nn.Sequential, a loss and an optimiser with the arguments that PyTorch gives them."""

    modules = ("torch",)
    fused: bool | None = None

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        self.model = build(workload.network)
        self.load(self.model)
        x, y = workload.arrays()
        self.x = tuple(map(torch.from_numpy, x))
        self.y = None if y is None else torch.from_numpy(y)
        criterion = LOSSES[workload.loss]() if workload.loss else None
        self.value = lambda *x: criterion(self.model(*x), self.y)
        self.criterion, self.output = criterion, self.model
        self.step = {"train": self.train, "layer": self.both_ways, "infer": self.infer, "fit": self.fit}[workload.mode]
        if workload.mode == "train":
            self.optimizer = self.make_optimizer(self.model)
        elif workload.mode == "infer":
            self.model.eval()
        elif workload.mode == "fit":
            self.split, self.seed = Split(*map(torch.from_numpy, workload.split())), 0
        else:
            for x_part in self.x:
                x_part.requires_grad_(x_part.is_floating_point())
            if criterion is None:
                self.value = self.model
                with torch.no_grad():
                    self.grad_out = torch.from_numpy(probe(tuple(self.model(*self.x).shape)))

    def load(self, model: nn.Module) -> None:
        """Give a model the weights of the workload."""
        model.load_state_dict({name: torch.from_numpy(array) if array.ndim else torch.tensor(array.item())
                               for name, array in self.workload.weights().items()})

    def make_optimizer(self, model: nn.Module) -> torch.optim.Optimizer:
        rule = torch.optim.Adam if isinstance(self.workload.optimizer, Adam) else torch.optim.SGD
        return rule(model.parameters(), lr=self.workload.optimizer.lr, fused=self.fused)

    def step(self) -> float:
        raise NotImplementedError("set to one of the four below")

    def train(self) -> float:
        self.optimizer.zero_grad()
        loss = self.value(*self.x)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def both_ways(self) -> float:
        self._both_ways()
        return 0.0

    def _both_ways(self) -> torch.Tensor:
        self.model.zero_grad()
        for x_part in self.x:
            x_part.grad = None
        y = self.value(*self.x)
        y.backward(None if self.workload.loss else self.grad_out)
        return y

    def infer(self) -> float:
        with torch.inference_mode():
            self.output(*self.x)
        return 0.0

    def fit(self) -> float:
        self.seed += 1
        shuffle, accuracy = torch.Generator().manual_seed(self.seed), 0.0
        model = build(self.workload.network)
        self.load(model)
        optimizer = self.make_optimizer(model)
        for _ in range(self.workload.epochs):
            for rows in torch.randperm(len(self.split.x), generator=shuffle).split(self.workload.batch):
                optimizer.zero_grad()
                self.criterion(model(self.split.x[rows]), self.split.y[rows]).backward()
                optimizer.step()
            with torch.inference_mode():
                accuracy = (model(self.split.x_test).argmax(1) == self.split.y_test).float().mean().item()
            if accuracy >= self.workload.wanted:
                break
        self.check_reached(accuracy)
        return 0.0

    def arrays(self) -> Mapping[str, np.ndarray]:
        if self.workload.mode == "infer":
            return {"y": _numpy(self.model(*self.x))}
        if self.workload.mode == "fit":
            return {"loss": _numpy(self.criterion(self.model(self.split.x), self.split.y))}
        y = self._both_ways()
        grads: dict[str, Any] = {f"x{index}": part.grad for index, part in enumerate(self.x) if part.grad is not None}
        grads |= {name: parameter.grad for name, parameter in self.model.named_parameters()}
        return {"y": _numpy(y)} | {f"gradient of {name}": _numpy(grad) for name, grad in grads.items()}


class TorchFused(TorchEager):
    """The same with optimisers that update all in one kernel, which PyTorch has but does not choose on a CPU."""

    fused = True


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().numpy()
