"""An assignment's file: what parts leave out is filled in, what is wrong is told by line and column."""

import pytest

from chainrule.experiments.document.problems import ConfigError

GOOD = """title: Linear layers
leave_out: [frozen]
parts:
  layers.Linear.forward: {points: 4, examples: [{make: "Linear(4, 3)", x: [[5, 4]]}]}
  layers.Linear.backward: {points: 6}
  loss: {target: losses.MSELoss.slope, points: 2, leave_out: [], examples: [{make: MSELoss(), x: [[2, 3], [2, 3]]}]}
"""


def test_what_parts_leave_out_comes_from_those_before(yaml):
    assignment = yaml(GOOD)
    forward, backward, loss = assignment.parts.values()
    assert forward.compares == "outputs" and backward.compares == "gradients" and loss.compares == "all"
    assert backward.examples == forward.examples
    assert forward.needs == () and backward.needs == ("layers.Linear.forward",) and loss.needs == ()
    assert backward.leave_out == ("frozen",) and loss.leave_out == ()
    assert assignment.name == "a" and assignment.points == 12
    assert loss.target == "losses.MSELoss.slope"


@pytest.mark.parametrize(("change", "where", "words"), [
    (("points: 6", "pionts: 6"), "5:28", "did you mean 'points'"),
    (("points: 6", "points: 0"), "5:36", "above 0"),
    (("points: 6", "points: 6, needs: [layers.Linear.foward]"), "5:3", "layers.Linear.forward"),
    (("x: [[5, 4]]", "x: [rng.normal(]"), "4:3", "no expression of Python"),
    (('make: "Linear(4, 3)", ', ""), "4:3", "either 'make'"),
    (("[frozen]", "[frosen]"), "4:3", "frozen"),
    (("title: Linear layers", "title: x\ntext: a.md"), "2:7", "no file 'a.md'"),
    (("points: 4", "points: 4, accuracy: 0.9"), "4:3", "labels"),
    (("points: 2, leave_out: [], examples: [{make: MSELoss(), x: [[2, 3], [2, 3]]}]", "points: 2"), "6:3",
     "no examples"),
])
def test_what_is_wrong_is_told_with_its_place(yaml, change, where, words):
    assert change[0] in GOOD
    with pytest.raises(ConfigError) as caught:
        yaml(GOOD.replace(*change))
    assert f"a.yaml:{where}" in str(caught.value)
    assert words in str(caught.value)


def test_an_assignment_has_parts(yaml):
    with pytest.raises(ConfigError, match="at least one part"):
        yaml("title: x\nparts: {}\n")


VARIANTS = """title: x
seed: {seed}
variants:
  - - a: {{target: layers.ReLU.forward, points: 1, examples: [{{make: ReLU(), x: [[3]]}}]}}
    - b: {{target: layers.Tanh.forward, points: 1, examples: [{{make: Tanh(), x: [[3]]}}]}}
parts:
  last: {{target: layers.Tanh.backward, points: 1, examples: [{{make: Tanh(), x: [[3]]}}]}}
"""


def test_the_seed_takes_one_of_the_variants(yaml):
    taken = [tuple(yaml(VARIANTS.format(seed=seed)).parts) for seed in range(20)]
    assert set(taken) == {("a", "last"), ("b", "last")}
    assert taken == [tuple(yaml(VARIANTS.format(seed=seed)).parts) for seed in range(20)]
    assert yaml(VARIANTS.format(seed=1)).variants == []
