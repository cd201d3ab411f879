"""An assignment goes through JSON and comes back."""

import json

from chainrule.course import Assignment


def test_json_and_back(circles):
    again = Assignment.of(json.loads(json.dumps(circles.plain())))
    assert again.parts == circles.parts and again.feedback == circles.feedback and again.limits == circles.limits
    assert again.file is None and "file" not in circles.plain()


def test_a_part_may_have_a_tolerance_of_its_own(yaml):
    part = "{points: 1, %s target: layers.ReLU.forward, examples: [{make: ReLU(), x: [[2]]}]}"
    assignment = yaml(f"title: x\ntolerance: 1e-3\nparts:\n  a: {part % ''}\n  b: {part % 'tolerance: 0.01,'}\n")
    assert assignment.tolerance_of("a") == 1e-3 and assignment.tolerance_of("b") == 0.01
