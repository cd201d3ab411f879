"""Callback: every moment does nothing until it is overridden."""

from chainrule.training import Callback


def test_a_bare_callback_changes_nothing(fitted):
    plain, called = fitted(), fitted(Callback())
    assert all((value == called.model.state_dict()[name]).all() for name, value in plain.model.state_dict().items())
