"""Parts of a network by the names of its layers and parameters, for learning rates of their own and for freezing."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from ..layers.core import Layer, Parameter, UnknownNameError, ValueRangeError

__all__ = ["check_pattern", "matches", "parameter_groups"]


def matches(name: str, pattern: str) -> bool:
    """Return whether a name, or that of a part around it, fits a pattern with ``*``, ``?`` and ``[…]``.

    Example:
        >>> from chainrule.training.layer_names import matches
        >>> [matches("encoder.0.weight", pattern) for pattern in ("encoder", "*.weight", "*.0", "0", "decoder")]
        [True, True, True, False, False]
    """
    parts = name.split(".")
    return any(fnmatchcase(".".join(parts[:end]), pattern) for end in range(1, len(parts) + 1))


def check_pattern(pattern: str, model: Layer, owner: str) -> str:
    """Return the pattern if it fits a parameter of the model.

    Raises: UnknownNameError otherwise, listing the layers with parameters.
    """
    names = [name for name, _ in model.named_parameters()]
    if not any(matches(name, pattern) for name in names):
        raise UnknownNameError.of(f"layer in {owner}", pattern, {name.rpartition(".")[0] or name for name in names})
    return pattern


def parameter_groups(model: Layer, groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the parameters of a model in groups for an optimiser: what no group names comes first, by its defaults.

    A group is ``{"layers": pattern, option: value, …}``; the pattern is that of a layer's or parameter's name, such as
    "0", "encoder.*" or "*.bias", or a list of such. A parameter belongs to the first group that names it.

    Raises: UnknownNameError for a pattern without a parameter, ValueRangeError for a group left empty by the others.

    Example:
        >>> model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
        >>> groups = parameter_groups(model, [{"layers": "0", "lr": 1e-4}, {"layers": "*.bias", "lr": 1e-2}])
        >>> [(len(group["params"]), group["lr"]) for group in Adam(groups, lr=1e-3).param_groups]
        [(1, 0.001), (2, 0.0001), (1, 0.01)]
    """
    left = dict(model.named_parameters())
    found: list[dict[str, Any]] = []
    for group in groups:
        if "layers" not in group:
            raise ValueRangeError(f"parameter_groups expected every group with the key 'layers', got "
                                  f"{', '.join(group) or 'none'}; write {{'layers': 'encoder.*', 'lr': 1e-4}}")
        named = group["layers"]
        patterns = [check_pattern(pattern, model, "parameter_groups")
                    for pattern in ([named] if isinstance(named, str) else named)]
        params: list[Parameter] = [left.pop(name) for name in list(left)
                                   if any(matches(name, pattern) for pattern in patterns)]
        if not params:
            raise ValueRangeError(f"parameter_groups expected layers {named!r} to name parameters that no earlier "
                                  f"group names, got none; put the narrower pattern first")
        options = {name: value for name, value in group.items() if name != "layers"}
        found.append({"params": params, "name": ", ".join(patterns), **options})
    return [{"params": list(left.values())}, *found] if left else found
