"""What the handout asks, and what it knows."""

from chainrule.course.handout.visible_tests import as_handed_out
from chainrule.course.visible import read_test


def test_hidden_examples_and_mistakes_stay_at_home(yaml, circles):
    assert as_handed_out(circles).mistakes == "" and as_handed_out(circles).file is None
    part = "points: 1, examples: [{make: ReLU(), x: [[2]]}, {make: ReLU(), x: [[3]], visible: false}]"
    assignment = yaml(f"title: x\nparts:\n  layers.ReLU.forward: {{{part}}}\n"
                      f"  layers.ReLU.backward: {{visible: false, {part}}}\n")
    forward, backward = as_handed_out(assignment).parts.values()
    assert len(forward.examples) == 1 and backward.examples == []


def test_mistakes_lie_there_as_numbers_with_their_names(built):
    known = read_test(built.handout["visible/circles.area.0.npz"]).known
    assert [each.name for each in known] == ["area: of the diameter"]
    assert known[0].explanation == "The diameter stands where the radius belongs."
    backward = read_test(built.handout["visible/circles.Disc.backward.0.npz"])
    assert [each.name for each in backward.known] == ["Disc.backward: without factor"]
    assert (2 * backward.known[0].answers["once/grad_x"] == backward.expected["once/grad_x"]).all()
