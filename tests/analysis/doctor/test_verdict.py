"""A verdict is one line."""

from chainrule.analysis.doctor import Verdict


def test_a_line_has_what_there_is():
    assert str(Verdict("gradient flow", "good", "from 1 to 2")) == "good     gradient flow        from 1 to 2"
    assert str(Verdict("dead ReLUs", "skipped", "there is no ReLU", "")).endswith("there is no ReLU")
    assert str(Verdict("a", "bad", "b", "c")).endswith("b; c")
