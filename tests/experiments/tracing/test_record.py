"""Traces in files, and where two of them part."""

import json

import numpy as np
import pytest

from chainrule.experiments import trace
from chainrule.experiments.tracing.record import TraceFileError, first_parting, read_trace, record, write_trace
from chainrule.layers import Linear, Tanh
from chainrule.losses import MSELoss
from chainrule.models import Sequential


def steps(**changes):
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 4, rng=rng), changes.get("activation", Tanh)(), Linear(4, 2, rng=rng))
    model[2].weight.data[1, 3] += changes.get("shift", 0)
    return trace(model, MSELoss(), rng.standard_normal((changes.get("rows", 5), 3)),
                 np.zeros((changes.get("rows", 5), 2)))


def test_a_trace_survives_its_file(tmp_path):
    write_trace(tmp_path / "mine.json", steps())
    found = read_trace(tmp_path / "mine.json")
    assert found == json.loads(json.dumps(record(steps())))
    assert first_parting(record(steps()), found) == ""
    weight = dict(steps()[0].arrays)["weight"]
    array = found["steps"][0]["arrays"][1]
    assert (array["name"], array["shape"]) == ("weight", [4, 3])
    np.testing.assert_array_equal(array["values"], weight.ravel())
    assert array["norm"] == pytest.approx(np.linalg.norm(weight))


def test_the_first_step_that_parts_is_named():
    found = first_parting(record(steps(shift=0.5)), record(steps()))
    assert found.startswith("step 3 of 8, forward 2 Linear(4, 2): weight differs at index [1, 3]: ")
    assert found.endswith("; the 2 steps before agree")


def test_a_wrong_backward_parts_on_the_way_back():
    class Wrong(Tanh):
        def slope(self, x, y):
            return 1 - y
    found = first_parting(record(steps(activation=Wrong)), record(steps()))
    assert found.startswith("step 7 of 8, backward 1 Tanh(): grad_x differs at index [0, 0]")


def test_other_shapes_and_other_networks():
    assert "x has shape (4, 3), the reference (5, 3)" in first_parting(record(steps(rows=4)), record(steps()))
    short = record(steps())
    short["steps"] = short["steps"][:6]
    assert first_parting(short, record(steps())).startswith("mine has 6 steps, the reference 8")


def test_nan_and_large_arrays():
    def large(value):
        model = Sequential(Linear(200, 100, rng=np.random.default_rng(1)))
        model[0].weight.data[0, 0] = value
        return record(trace(model, MSELoss(), np.ones((2, 200)), np.zeros((2, 100))))
    one = large(np.nan)
    assert first_parting(one, large(np.nan)) == ""
    assert "weight differs" in first_parting(one, large(1.0))
    assert "values" not in one["steps"][0]["arrays"][1]
    assert json.dumps(one, allow_nan=False)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": "x"}', '{"format": "chainrule trace", "version": 9}',
                                  '{"format": "chainrule trace", "version": 1, "steps": [{}]}',
                                  '{"format": "chainrule trace", "version": 1}', "\x00", "[" * 100000])
def test_damaged_files_are_one_error(tmp_path, text):
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(TraceFileError, match=r"bad\.json expected a"):
        read_trace(tmp_path / "bad.json")
