"""Writing files: versions, sizes that stay free, errors that write nothing; and the tables."""

import inspect

import numpy as np
import pytest

from chainrule import layers, models
from chainrule.layers import Linear, ReLU

onnx = pytest.importorskip("onnx")
interchange = pytest.importorskip("chainrule.interchange.onnx")


def test_the_file_is_of_the_pinned_versions_and_names_weights_as_the_state_dict(tmp_path):
    model = models.Sequential(Linear(3, 4), layers.Dropout(0.5), ReLU(), Linear(4, 2))
    interchange.export_onnx(model, tmp_path / "m.onnx", (1, 3))
    file = onnx.load(tmp_path / "m.onnx")
    assert file.ir_version == 10 and file.opset_import[0].version == 21
    assert [node.op_type for node in file.graph.node] == ["Gemm", "Relu", "Gemm"]
    assert {each.name for each in file.graph.initializer} == set(model.state_dict())
    assert file.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N"
    assert file.graph.output[0].type.tensor_type.shape.dim[0].dim_param == "N"


def test_a_layer_of_ones_own_is_refused_by_name_and_nothing_is_written(tmp_path):
    class Own(layers.LinearMap):
        def output_shape(self, x_shape):
            return x_shape

    with pytest.raises(interchange.OnnxError, match=r"layer '1' \(Own\(\)\) can not be written to ONNX: nobody has"):
        interchange.export_onnx(models.Sequential(Linear(3, 3), Own()), tmp_path / "m.onnx", (1, 3))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("x", "axis", "said"), [
    ([], 0, "got 0 and 0"), ([(2, 3)], [0, 1], "a batch_axis for each or one for all, got 1 and 2"),
    ([(2, 3)], 2, r"an axis of an input of shape \(2, 3\), got 2"), ([[[1, 2, 3]]], 0, "got list")])
def test_inputs_and_axes_that_do_not_fit(tmp_path, x, axis, said):
    with pytest.raises(interchange.OnnxError, match=said):
        interchange.export_onnx(Linear(3, 2), tmp_path / "m.onnx", *x, batch_axis=axis)
    assert not list(tmp_path.iterdir())


def test_every_exported_layer_has_an_exporter_or_a_reason():
    from chainrule.interchange.onnx.writing import EXPORTERS, REASONS
    bases = {"Layer", "Elementwise", "LinearMap", "Gate", "Model"}
    for room in (layers, models):
        for name in set(room.__all__) - bases:
            kind = getattr(room, name)
            if inspect.isclass(kind) and issubclass(kind, layers.Layer):
                has = any(base in EXPORTERS for base in kind.__mro__)
                assert has != (name in REASONS), name


def test_a_tied_weight_is_written_once_and_comes_back_tied(tmp_path):
    linear = Linear(3, 5)
    model = models.Sequential(linear, layers.TiedLinear(linear))
    interchange.export_onnx(model, tmp_path / "m.onnx", (1, 3))
    back = interchange.load_onnx(tmp_path / "m.onnx")
    assert sorted(parameter.shape for parameter in back.parameters()) == [(3,), (5,), (5, 3)]
    x = np.ones((2, 3), np.float32)
    np.testing.assert_allclose(back.forward(x), model.forward(x), atol=1e-6)
