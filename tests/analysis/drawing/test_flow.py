"""Flows: containers taken apart, weightless layers joined, shapes those of a forward pass."""

import numpy as np
import pytest

from chainrule.analysis.drawing import flow_of
from chainrule.layers import Add, Concat, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Select
from chainrule.layers.core import Layer
from chainrule.models import Graph, Parallel, Residual, Sequential, zoo


def texts(flow):
    return [[title for title, _ in node.rows] for node in flow.nodes]


def reaches(flow, start, end):
    return start == end or any(reaches(flow, target, end) for source, target in flow.edges if source == start)


def test_layers_without_weights_stand_in_the_box_before():
    flow = flow_of(Sequential(Flatten(), Linear(4, 3), ReLU(), Linear(3, 2)), (2, 2))
    assert texts(flow) == [["x"], ["Flatten()"], ["Linear(4, 3)", "ReLU()"], ["Linear(3, 2)"], ["y"]]
    assert flow.edges == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert [node.count for node in flow.nodes] == [0, 0, 15, 8, 0]


def test_a_graph_has_the_edges_that_it_was_written_with_in_any_order():
    graph = Graph(["a", "b"], {"sum": (Add(), "left", "b"), "left": (Linear(4, 3), "a"), "out": (Linear(3, 2), "sum"),
                               "both": (Concat(), "sum", "out")}, ["both", "out"])
    flow = flow_of(graph, (4,), (3,))
    names = [node.name or node.rows[0][0] for node in flow.nodes]
    assert {(names[source], names[target]) for source, target in flow.edges} == {
        ("a", "left"), ("left", "sum"), ("b", "sum"), ("sum", "out"), ("sum", "both"), ("out", "both"), ("both", "y"),
        ("out", "y")}
    assert all(source < target for source, target in flow.edges)


def test_branches_and_the_way_around():
    flow = flow_of(Sequential(Parallel(Linear(4, 3), Linear(4, 2)), Concat(), Residual(Linear(5, 5), Linear(5, 5)),
                              Residual(ReLU())), (4,))
    assert [node.kind for node in flow.nodes] == ["input", "layer", "layer", "layer", "layer", "layer", "sum", "layer",
                                                  "sum", "output"]
    assert flow.edges == [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6), (6, 7), (7, 8), (6, 8),
                          (8, 9)]


@pytest.mark.parametrize(("make", "shape"), [
    (lambda: zoo.resnet(widths=[4, 8], blocks=1, in_channels=1, image_size=8), (1, 8, 8)),
    (lambda: Sequential(Conv2d(2, 3, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(27, 5)), (2, 8, 8)),
    (lambda: Sequential(Parallel(Linear(4, 3), Linear(4, 2)), Select(1)), (4,)),
])
def test_every_parameter_is_counted_once_and_the_last_shape_is_the_outputs(make, shape):
    model = make()
    flow = flow_of(model, shape)
    assert sum(node.count for node in flow.nodes) == sum(each.size for each in model.parameters())
    y = model.forward(np.zeros((1, *shape), np.float32))
    assert flow.nodes[-1].rows == [("y", "×".join(map(str, y.shape[1:])))]
    assert all(reaches(flow, 0, number) and reaches(flow, number, len(flow.nodes) - 1)
               for number in range(len(flow.nodes)))


def test_a_layer_that_does_not_describe_itself_is_drawn_without_shapes(caplog):
    class Own(Layer):
        def forward(self, x):
            return x

    assert flow_of(Sequential(Linear(4, 3), Own()), (4,)).nodes[-1].rows == [("y", "")]
    assert flow_of(Sequential(Linear(4, 3)), (5,)).nodes[1].rows == [("Linear(4, 3)", "")]     # of a wrong shape, too
    assert [record.message.partition(" ")[0] for record in caplog.records] == ["Own", "Linear(4,"]
