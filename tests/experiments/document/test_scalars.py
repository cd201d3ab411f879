"""Unquoted scalars: what they mean, and those that mean different things to different readers."""

import pytest
import yaml

from chainrule.experiments.document.scalars import MAX_DIGITS, scalar


@pytest.mark.parametrize(("text", "value"), [
    ("1e-3", 0.001), ("1E+2", 100.0), ("7", 7), ("0", 0), ("-0", 0), ("0.5", 0.5), ("00.5", 0.5), ("0o17", 15),
    ("0x1f", 31), ("no", "no"), ("12:30", "12:30"), ("2001-12-14", "2001-12-14"), ("1_000", "1_000"), ("", None),
    ("True", True), ("v1", "v1")])
def test_what_unquoted_text_means(text, value):
    assert repr(scalar(text)) == repr(value)


@pytest.mark.parametrize(("text", "value"), [("012", 12), ("-012", -12), ("08", 8)])
def test_a_leading_zero_is_refused_for_its_two_meanings(text, value):
    with pytest.raises(ValueError, match=rf"begins with 0, which .* write {value}, or "):
        scalar(text)
    assert yaml.safe_load(text) != value


@pytest.mark.parametrize(("text", "part"), [
    ("1e999", "beyond the largest number"), ("9" * (MAX_DIGITS + 1), "more than 100 digits"),
    ("0x" + "f" * 90, "more than 100 digits")])
def test_numbers_beyond_use_are_refused(text, part):
    with pytest.raises(ValueError, match=part):
        scalar(text)
