"""Containers: what they hold, one after the other, side by side, or as a graph."""

from typing import Any

from .... import models
from ....layers.core import Layer
from ....models.transformer.block import TransformerBlock
from ....models.transformer.stack import TransformerStack
from .writer import Exporter, Value, Writer

__all__ = ["CONTAINERS"]


def _sequential(w: Writer, model: Any, *x: Value) -> tuple[Value, ...]:
    for name, layer in model.children():
        x = w.layer(name, layer, *x)
    return x


def _graph(w: Writer, model: Any, *x: Value | None) -> list[Value]:
    names = [*model.inputs, *model.optional]
    values: dict[str, tuple[Value | None, ...]] = {
        name: (value,) for name, value in zip(names, (*x, *[None] * (len(names) - len(x))), strict=True)}

    def leaves(name: str) -> tuple[Any, ...]:
        if name not in values:
            values[name] = w.layer(name, model.nodes[name], *read(model.sources[name]))
        return values[name]

    def read(sources: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(leaf for source in sources
                     for leaf in (leaves(source) if isinstance(source, str) else (read(tuple(source)),)))

    return [leaf for name in model.outputs for leaf in leaves(name)]


def _parallel(w: Writer, model: Any, *x: Value) -> list[Value]:
    return [y for name, branch in model.children() for y in w.layer(name, branch, *x)]


def _residual(w: Writer, model: Any, x: Value) -> Any:
    y, = w.layer("branch", model.branch, x)
    around, = (x,) if model.shortcut is None else w.layer("shortcut", model.shortcut, x)
    return w.add("Add", y, around)


def _block(w: Writer, model: Any, x: Value, *given: Any) -> Value:
    memory, masks = (given[0], given[1:]) if len(model.branches) == 3 else (None, given)
    if any(mask is not None for mask in masks):
        raise w.refuse(model, "masks as inputs have no exporter")
    for branch in model.branches:
        inside = w.layer(branch.norm, getattr(model, branch.norm), x)[0] if model.norm_first else x
        for number, name in enumerate(branch.steps):
            source = (inside, inside) if branch.attends == "x" else (memory, memory)
            inside = w.layer(name, getattr(model, name), inside, *(source if branch.attends and not number else ()))[0]
        x = x._replace(name=w.add("Add", x, inside))
        if not model.norm_first:
            x = w.layer(branch.norm, getattr(model, branch.norm), x)[0]
    return x


def _stack(w: Writer, model: Any, x: Value, *context: Any) -> Value:
    for number, layer in enumerate(model.layers):
        x, = w.layer(f"layers.{number}", layer, x, *context)
    return x if model.norm is None else w.layer("norm", model.norm, x)[0]


def _transformer(w: Writer, model: Any, src: Value, tgt: Value) -> Value:
    memory, = w.layer("encoder", model.encoder, src)
    return w.layer("decoder", model.decoder, tgt, memory)[0]


CONTAINERS: dict[type[Layer], Exporter] = {
    TransformerBlock: _block, TransformerStack: _stack, models.Graph: _graph, models.Parallel: _parallel,
    models.Residual: _residual, models.Sequential: _sequential, models.Transformer: _transformer,
}
