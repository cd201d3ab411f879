"""Whether an explanation depends on what the network has learned: its weights made random, its labels too."""

import copy
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ...layers.core import Array, Layer, ShapeError, members
from ...layers.core.parameter import Buffer, Parameter
from .methods import Method
from .score import Target, chosen
from .similarity import Similarity, similarity

__all__ = ["Finding", "cascading", "independent", "sanity_checks", "survives"]

LOST = 0.5      # above this rank correlation with all weights random, a method does not see the weights


class Finding(NamedTuple):
    """How alike the masks of a changed network are to those of the trained one."""

    check: str
    method: str
    similarity: Similarity


def cascading(model: Layer, fresh: Layer) -> Iterator[tuple[str, Layer]]:
    """Yield copies of a model in which ever more layers, from the last to the first, are those of ``fresh``.

    Each comes with the path of the layer that was replaced last. ``fresh`` is another network of the same make, with
    random weights; batch norms count as layers.

    Raises: ShapeError when the two are not alike.

    Source: Adebayo et al. 2018, section 3.3.1.
    """
    changed = copy.deepcopy(model)
    for path in reversed(_layers(model, fresh)):
        _replace(changed, fresh, path)
        yield path, copy.deepcopy(changed)


def independent(model: Layer, fresh: Layer) -> Iterator[tuple[str, Layer]]:
    """Yield copies of a model in which one layer each, from the last to the first, is that of ``fresh``.

    Raises: ShapeError when the two are not alike.

    Source: Adebayo et al. 2018, section 3.3.2.
    """
    for path in reversed(_layers(model, fresh)):
        changed = copy.deepcopy(model)
        _replace(changed, fresh, path)
        yield path, changed


def sanity_checks(model: Layer, fresh: Layer, x: Array, methods: Mapping[str, Method],
                  others: Mapping[str, Layer] | None = None, target: Target = None) -> Iterator[Finding]:
    """Yield for every check and method how alike its masks are to those of ``model``, for the very same classes.

    The checks are cascading and independent randomisation, the network ``others`` by name (trained on random labels,
    or, as a control, trained alike from another seed), and the input itself, which a detector of edges resembles.

    Source: Adebayo et al. 2018, sections 3 to 5.
    """
    classes = chosen(model, x, target)
    trained = {name: method(model, x, classes) for name, method in methods.items()}
    for name, mask in trained.items():
        yield Finding("input", name, similarity(mask, x))
    for kind, copies in (("cascading", cascading(model, fresh)), ("independent", independent(model, fresh)),
                         ("", iter((others or {}).items()))):
        for path, changed in copies:
            for name, method in methods.items():
                yield Finding(f"{kind} {path}".strip(), name, similarity(trained[name], method(changed, x, classes)))


def survives(findings: list[Finding], method: str) -> bool:
    """Return whether a method sees the weights: with all of them random its ranks correlate by less than a half."""
    last = [finding for finding in findings if finding.method == method and finding.check.startswith("cascading ")][-1]
    return bool(np.abs(last.similarity.spearman_abs) < LOST)


def _layers(model: Layer, fresh: Layer) -> list[str]:
    """Return the paths of the layers that have parameters of their own, in order."""
    shapes, other = ({name: array.shape for name, array in each.state_dict().items()} for each in (model, fresh))
    if shapes != other:
        raise ShapeError(f"a sanity check expected two networks of the same make, got "
                         f"{sorted(set(shapes.items()) ^ set(other.items()))[0][0]} in one of them only, or in another "
                         f"shape")
    return [path for path, layer in model.named_layers() if any(True for _ in members(layer, Parameter))]


def _replace(changed: Layer, fresh: Layer, path: str) -> None:
    target, source = dict(changed.named_layers())[path], dict(fresh.named_layers())[path]
    for (_, mine), (_, other) in zip(members(target, Parameter), members(source, Parameter), strict=True):
        mine.data = other.data.copy()
    for (_, kept), (_, new) in zip(members(target, Buffer), members(source, Buffer), strict=True):
        kept.assign(new.data)
