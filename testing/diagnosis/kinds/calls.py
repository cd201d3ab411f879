"""Mistakes that show between calls: arguments changed, gradients overwritten, caches of another call, modes mixed."""

from ..answers import WHEN
from ..case import Case, is_output
from .found import CallTest, Found
from .scales import ratio_of

__all__ = ["CALL_TESTS", "argument_changed"]


def argument_changed(case: Case) -> Found | None:
    """An argument, a parameter or an output is changed in place."""
    for key in case.wrong:
        _, _, name = key.partition("/")
        what, _, when = name.partition(" after")
        if key == f"once/{what} afterwards":
            return Found("state kept", "path", f"{what} is not what it should be after forward: it is moved too "
                         f"little, too much or not at all.", "state = (1 - momentum) * state + momentum * that of the "
                                                             "batch")
        if key.startswith("once/") and when:
            if when == " step":
                return Found("changed in place", "argument", f"The {what} has other values after the step than "
                             f"before: an optimiser reads gradients and changes parameters alone.", "grad after step "
                                                                                                    "= grad before")
            step = "forward" if when == " forward" else "backward"
            changed = "a buffer or parameter, which only forward and the optimiser may move" if when == " backward" \
                and what not in ("grad_out", "y") and not what.startswith(("grad_out[", "y[")) else "changed in place"
            return Found("changed in place", "argument",
                         f"{what} has other values after {step} than before: it is {changed}. Whoever holds the array, "
                         f"the layer above or below, goes on with wrong numbers; write into an array of your own.",
                         f"{what} after {step} = {what} before")
        if " of the first call" in name:
            return Found("output overwritten", "cache",
                         "The output of the first call changes when the layer is called again: both lie in one array. "
                         "Return a new array from every call.", "y of one call does not depend on the next")
    return None


def gradient_missing_or_extra(case: Case) -> Found | None:
    """A gradient that should not be there, or None where one should be."""
    for key in case.wrong:
        way, _, name = key.partition("/")
        if name == "grad_x as a tuple":
            return Found("nested", "order", "backward returns a tuple inside of a tuple. It returns one gradient for "
                         "each input, side by side and in the order of the inputs: (grad_x, grad_h, grad_c).")
        if way == "once" and "grad" in name and " after" not in name \
                and (key in case.expected) != (key in case.received):
            if key in case.received:
                return Found("gradient too many", "mask", f"{name} should be None, and is an array: what went in "
                             f"there is an index or a mask, or had no part in the output.")
            return Found("zero", "path", f"{name} is None, which stands for zero, and should be an array: a path of "
                         f"the gradient is forgotten.")
    return None


def tangent_wrong(case: Case) -> Found | None:
    """Forward mode alone is wrong."""
    if not case.right_in("tangent"):
        return Found("tangent", "formula", "forward and backward are right, and jvp is not: it pushes the tangent of x "
                     "through the same derivative, in the direction of forward.", "y_dot = J x_dot")
    return None


def overwritten_on_the_second_call(case: Case) -> Found | None:
    """Gradients of parameters are assigned where they must be added."""
    for key in case.wrong:
        way, _, name = key.partition("/")
        if way == "twice" and name.endswith(".grad") and case.is_right("once", name):
            once, twice = case.received.get(f"once/{name}"), case.received.get(key)
            exact = once is not None and twice is not None and case.agree(once, twice)
            rest = "after the second it is still that of one" if exact else "after the second it is not twice that"
            return Found("overwritten on the second call", "accumulate",
                         f"{name} is right after one backward, and {rest}. Gradients of parameters are added up: "
                         f"write += where you write =.", f"{name} += …, so two backwards give 2 · {name}")
    return None


def stale_cache(case: Case) -> Found | None:
    """What belongs to one call is read by another."""
    for way, sentence in (
            ("again", "Alone the call is right, after another call it is wrong: something of the first call is kept "
                      "(an input, a mask, statistics). Everything backward needs of a call is set anew in forward, in "
                      "self.cache."),
            ("later", "The first round of forward and backward is right; the next, after the parameters have moved, is "
                      "wrong: something of the first is kept (an input, a mask, statistics, a copy of a weight). "
                      "Everything backward needs of a call is set anew in forward, in self.cache."),
            ("revisited", "A call is gone back wrongly once the layer has been called again: backward reads something "
                          "other than self.cache. All that belongs to a call lives in the cache, and nowhere else."),
            ("twice", "A second backward of the same call gives another gradient: the first has used up or changed "
                      "what forward left.")):
        if not case.right_in(way):
            return Found("stale cache", "cache", sentence, "backward depends on its own forward, and on no other call")
    return None


