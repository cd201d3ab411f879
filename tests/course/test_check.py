"""What a student sees."""

import sys

import pytest

from chainrule.course.check import main


@pytest.fixture
def check(written, monkeypatch, capsys):
    monkeypatch.chdir(written)

    def run(*parts, **changes):
        text = (written / "circles.py").read_text()
        for name, code in changes.items():
            text = text.replace(f'raise NotImplementedError("circles.{name.replace("_", ".")}")', code)
        (written / "circles.py").write_text(text)
        code = main(["assignment", "check", *parts])
        return code, capsys.readouterr().out
    return run


RIGHT = {"area": "return np.pi * radii * radii", "Disc_forward": "self.cache = x\n        return x * self.factor",
         "Disc_backward": "self.saved()\n        return grad_out * self.factor", "guess": "return x > 0"}


def test_all_right(check):
    code, text = check(**RIGHT)
    assert code == 0 and "10 of 10 points" in text and text.count("✓") == 4
    assert "circles" not in sys.modules


def test_the_untouched_handout(check):
    code, text = check()
    assert code == 1 and "0 of 10 points" in text
    assert "circles.Disc.backward: waits for circles.Disc.forward" in text


def test_a_known_mistake_is_named(check):
    code, text = check(**RIGHT | {"area": "return np.pi * (2 * radii) ** 2",
                                  "Disc_backward": "self.saved()\n        return grad_out"})
    assert code == 1 and "5 of 10 points" in text
    assert "The diameter stands where the radius belongs." in text and "known as: area: of the diameter" in text
    assert "known as: Disc.backward: without factor" in text


def test_an_unknown_mistake_is_described(check):
    _, text = check("circles.Disc.backward", **RIGHT | {"Disc_backward": "self.saved()\n        return -2 * grad_out"})
    assert "grad_x after one forward and one backward" in text and "sign" in text.lower()
    assert "circles.area" not in text


def test_accuracy_is_counted(check):
    _, text = check("circles.guess", guess="return x > 0.5")
    assert "expected at least 90.0%, received" in text


def test_a_file_that_is_no_python_is_told(check):
    code, text = check(area="return (")
    assert code == 1 and "SyntaxError" in text and "circles.py" in text


def test_a_part_that_is_not_there(check, capsys):
    with pytest.raises(SystemExit):
        check("circles.aera")
    assert "no part 'circles.aera'; known: circles.area" in capsys.readouterr().err


def test_what_takes_too_long_is_told(check, monkeypatch):
    times = iter(range(0, 1000, 11))
    monkeypatch.setattr("chainrule.course.check.perf_counter", lambda: next(times))
    code, text = check("circles.area", **RIGHT)
    assert code == 1 and "it took 22 s; 10 s are allowed" in text
