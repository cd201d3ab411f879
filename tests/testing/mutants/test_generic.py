"""Mistakes that any layer can make."""

from chainrule.layers import Linear, Tanh
from chainrule.testing.mutants import Subject, generic_mutants

linear = Subject(Linear, lambda: Linear(3, 2), ((4, 3),))
tanh = Subject(Tanh, Tanh, ((4, 3),))


def test_mistakes_with_parameters_are_made_only_where_there_are_any():
    with_parameters, without = generic_mutants(linear), generic_mutants(tanh)
    assert len(with_parameters) > len(without) >= 8
    assert not [mutant for mutant in without if "parameter" in mutant.name]


def test_they_are_caught_by_the_check_meant_for_them():
    sentences = {
        "gradient negative": "grad_x against central differences",
        "upstream doubled in place": "grad_out after backward",
        "gradient in half precision": "grad_x for x in float32 and a layer in float32, grad_out in float32: expected",
        "answer before forward": "backward before forward: expected StateError",
        "parameter gradients overwritten": "weight.grad after a second backward",
        "parameter gradients subtracted": "weight.grad against central differences",
        "frozen parameters thawed": "weight.grad with weight frozen",
        "parameters updated on the way back": "weight after forward and backward",
    }
    found = {mutant.name.split(": ")[1]: linear.check(mutant.make()).problems for mutant in generic_mutants(linear)}
    for name, sentence in sentences.items():
        assert any(problem.startswith(sentence) for problem in found[name]), name