def moved_by_a_replay(case: Case) -> Found | None:
    """What is kept between calls moves although forward is only repeated."""
    key = next((key for key in case.wrong if key.startswith("replayed/")), None)
    if key is None:
        return None
    name = key.partition("/")[2].removesuffix(" afterwards")
    return Found("buffer changed in place", "argument", f"After a repeated forward (replay, as recomputation does it) "
                 f"{name} is not what it should be. A buffer is written with .assign(new) alone: an array that is "
                 f"changed in place can not be put back.", f"{name}.assign(new), with new an array of its own")


def modes_mixed(case: Case) -> Found | None:
    """Right in training, wrong in evaluation or when the mode changes on the way."""
    if not case.right_in("switched"):
        return Found("train/eval mixed", "mode", "With eval() between forward and backward the gradient changes. What "
                     "counts is the mode in which forward ran; note it in the cache.",
                     "backward is the derivative of the forward that ran")
    if not case.right_in("evaluation"):
        wrong = next(key for key in case.wrong if key.startswith("evaluation/")).partition("/")[2]
        return Found("train/eval mixed", "mode", f"In training all is right, in evaluation {wrong} is not: the two "
                     f"modes have formulas of their own, ask self.training in forward.",
                     "y and its derivative for training = False")
    return None


def frozen_ignored(case: Case) -> Found | None:
    """A frozen parameter gets a gradient, or freezing stops what passes through."""
    if case.right_in("frozen"):
        return None
    return Found("frozen parameter", "frozen", "With requires_grad = False something changes that must not: a frozen "
                 "parameter gets no gradient, and the gradient of the input is the same as ever.",
                 "requires_grad = False: grad stays as it is")


def other_dtype(case: Case) -> Found | None:
    """The values are right, their dtype is not."""
    for key in case.wrong:
        mine, theirs = case.expected.get(key), case.received.get(key)
        if mine is not None and theirs is not None and mine.dtype != theirs.dtype and mine.dtype.kind == "f":
            _, _, name = key.partition("/")
            return Found("other dtype", "dtype", f"{name} comes as {theirs.dtype} where {mine.dtype} was given. Watch "
                         f"for np.zeros(shape) and NumPy scalars, which are float64; say dtype=x.dtype.",
                         f"{name}.dtype = {mine.dtype}")
    return None


def answers_without_forward(case: Case) -> Found | None:
    """Backward gives a result before any forward."""
    if not case.right_in("unstarted"):
        return Found("backward before forward", "cache", "backward gives a result before any forward ran, where it "
                     "must raise an error; begin it with self.saved().", "no forward, no derivative")
    return None


def upstream_partly_used(case: Case) -> Found | None:
    """Right for one upstream gradient, wrong for others."""
    for way in ("scaled", "ones", "first"):
        if not case.right_in(way):
            return Found("not linear in upstream", "upstream", f"The gradient is right for one upstream gradient and "
                         f"wrong {WHEN[way]}. Every backward multiplies by grad_out, and by nothing that "
                         f"depends on it.", "backward(a · g + b · h) = a · backward(g) + b · backward(h)")
    return None


def reduction_wrong(case: Case) -> Found | None:
    """A loss is right for one reduction and wrong for another."""
    for way in ("mean", "batchmean", "sum", "none"):
        if not case.right_in(way):
            name = next(key for key in case.wrong if key.startswith(f"{way}/")).partition("/")[2]
            what = "value" if is_output(name) else "gradient"
            return Found("reduction", "mean", f"With reduction={way!r} the {what} is wrong, though it is right as the "
                         f"loss was made. Only the division differs between the reductions.",
                         "mean = sum / number of terms")
    return None


def later_steps_wrong(case: Case) -> Found | None:
    """The first step of an optimiser is right, later ones are not."""
    key = next((key for key in case.wrong if key.startswith("step ")), None)
    if key is None:
        return None
    way, _, name = key.partition("/")
    mine, theirs = case.expected.get(key), case.received.get(key)
    ratio = None if mine is None or theirs is None else ratio_of(mine, theirs, case.tolerance)
    if ratio is not None:
        return Found("factor of each step", "sign" if ratio < 0 else "factor", f"The first step is right, and in "
                     f"{way} {name} is {ratio:.4g} times what it should be: a factor that changes with the number of "
                     f"the step (a correction, a rate that decays) is missing, or one too many.")
    return Found("kept between steps", "accumulate", f"The first step is right, and from {way} on {name} is wrong: "
                 f"what is kept between steps (a velocity, running means, the number of the step) is not moved as it "
                 f"should be.",
                 "state = decay * state + share * what is new")


CALL_TESTS: tuple[CallTest, ...] = (argument_changed, gradient_missing_or_extra, overwritten_on_the_second_call,
                                    modes_mixed, frozen_ignored, upstream_partly_used, stale_cache, moved_by_a_replay,
                                    reduction_wrong, other_dtype, answers_without_forward, tangent_wrong,
                                    later_steps_wrong)
