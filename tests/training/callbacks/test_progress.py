"""Progress: plain lines where nobody watches, a bar on a terminal."""

import contextlib
import io
import re
import subprocess
import sys

import pytest

from chainrule.layers.core import ValueRangeError
from chainrule.training import Callback, EarlyStopping, Progress

LINE = re.compile(r"epoch +(\d+)/(\d+)  loss \S+  (val_loss \S+  )?lr 0.1  \d+\.\d\d s  \d+:\d\d:\d\d left")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_one_plain_line_for_each_epoch(fitted, regression, capsys):
    fitted(Progress(), epochs=12, validation=regression())
    out = capsys.readouterr().out
    assert out.isascii() and "\r" not in out and "\x1b" not in out
    matches = [LINE.fullmatch(line) for line in out.splitlines()]
    assert [(match[1], match[2]) for match in matches] == [(str(epoch), "12") for epoch in range(1, 13)]
    assert out.splitlines()[0].startswith("epoch  1/12") and out.splitlines()[-1].endswith("0:00:00 left")


def test_every_so_many_epochs_and_the_last(fitted, capsys):
    fitted(Progress(every=3), epochs=7)
    assert [LINE.fullmatch(line)[1] for line in capsys.readouterr().out.splitlines()] == ["3", "6", "7"]


def test_the_reason_of_an_early_end_is_told(fitted, regression, capsys):
    class Worse(Callback):
        def on_epoch_end(self, trainer, row):
            row["val_loss"] = trainer.epoch

    fitted(Worse(), Progress(every=10), EarlyStopping(patience=2), epochs=12, validation=regression())
    lines = capsys.readouterr().out.splitlines()
    assert LINE.fullmatch(lines[0])[1] == "3"
    assert lines[1:] == ["stopped after epoch 3: val_loss has not improved for 2 epochs"]


@pytest.mark.parametrize("error", [None, KeyboardInterrupt])
def test_on_a_terminal_a_bar_moves_and_goes(fitted, monkeypatch, error):
    monkeypatch.setattr("chainrule.training.callbacks.progress.REFRESH", 0.0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Terminal()

    class Interrupt(Callback):
        def on_epoch_end(self, trainer, row):
            trainer.callbacks[2]._bar.refresh()
            if error and trainer.epoch == 2:
                raise error

    with contextlib.suppress(KeyboardInterrupt):
        fitted(Progress(stream=screen), Interrupt(), epochs=3)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert "━" in shown and re.search(r"epoch 2/3  loss 0\.\d+  \d:\d\d:\d\d left", shown)
    lines = [line for line in re.split(r"[\r\n]+", shown) if LINE.fullmatch(line.strip())]
    assert len(lines) == (2 if error else 3)
    assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") == 1     # the cursor is back


def test_a_dumb_terminal_gets_plain_lines(fitted, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    screen = Terminal()
    fitted(Progress(stream=screen), epochs=2)
    assert [LINE.fullmatch(line)[1] for line in screen.getvalue().splitlines()] == ["1", "2"]


def test_rich_is_imported_for_a_terminal_only():
    program = ("import sys, numpy as np, chainrule\n"
               "from chainrule.models import Sequential\n"
               "model, x = Sequential(chainrule.layers.Linear(2, 1)), np.ones((4, 2), np.float32)\n"
               "model.fit(x, x[:, :1], loss=chainrule.losses.MSELoss(),\n"
               "          optimizer=chainrule.optim.SGD(model.parameters(), lr=0.1))\n"
               "assert 'rich' not in sys.modules\n")
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert LINE.fullmatch(result.stdout.strip())


@pytest.mark.parametrize("every", [0, -1, True])
def test_every_must_be_a_number_of_epochs(every):
    with pytest.raises(ValueRangeError, match="Progress expected every as a whole number of at least 1"):
        Progress(every)
