"""A network as a table: shapes, parameters, work, receptive fields and memory, by arithmetic alone."""

from dataclasses import dataclass, field

from ..layers.core import (
    Description,
    Field,
    Layer,
    Observer,
    Shape,
    call_describe,
    compose,
    observe,
    show_shape,
)

__all__ = ["Row", "Summary", "summary"]


@dataclass(frozen=True)
class Row:
    """One layer of a summary.

    Attributes:
        path, layer:     address and title of the layer
        y_shapes:        shapes of its outputs, without the batch axis
        parameters:      trainable numbers
        multiply_adds:   for one example
        receptive_field: extent of what an output sees in the input, along each spatial axis; None: everything
        cache_bytes:     what its cache holds for one example
    """

    path: str
    layer: str
    y_shapes: tuple[Shape, ...]
    parameters: int
    multiply_adds: int
    receptive_field: Shape | None
    cache_bytes: int


@dataclass
class Summary:
    """The rows of the layers and the whole; ``str()`` is the table.

    The whole's cache is less than the sum of the rows: what a layer keeps is often what the next one keeps too.
    """

    rows: list[Row]
    total: Row

    def __str__(self) -> str:
        head = ["layer", "", "output shape", "parameters", "multiply-adds", "sees", "cache bytes"]
        lines = [head, *(_cells(row) for row in self.rows), _cells(self.total)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = ["  ".join(cell.ljust(width) if column < 3 else cell.rjust(width)
                          for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
                for line in lines]
        rule = "-" * max(len(line) for line in text)
        return "\n".join([text[0], rule, *text[1:-1], rule, text[-1]])


def summary(model: Layer, *input_shapes: Shape) -> Summary:
    """Return the summary of a model for inputs of these shapes, given without the batch axis; computes nothing.

    Raises: ShapeError with the address of the layer whose input does not fit.

    Example:
        >>> from chainrule.layers import Linear
        >>> from chainrule.models import Sequential, summary
        >>> summary(Sequential(Linear(4, 3), Linear(3, 2)), (4,)).total.parameters
        23
    """
    recorder = _Recorder()
    with observe(recorder):
        whole, field_ = call_describe(model, *((1, *shape) for shape in input_shapes))
    rows = [recorder.row(path, layer, description) for path, layer, description in recorder.calls
            if not any(other[:len(path)] == path and other != path for other, _, _ in recorder.calls)]
    return Summary(rows, _row("total", type(model).__name__, whole, field_))


@dataclass
class _Recorder(Observer):
    calls: list[tuple[tuple[str, ...], Layer, Description]] = field(default_factory=list)
    before: dict[tuple[str, ...], Field] = field(default_factory=dict)

    def after_describe(self, path: tuple[str, ...], layer: Layer, x_shapes: tuple[Shape, ...],
                       description: Description, before: Field) -> None:
        self.calls.append((path, layer, description))
        self.before[path] = before

    def row(self, path: tuple[str, ...], layer: Layer, description: Description) -> Row:
        seen: Field = ()
        for depth in range(len(path) + 1):      # the field grows from the outermost container inwards
            seen = compose(seen, self.before[path[:depth]])
        return _row(".".join(path), layer.title, description, compose(seen, description.field))


def _row(path: str, layer: str, description: Description, seen: Field) -> Row:
    return Row(path, layer, tuple(shape[1:] for shape in description.y_shapes), description.parameters,
               description.multiply_adds, None if seen is None else tuple(size for size, _ in seen),
               description.cache_bytes())


def _cells(row: Row) -> list[str]:
    sees = "all" if row.receptive_field is None else "×".join(map(str, row.receptive_field)) or "1"
    return [row.path, row.layer, " ".join(show_shape(shape) for shape in row.y_shapes), f"{row.parameters:,}",
            f"{row.multiply_adds:,}", sees, f"{row.cache_bytes:,}"]
