"""What the layers of a Transformer share: branches around which the input is carried, each with its norm."""

from typing import Any, ClassVar, NamedTuple

import numpy as np

from ...layers.activations import GELU, ReLU
from ...layers.core import (
    POINTWISE,
    Array,
    Description,
    DtypeError,
    Entry,
    Layer,
    Tally,
    as_dtype,
    call,
    call_back,
    call_back_jvp,
    call_jvp,
    check_choice,
    total,
)
from ..model import Model

__all__ = ["Branch", "BranchEntry", "BranchMasks", "TransformerBlock", "TransformerBlockCache", "activation_layer",
           "with_given"]


Pair = tuple[Any, Any]      # a gradient and its tangent


class Branch(NamedTuple):
    """The sub-layers of a branch in order, by name, and its norm; ``attends`` says whether the first is an attention.

    An attention takes its queries from what comes in, and keys and values from there too (``"x"``) or ``"memory"``.
    """

    norm: str
    steps: tuple[str, ...]
    attends: str = ""


class BranchMasks(NamedTuple):
    """Masks of one branch's attention, or the names of their arrays in a tally."""

    mask: Any = None
    padding: Any = None
    is_causal: Any = False


class BranchEntry(NamedTuple):
    """The calls of a branch and of its norm."""

    norm: Entry
    steps: tuple[Entry, ...]


class TransformerBlockCache(NamedTuple):
    """The calls of all branches, the input's dtype, and how many masks and flags were given by position."""

    branches: tuple[BranchEntry, ...]
    dtype: np.dtype[Any]
    given: int


