"""The gradient check of whole networks."""

import numpy as np

import chainrule
from chainrule.layers import Concat, Dropout, Linear, ReLU, Tanh
from chainrule.losses import CrossEntropyLoss, MSELoss
from chainrule.models import Parallel, Residual, Sequential
from chainrule.testing import check_model

labels = np.array([0, 2, 1, 1, 0, 2, 2])


class Wrong(Linear):
    def backward(self, grad_out):
        grad_x = super().backward(grad_out)
        self.weight.grad[0, 0] += 0.1
        return grad_x


def network(middle):
    return Sequential(Linear(5, 6), Parallel(Sequential(middle, Tanh()), Dropout(0.2)), Concat(),
                      Residual(Linear(10, 10)), ReLU(), Linear(10, 3))


def test_a_right_network_passes():
    report = check_model(network(Linear(6, 4)), CrossEntropyLoss(), (7, 5), labels)
    assert report.problems == []
    assert report.subject == "Sequential with CrossEntropyLoss()"


def test_the_wrong_parameter_is_named():
    problems = check_model(network(Wrong(6, 4)), CrossEntropyLoss(), (7, 5), labels, entries=100).problems
    assert len(problems) == 1
    assert problems[0].startswith("model.1.0.0.weight.grad against central differences: 1 of 24 values differ, "
                                  "first at index [0, 0]")


def test_a_wrong_entry_outside_of_the_sample_is_found_along_a_direction():
    (problem,) = check_model(network(Wrong(6, 4)), CrossEntropyLoss(), (7, 5), labels, entries=1).problems
    assert problem.startswith("model.1.0.0.weight.grad")


def test_model_and_generator_are_left_alone():
    model = network(Linear(6, 4))
    before, state = model.state_dict(), chainrule.layers.core.get_rng_state()
    check_model(model, MSELoss(), (7, 5), (7, 3))
    assert all((value == before[name]).all() for name, value in model.state_dict().items())
    assert chainrule.layers.core.get_rng_state() == state


def test_evaluation_is_respected():
    class TrainingWrong(Dropout):
        def backward(self, grad_out):
            return super().backward(grad_out) * (2 if self.saved().mask is not None else 1)
    model = Sequential(Linear(5, 4), TrainingWrong(0.3), Linear(4, 3))
    assert check_model(model, CrossEntropyLoss(), (7, 5), labels).problems
    assert check_model(model.eval(), CrossEntropyLoss(), (7, 5), labels).problems == []


def test_several_inputs_are_a_tuple():
    from chainrule.layers import Multiply
    from chainrule.models import Graph
    model = Graph(["a", "b"], {"c": (Linear(3, 2), "a"), "y": (Multiply(), "c", "b")}, ["y"])
    assert check_model(model, MSELoss(), ((5, 3), (5, 2)), (5, 2)).problems == []
