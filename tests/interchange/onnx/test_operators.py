"""The operators' own layers: the contract battery for each that has a gradient, a reason for each other one."""

import inspect

import numpy as np
import pytest

from chainrule.layers.core import Parameter
from chainrule.testing import check_layer

pytest.importorskip("onnx")
operators = pytest.importorskip("chainrule.interchange.onnx.operators")
Cast, Curve, Extreme, Operator = operators.Cast, operators.Curve, operators.Extreme, operators.Operator
Product, Raise, Rearranged = operators.Product, operators.Raise, operators.Rearranged
Reduction, Weight, Where = operators.Reduction, operators.Weight, operators.Where

RNG = np.random.default_rng(0)
SMALL, ABOVE, BEYOND = (RNG.uniform(*ends, (5, 3)) for ends in ((-0.9, 0.9), (0.2, 3), (1.1, 3)))
RANGES = {"Acos": SMALL, "Acosh": BEYOND, "Asin": SMALL, "Atanh": SMALL, "Reciprocal": ABOVE, "Sqrt": ABOVE,
          "Tan": SMALL}
BROKEN = np.array([[1, 0, 1], [0, 0, 1]], bool)

MOVES = {       # the shape of x, what else the operator is told, and options
    "DepthToSpace": [((2, 8, 3, 2), (), {"blocksize": 2}), ((1, 4, 2, 3), (), {"blocksize": 2, "mode": "CRD"})],
    "Expand": [((3, 1), ([2, 3, 4],), {}), ((2, 3), ([1, 1],), {})],
    "Flatten": [((2, 3, 4), (), {"axis": 2}), ((2, 3), (), {"axis": 0})],
    "Gather": [((5, 3), ([[0, 4], [4, -1]],), {"axis": 0}), ((2, 5, 3), ([1, 1],), {"axis": 1})],
    "GatherElements": [((3, 4), ([[0, 2, 2, -1]],), {"axis": 0})],
    "Pad": [((2, 3), ([1, 0, 2, 1], 0.5), {}), ((2, 5), ([0, 2, 0, 1],), {"mode": "reflect"}),
            ((2, 3), ([1, 0, 0, 2],), {"mode": "edge"}), ((4, 3), ([-1, 1, 0, 0],), {}),
            ((2, 5), ([2, 1], None, [1]), {"mode": "wrap"})],
    "Reshape": [((2, 3, 4), ([0, -1],), {})],
    "Slice": [((5, 6), ([1, 4], [5, 0], [0, 1], [2, -1]), {}), ((5, 2), ([-3], [100]), {})],
    "SpaceToDepth": [((2, 3, 4, 2), (), {"blocksize": 2}), ((1, 2, 2, 4), (), {"blocksize": 2, "mode": "CRD"})],
    "Split": [((7, 3), ([3, 4],), {}), ((2, 7), (), {"axis": 1, "num_outputs": 3})],
    "Squeeze": [((2, 1, 3, 1), ([1],), {}), ((2, 1, 3, 1), (), {})],
    "Tile": [((2, 3), ([3, 2],), {})],
    "Transpose": [((2, 3, 4), (), {"perm": (2, 0, 1)}), ((2, 3), (), {})],
    "Trilu": [((4, 3), (), {}), ((2, 3, 4), (1,), {"upper": 0})],
    "Unsqueeze": [((2, 3), ([0, -1],), {})],
}

CASES = {f"Curve {name}": (lambda name=name: Curve(name), RANGES.get(name, (5, 3))) for name in operators.CURVES}
for name, cases in MOVES.items():
    for number, (shape, how, options) in enumerate(cases):
        bound = {1 + place: each if each is None else np.array(each) for place, each in enumerate(how)}
        CASES[f"{name} {number}"] = (lambda name=name, bound=bound, options=options: Rearranged(name, bound, options),
                                     shape)
for name in operators.REDUCTIONS:
    given = RNG.uniform(0.2, 3, (4, 3, 5)) if name == "ReduceLogSum" else (4, 3, 5)
    CASES |= {
        f"{name} all": (lambda name=name: Reduction(name), given),
        f"{name} one": (lambda name=name: Reduction(name, {1: np.array([1])}, {"keepdims": 0}), given),
        f"{name} two": (lambda name=name: Reduction(name, options={"axes": [-1, 0]}), given),
        f"{name} none": (lambda name=name: Reduction(name, {1: np.array([], int)}, {"noop_with_empty_axes": 1}), given),
    }
CASES |= {
    "Max": (lambda: Extreme(1), (4, 3), (3,), (2, 1, 3)),
    "Min": (lambda: Extreme(-1), (4, 3), (4, 1)),
    "Pow": (Raise, ABOVE, (3,)),
    "Where": (lambda: Where("Where", {0: BROKEN}), (2, 3), (3,)),
    "Where of inputs": (lambda: Where("Where"), BROKEN, (2, 1), (4, 2, 3)),
    "Where with a constant": (lambda: Where("Where", {0: BROKEN, 2: np.float32([0.5])}), (2, 3)),
    "MatMul": (lambda: Product("MatMul"), (4, 3), (3, 5)),
    "MatMul of stacks": (lambda: Product("MatMul"), (2, 1, 4, 3), (5, 3, 2)),
    "MatMul of a vector": (lambda: Product("MatMul"), (3,), (2, 3, 4)),
    "MatMul with a vector": (lambda: Product("MatMul"), (2, 4, 3), (3,)),
    "MatMul of vectors": (lambda: Product("MatMul"), (3,), (3,)),
    "MatMul with a constant": (lambda: Product("MatMul", {0: RNG.normal(size=(4, 3)).astype(np.float32)}), (3, 2)),
}

REASONS = {
    "Cast": "its output has the type that it is told; below",
    "Exact": "whole numbers and truth values have no gradient",
    "Fixed": "a constant of the file is not trained, and has no input",
    "Operator": "the base of the others",
    "Weight": "it has no input; below",
}


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_differences(name):
    make, *x = CASES[name]
    assert check_layer(make(), *x, batch_axis=None).problems == []


def test_every_operator_has_an_example_or_a_reason():
    assert set(MOVES) == set(operators.MOVES)
    made = {type(make()).__name__ for make, *_ in CASES.values()}
    classes = {name for name in operators.__all__ if inspect.isclass(getattr(operators, name))}
    assert made | set(REASONS) == classes and not made & set(REASONS)


def test_those_with_a_reason_pass_no_gradient():
    counted = operators.Exact("Shape", lambda x: np.array(x.shape))
    assert counted.forward(np.ones((2, 3))).tolist() == [2, 3] and counted.backward(np.zeros(2)) is None
    fixed = operators.Fixed(np.ones(3))
    assert fixed.forward().tolist() == [1, 1, 1] and fixed.backward(np.ones(3)) is None
    assert not list(fixed.parameters())


def test_a_weight_gets_the_gradient_of_what_reads_it():
    weight = Weight(Parameter(np.ones((2, 3), np.float32)))
    for _ in range(2):
        assert weight.forward().shape == weight.describe().y_shapes[0] and weight.backward(np.ones((2, 3))) is None
    assert (weight.weight.grad == 2).all()


def test_a_cast_back_gives_the_gradient_in_the_type_of_its_input():
    cast = Cast("Cast", options={"dtype": np.dtype(np.float16)})        # too coarse for differences
    x = RNG.normal(size=(2, 3)).astype(np.float32)
    assert cast.forward(x).dtype == np.float16
    np.testing.assert_array_equal(cast.backward(np.ones((2, 3), np.float16)), np.ones((2, 3), np.float32))