class TransformerBlock(Model):
    """Branches one after the other, each ``x = norm(x + branch(x))`` or, with ``norm_first``, ``x + branch(norm(x))``.

    A subclass lists its ``branches``.

    Gradients:
        grad   = norm.backward(grad_out),  grad_x = grad + branch.backward(grad);  with norm_first
        grad_x = grad_out + norm.backward(branch.backward(grad_out));  keys and values add theirs to x or to the memory

    Source: Vaswani et al. 2017, section 3.1; Xiong et al. 2020 on the place of the norm.
    """

    branches: ClassVar[tuple[Branch, ...]]
    norm_first: bool

    def run(self, x: Array, memory: Array | None, masks: tuple[BranchMasks, ...], given: int) -> Array:
        """Run all branches forward; ``masks`` are those of the attentions, in order."""
        self.cache = None
        first, entries, remaining = x, [], iter(masks)
        for branch in self.branches:
            inside, normed = self._call(branch.norm, x) if self.norm_first else (x, None)
            y, steps = self._through(branch, inside, memory, next(remaining) if branch.attends else BranchMasks())
            x = x + y
            if normed is None:
                x, normed = self._call(branch.norm, x)
            entries.append(BranchEntry(normed, steps))
        self.cache = TransformerBlockCache(tuple(entries), first.dtype, given)
        return x

    def run_back(self, grad: Any) -> tuple[Array | None, Array | None]:
        """Return the gradients of ``x`` (None unless it is wanted) and of the memory (None if there is none)."""
        (entries, dtype, _), grad_memory = self.saved(), None
        for index, (branch, entry) in reversed(list(enumerate(zip(self.branches, entries, strict=True)))):
            wanted = self.needs_input_grad or index > 0
            if not self.norm_first:
                grad = self._call_back(branch.norm, entry.norm, grad)
            inside, share = self._through_back(branch, entry.steps, grad, wanted or self.norm_first)
            if self.norm_first:
                inside = self._call_back(branch.norm, entry.norm, inside, wanted)
            grad, grad_memory = total(grad, inside) if wanted else None, total(grad_memory, share)
        return None if grad is None else as_dtype(grad, dtype), grad_memory

    def run_jvp(self, x_dot: Any, memory_dot: Any) -> Any:
        """Return the tangent of the output, given those of ``x`` and the memory."""
        tangents = []
        for branch, entry in zip(self.branches, self.point().branches, strict=True):
            inside, norm = self._call_jvp(branch.norm, entry.norm, x_dot) if self.norm_first else (x_dot, None)
            steps = []
            for index, (name, step) in enumerate(zip(branch.steps, entry.steps, strict=True)):
                if branch.attends and index == 0:
                    source = inside if branch.attends == "x" else memory_dot
                    (inside, _), tangent = self._call_jvp(name, step, inside, source, source)
                else:
                    inside, tangent = self._call_jvp(name, step, inside)
                steps.append(tangent)
            x_dot = total(x_dot, inside)
            if not self.norm_first:
                x_dot, norm = self._call_jvp(branch.norm, entry.norm, x_dot)
            tangents.append((norm, steps))
        self.tangent = tuple(tangents)
        return x_dot

    def run_back_jvp(self, grad: Any, grad_dot: Any) -> tuple[Pair, Pair]:
        """Return the gradients of ``x`` and of the memory, each with its tangent."""
        pair, memory = (grad, grad_dot), (None, None)
        steps = zip(self.branches, self.saved().branches, self.saved_tangent(), strict=True)
        for branch, entry, (norm, tangents) in reversed(list(steps)):
            if not self.norm_first:
                pair = self._call_back_jvp(branch.norm, entry.norm, norm, *pair)
            inside = pair
            for index, name in reversed(list(enumerate(branch.steps))):
                if branch.attends and index == 0:
                    grads, dots = self._call_back_jvp(name, entry.steps[0], tangents[0], (inside[0], None),
                                                      (inside[1], None))
                    source = total(*grads[1:3]), total(*dots[1:3])
                    inside = grads[0], dots[0]
                    if branch.attends == "x":
                        inside = _added(inside, source)
                    else:
                        memory = _added(memory, source)
                else:
                    inside = self._call_back_jvp(name, entry.steps[index], tangents[index], *inside)
            if self.norm_first:
                inside = self._call_back_jvp(branch.norm, entry.norm, norm, *inside)
            pair = _added(pair, inside)
        return pair, memory

    def tally(self, tally: Tally, x: str, memory: str, masks: tuple[BranchMasks, ...]) -> Description:
        """Return the description of ``run``, given names of arrays in the tally."""
        remaining = iter(masks)
        tally.shapes["none"], tally.fields["none"], tally.memory["none"] = (), POINTWISE, "none"
        for branch in self.branches:
            inputs = tally.add(branch.norm, getattr(self, branch.norm), (x,)) if self.norm_first else (x,)
            if branch.attends:
                named, source = next(remaining), inputs[0] if branch.attends == "x" else memory
                inputs = (*inputs, source, source, named.padding or "none", "none", named.mask or "none")
            for name in branch.steps:
                inputs = tally.add(name, getattr(self, name), inputs)[:1]
            x = f"{branch.norm} of"
            tally.shapes[x], tally.fields[x], tally.memory[x] = tally.shapes[inputs[0]], None, x
            if not self.norm_first:
                (x,) = tally.add(branch.norm, getattr(self, branch.norm), (x,))
        return tally.result((x,))

    def _through(self, branch: Branch, x: Any, memory: Any, masks: BranchMasks) -> tuple[Any, tuple[Entry, ...]]:
        entries = []
        for index, name in enumerate(branch.steps):
            if branch.attends and index == 0:
                source = x if branch.attends == "x" else memory
                (x, _), entry = self._call(name, x, source, source, masks.padding, False, masks.mask, True,
                                           masks.is_causal)
            else:
                x, entry = self._call(name, x)
            entries.append(entry)
        return x, tuple(entries)

    def _through_back(self, branch: Branch, entries: tuple[Entry, ...], grad: Any, wanted: bool) -> tuple[Any, Any]:
        """Return the gradients of what came in and of the memory."""
        for index, name in reversed(list(enumerate(branch.steps))):
            attention = bool(branch.attends) and index == 0
            grad = self._call_back(name, entries[index], (grad, None) if attention else grad, wanted or index > 0)
        if not branch.attends or grad is None:
            return grad, None
        grad_query, grad_key, grad_value, *_ = grad
        if branch.attends == "x":
            return total(grad_query, grad_key, grad_value), None
        return grad_query, total(grad_key, grad_value)

    def _call(self, name: str, *x: Any) -> tuple[Any, Entry]:
        return call(getattr(self, name), *x, at=(self, name))

    def _call_jvp(self, name: str, entry: Entry, *x_dot: Any) -> tuple[Any, Any]:
        return call_jvp(getattr(self, name), entry, *x_dot, at=(self, name))

    def _call_back_jvp(self, name: str, entry: Entry, tangent: Any, grad: Any, grad_dot: Any) -> Pair:
        return call_back_jvp(getattr(self, name), entry, tangent, grad, grad_dot, at=(self, name))

    def _call_back(self, name: str, entry: Entry, grad: Any, wanted: bool = True) -> Any:
        return call_back(getattr(self, name), entry, grad, at=(self, name), needs_input_grad=wanted)


def with_given(grads: tuple[Any, ...], given: int) -> Any:
    """Return gradients as ``backward`` returns them: None for each mask given by position."""
    return (*grads, *(None,) * given) if len(grads) + given > 1 else grads[0]


def _added(left: Pair, right: Pair) -> Pair:
    return total(left[0], right[0]), total(left[1], right[1])


def activation_layer(activation: str | Layer, owner: str) -> Layer:
    """Return the activation of a name, or the layer that was given.

    Raises: UnknownNameError for another name than "relu" and "gelu", DtypeError for what is neither name nor layer.
    """
    if isinstance(activation, Layer):
        return activation
    if not isinstance(activation, str):
        raise DtypeError(f"{owner} expected activation as a name or a Layer, got {activation!r}")
    return ReLU() if check_choice(activation, ("relu", "gelu"), name="activation", owner=owner) == "relu" else GELU()
