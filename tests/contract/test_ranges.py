"""Ranges in annotations, which configs are held against, are those that the constructors enforce."""

from collections.abc import Sequence
from typing import Annotated, get_args, get_origin

import numpy as np
import pytest

from chainrule.experiments.binding.registry import KINDS
from chainrule.experiments.binding.signatures import arguments_of, out_of_reach
from chainrule.experiments.binding.values import members
from chainrule.layers import Layer, Linear
from chainrule.layers.core import OneOf
from chainrule.models import zoo

VALUES = {int: 4, float: 0.5, bool: True, str: "text", tuple: (4, 4), list: [4, 4], Sequence: [4, 4, 4],
          Layer: Linear(4, 4)}
THINGS = [(kind, name) for kind in KINDS.values() for name, function in kind.members.items()
          if set(out_of_reach(function)) <= set(kind.given)]


def example(annotation):
    """Return a value that most annotations of this kind have."""
    first = members(annotation)[0]
    if get_origin(first) is Annotated:
        plain, limit = get_args(first)
        return limit.words[0] if isinstance(limit, OneOf) else max(VALUES[plain], 2) if plain is int else VALUES[plain]
    return VALUES.get(get_origin(first) or first)


def outside(annotation):
    """Return values just outside of what an annotation allows, for the ranges it has at its top."""
    for member in members(annotation):
        if get_origin(member) is Annotated:
            plain, limit = get_args(member)
            if isinstance(limit, OneOf):
                return ["no such word"]
            step = 1 if plain is int else 1e-3
            ends = [limit.low if limit.open_low else limit.low - step, limit.high if limit.open_high else
                    limit.high + step]
            kept = [end for end, open_end in zip(ends, (False, limit.open_high), strict=True)
                    if np.isfinite(end) or open_end]
            return [plain(end) if np.isfinite(end) else end for end in kept]
        inner = get_args(member)
        if get_origin(member) in (tuple, Sequence) and get_origin(inner[0]) is Annotated:
            return [[outside(inner[0])[0], 4]]
    return []


def made(kind, name, **changed):
    function = kind.members[name]
    given = {argument: value for argument, value in (kind.stand_in or dict)().items()
             if argument not in arguments_of(function, kind.given)}
    written = {argument: example(found.annotation) for argument, found in arguments_of(function, kind.given).items()
               if found.required} | changed
    return function(**{argument: value for argument, value in given.items() if argument in _names(function)}, **written)


def _names(function):
    return function.__init__.__annotations__ if isinstance(function, type) else function.__annotations__


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.title)
def test_what_is_outside_of_a_range_is_refused_by_the_constructor_too(kind):
    tried, lax = 0, []
    for name in (name for owner, name in THINGS if owner is kind and name not in zoo.__all__):     # layers check
        ranged = {argument: outside(found.annotation)
                  for argument, found in arguments_of(kind.members[name], kind.given).items()}
        try:
            made(kind, name)
        except Exception:
            continue        # an example of these needs more thought than this test has
        for argument, values in ranged.items():
            for value in values:
                tried += 1
                try:
                    made(kind, name, **{argument: value})
                    lax.append(f"{name}({argument}={value!r})")
                except (ArithmeticError, LookupError, TypeError, ValueError):
                    pass
    assert "; ".join(lax) == ""
    assert tried >= {"layer": 150, "optimizer": 40, "schedule": 20, "loss": 20, "data set": 10}.get(kind.title, 0)
