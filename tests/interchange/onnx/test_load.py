"""Reading files: what is refused, and networks that other tools wrote."""

import numpy as np
import pytest

from chainrule import layers

onnx = pytest.importorskip("onnx")
interchange = pytest.importorskip("chainrule.interchange.onnx")
helper = onnx.helper


def written(path, nodes, x=("N", 3), initializers=(), y=("N",)):
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", 1, x)],
        [helper.make_tensor_value_info("y", 1, y)],
        [onnx.numpy_helper.from_array(array, name) for name, array in initializers])
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 21)])
    onnx.save(model, path)
    return path


def test_an_unknown_operator_is_named_with_its_node(tmp_path):
    path = written(tmp_path / "m.onnx", [helper.make_node("Einsum", ["x"], ["y"], name="sum", equation="ij->i")])
    with pytest.raises(interchange.OnnxError, match="node 'sum': unknown operator 'Einsum'"):
        interchange.load_onnx(path)


def test_a_use_that_no_layer_has_is_named_with_its_node(tmp_path):
    weight = np.ones((1, 6, 3), np.float32), np.ones((1, 6, 2), np.float32)
    path = written(tmp_path / "m.onnx", [helper.make_node("GRU", ["x", "w", "r"], ["y"], name="gru", hidden_size=2)],
                   (5, "N", 3), zip("wr", weight, strict=True), (5, 1, "N", 2))
    with pytest.raises(interchange.OnnxError, match=r"node 'gru' \(GRU\): expected linear_before_reset=1"):
        interchange.load_onnx(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no model", b"\x08\x0a"])
def test_what_is_no_file_of_onnx_ends_in_one_error(tmp_path, content):
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(interchange.OnnxError, match=r"m.onnx is no valid ONNX file"):
        interchange.load_onnx(tmp_path / "m.onnx")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(interchange.OnnxError, match=r"none.onnx can not be read: No such file"):
        interchange.load_onnx(tmp_path / "none.onnx")


def test_shapes_computed_on_the_way_are_followed(tmp_path):
    """The batch's size taken from a shape, as PyTorch's exporter writes it."""
    nodes = [helper.make_node("Shape", ["x"], ["s"]), helper.make_node("Gather", ["s", "zero"], ["n"], axis=0),
             helper.make_node("Unsqueeze", ["n", "axes"], ["m"]),
             helper.make_node("Concat", ["m", "rest"], ["target"], axis=0),
             helper.make_node("Reshape", ["x", "target"], ["y"])]
    whole = [("zero", np.array(0)), ("axes", np.array([0])), ("rest", np.array([3, 2]))]
    model = interchange.load_onnx(written(tmp_path / "m.onnx", nodes, ("N", 6), whole, ("N", 3, 2)))
    x = np.arange(24, dtype=np.float32).reshape(4, 6)
    np.testing.assert_array_equal(model.forward(x), x.reshape(4, 3, 2))
    np.testing.assert_array_equal(model.backward(x.reshape(4, 3, 2)), x)


def test_a_product_with_a_weight_and_a_sum_is_one_linear(tmp_path):
    path = tmp_path / "m.onnx"
    linear = layers.Linear(3, 2)
    interchange.export_onnx(linear, path, (5, 4, 3))
    model = interchange.load_onnx(path)
    [layer] = model.nodes.values()
    assert isinstance(layer, layers.Linear)
    np.testing.assert_array_equal(layer.weight.data, linear.weight.data)
    np.testing.assert_array_equal(layer.bias.data, linear.bias.data)


def test_batch_norms_train_on(tmp_path):
    norm = layers.BatchNorm1d(3)
    interchange.export_onnx(norm, tmp_path / "m.onnx", (5, 3))
    model = interchange.load_onnx(tmp_path / "m.onnx")
    x = np.random.default_rng(0).standard_normal((7, 3)).astype(np.float32) + 2
    np.testing.assert_allclose(model.forward(x), norm.forward(x), atol=1e-6)
    [read] = model.nodes.values()
    np.testing.assert_allclose(read.running_mean.data, norm.running_mean.data, rtol=1e-6)


def test_texts_and_sparse_weights_are_refused(tmp_path):
    numbers = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], [1.0])
    sparse = onnx.helper.make_sparse_tensor(numbers, onnx.helper.make_tensor("i", onnx.TensorProto.INT64, [1], [2]),
                                            [3, 2])
    texts = onnx.numpy_helper.from_array(np.array([b"a"], object), "w")
    x, y = (onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", size]) for name, size in
            (("x", 3), ("y", 2)))
    for dense, thin, said in (([texts], [], "got texts"), ([], [sparse], "got a sparse one")):
        graph = onnx.helper.make_graph([onnx.helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], dense,
                                       sparse_initializer=thin)
        onnx.save(onnx.helper.make_model(graph, ir_version=10, opset_imports=[onnx.helper.make_opsetid("", 18)]),
                  tmp_path / "m.onnx")
        with pytest.raises(interchange.OnnxError, match=f"initializer 'w': .*{said}"):
            interchange.load_onnx(tmp_path / "m.onnx")


def test_a_summary_knows_the_shapes(tmp_path):
    interchange.export_onnx(layers.MultiheadAttention(6, 3, batch_first=True), tmp_path / "m.onnx",
                            *[(2, 5, 6)] * 3)
    described = interchange.load_onnx(tmp_path / "m.onnx").describe(*[(2, 5, 6)] * 3)
    assert described.y_shapes == ((2, 5, 6), (2, 5, 5))
