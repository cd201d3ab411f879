"""ONNX's own backend node tests, for every operator that is claimed."""

from collections import Counter

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
interchange = pytest.importorskip("chainrule.interchange.onnx")

PASSED, REFUSED = 653, 171      # refused: types NumPy lacks, options no layer of ours has; docs/onnx.md


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_the_node_tests_of_claimed_operators(tmp_path):
    from onnx.backend.test.case.node import collect_testcases

    from chainrule.interchange.onnx.reading import OPERATORS
    counts, wrong, path = Counter(), [], tmp_path / "node.onnx"
    for case in collect_testcases():
        node = case.model.graph.node[0]
        if len(case.model.graph.node) > 1 or node.op_type not in OPERATORS or node.domain not in ("", "ai.onnx"):
            continue
        inputs, outputs = ([onnx.numpy_helper.to_array(each) if isinstance(each, onnx.TensorProto) else each
                            for each in side] for side in case.data_sets[0])
        model = onnx.ModelProto.FromString(case.model.SerializeToString())
        names = [each.name for each in model.graph.input]
        model.graph.initializer.extend(     # weights, sizes and axes are constants of a network
            onnx.numpy_helper.from_array(np.asarray(each), name)
            for name, each in zip(names[1:], inputs[1:], strict=False) if not isinstance(each, (list, type(None))))
        onnx.save(model, path)
        try:
            network = interchange.load_onnx(path).eval()
        except interchange.OnnxError:
            counts["refused"] += 1
            continue
        try:
            found = network.forward(*inputs[:len(network.inputs)])
            found = found if isinstance(found, tuple) else (found,)
            for y, expected in zip(found, outputs, strict=True):
                half = np.asarray(expected).dtype == np.float16
                np.testing.assert_allclose(y, expected, rtol=max(case.rtol, 1e-3), atol=1e-3 if half else 1e-5)
            counts["passed"] += 1
        except Exception as error:      # whatever it is, the case has not passed
            wrong.append(f"{case.name}: {error!r}"[:300])
    assert not wrong
    assert (counts["passed"], counts["refused"]) == (PASSED, REFUSED)
