"""What PyTorch has, we have under the same name, with the same arguments in the same order and the same defaults."""

import inspect
import typing

import pytest

from chainrule import layers, losses, models, optim
from chainrule.layers import init

torch = pytest.importorskip("torch")

SWITCHED_OFF = {
    "device": "there is one device, the CPU",
    "dtype": "parameters are float32; astype changes them",
    "inplace": "no argument is ever changed in place",
    "size_average": "PyTorch's old word for reduction", "reduce": "PyTorch's old word for reduction",
    "foreach": "how PyTorch loops over tensors; ours lie in one store", "fused": "as foreach",
    "capturable": "CUDA graphs", "differentiable": "nothing is traced",
    "multi_avg_fn": "as foreach",
    "generator": "rng is NumPy's generator",
    "_weight": "private", "_freeze": "private",
}
"""Arguments of PyTorch without a meaning here, whatever class they belong to."""

RENAMED = {"tensor": "parameter", "module": "layer"}
"""What a function is applied to, which has a name of its own here."""

OURS = {"rng": "NumPy's generator where something is drawn; keyword only"}

DIFFERENT = {
    ("Softmax", "dim"): "-1 instead of a guess that PyTorch warns of",
    ("LogSoftmax", "dim"): "as Softmax", ("Softmin", "dim"): "as Softmax",
    ("Hardtanh", "min_value"): "PyTorch's old word for min_val", ("Hardtanh", "max_value"): "and for max_val",
    ("AvgPool1d", "divisor_override"): "one class for all dimensions; PyTorch has it in two and three",
    ("Buffer", "data"): "there is no buffer without values", ("Parameter", "data"): "nor a parameter",
    ("Buffer", "persistent"): "every buffer is saved", ("Buffer", "dtype"): "arrays of float64 become float32",
    ("Parameter", "dtype"): "arrays of float64 become float32",
    ("Transformer", "activation"): "the name stands for the function",
    ("TransformerEncoderLayer", "activation"): "as Transformer",
    ("TransformerDecoderLayer", "activation"): "as Transformer",
    ("SyncBatchNorm", "process_group"): "the processes are those of the job that trains",
}
"""(class, argument) where one of the two has it alone, or the defaults differ, each with the reason."""

NOT_OURS = {
    "Container": "PyTorch's old word for Module", "NLLLoss2d": "PyTorch's old word for NLLLoss",
    "Module": "Layer", "ModuleDict": "a plain dict is walked", "ModuleList": "a plain list is walked",
    "ParameterDict": "a plain dict is walked", "ParameterList": "a plain list is walked",
    "UninitializedBuffer": "for Lazy layers", "UninitializedParameter": "for Lazy layers",
    "RNNBase": "a base", "RNNCellBase": "a base",
    "DataParallel": "many GPUs",
    "LinearCrossEntropyLoss": "Linear, then CrossEntropyLoss; what it adds is chunks, for the memory of GPUs",
    "LinearCrossEntropyOptions": "as LinearCrossEntropyLoss",
    "LRScheduler": "Schedule",
}
"""Public classes of PyTorch without a counterpart of the name, each with the reason or what stands for it."""

ROOMS = {layers: [torch.nn, torch.nn.utils], losses: [torch.nn], models: [torch.nn], init: [torch.nn.init],
         optim: [torch.optim, torch.optim.lr_scheduler, torch.optim.swa_utils, torch.nn.utils]}
PAIRS = {name: (getattr(room, name), getattr(theirs, name)) for room, modules in ROOMS.items() for name in room.__all__
         for theirs in modules if callable(getattr(theirs, name, None))}


def arguments(function):
    """Return name, default and whether it is keyword only, for every argument; PyTorch's overloads are looked up."""
    made = function.__init__ if inspect.isclass(function) else function
    overloads = typing.get_overloads(made) if inspect.isfunction(made) else []
    parameters = inspect.signature(overloads[0] if overloads else function).parameters.values()
    return {each.name: (None if each.default is each.empty else (each.default,), each.kind is each.KEYWORD_ONLY)
            for each in parameters if each.name != "self"}


def is_free(theirs):
    """Return whether PyTorch's class takes anything and ignores it."""
    return list(arguments(theirs)) in (["args", "kwargs"], ["args"])


@pytest.mark.parametrize("name", PAIRS)
def test_arguments_are_those_of_torch(name):
    ours, theirs = (arguments(each) for each in PAIRS[name])
    if is_free(PAIRS[name][1]):
        assert set(ours) <= set(OURS) | {"layers"}
        return
    if inspect.isfunction(PAIRS[name][0]):
        theirs = {RENAMED.get(argument, argument): how for argument, how in theirs.items()}
    mine = {argument: how for argument, how in ours.items()
            if argument not in OURS and (name, argument) not in DIFFERENT}
    wanted = {argument: how for argument, how in theirs.items()
              if argument not in SWITCHED_OFF and (name, argument) not in DIFFERENT}
    assert [(argument, default) for argument, (default, _) in mine.items()] == \
        [(argument, default) for argument, (default, _) in wanted.items()]
    for argument, (_, keyword_only) in mine.items():    # also where an argument stood in between that we do not have
        skipped = set(list(theirs)[:list(theirs).index(argument)]) & set(SWITCHED_OFF)
        assert keyword_only == wanted[argument][1] or (keyword_only and skipped)
    assert all(ours[argument][1] for argument in OURS if argument in ours), "rng is keyword only"


@pytest.mark.parametrize("name", [name for name, (ours, theirs) in PAIRS.items() if inspect.isclass(ours)
                                  and issubclass(theirs, torch.nn.Module) and ours.forward is not layers.Layer.forward])
def test_optional_arguments_of_a_call_are_those_of_torch(name):
    ours, theirs = ({argument: default for argument, (default, _) in arguments(each.forward).items() if default}
                    for each in PAIRS[name])
    if "named" in arguments(PAIRS[name][0].forward):        # one table of masks for a family; its parity tests pass all
        return
    assert [(argument, default) for argument, default in ours.items() if argument in theirs] == list(theirs.items())


def test_every_exception_is_one():
    for name, argument in DIFFERENT:
        if name in PAIRS:
            ours, theirs = (arguments(each) for each in PAIRS[name])
            assert ours.get(argument) != theirs.get(argument), f"{argument} of {name} is no exception any more"
    assert not set(NOT_OURS) & {name for room in ROOMS for name in room.__all__}


def public_classes(module, base):
    return {name for name, thing in vars(module).items() if not name.startswith("_") and inspect.isclass(thing)
            and thing.__module__.startswith("torch.") and issubclass(thing, base)}


def test_nothing_of_torch_is_missing():
    exports = {name for room in ROOMS for name in room.__all__}
    wanted = (public_classes(torch.nn, object) | public_classes(torch.optim, torch.optim.Optimizer)
              | public_classes(torch.optim.lr_scheduler, torch.optim.lr_scheduler.LRScheduler)
              | {"AveragedModel", "SWALR", "get_ema_avg_fn", "get_swa_avg_fn", "update_bn"}
              | {name for name in vars(torch.nn.init) if name.endswith("_") and not name.startswith("_")}
              | {"calculate_gain"})
    assert {name for name in wanted - exports - set(NOT_OURS) if not name.startswith("Lazy")} == set()
