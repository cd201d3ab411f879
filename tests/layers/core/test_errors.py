"""Error texts."""

from chainrule.layers.core import ChainruleError, UnknownNameError, message, nearest


def test_unknown_names_list_the_known_and_the_nearest():
    error = UnknownNameError.of("layer", "Lineer", ["ReLU", "Linear"])
    assert str(error) == "unknown layer 'Lineer' – did you mean 'Linear'?; known: Linear, ReLU"
    assert isinstance(error, ChainruleError) and isinstance(error, LookupError)


def test_nearest_ignores_case_and_stays_silent_when_nothing_is_near():
    assert nearest("relu", ["ReLU", "Linear"]) == " – did you mean 'ReLU'?"
    assert nearest("xyz", ["ReLU", "Linear"]) == ""


def test_message_joins_addresses():
    error = ChainruleError("wrong")
    error.add_note("in layer 1 of 2")
    assert message(error) == "wrong; in layer 1 of 2"
