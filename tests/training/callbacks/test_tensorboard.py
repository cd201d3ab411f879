"""Event files read back, by their format: length, checksum, message, checksum."""

import struct
import sys

import pytest

from chainrule.layers.core import MissingLibraryError
from chainrule.layers.core.optional import Library
from chainrule.training import LayerStatistics, TensorBoard


def events(folder):
    from tensorboardX.proto.event_pb2 import Event
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            yield Event.FromString(content[12:12 + length])
            content = content[16 + length:]


def test_every_number_is_there_and_a_fit_that_goes_on_writes_on(fitted, tmp_path):
    pytest.importorskip("tensorboardX")
    trainer = fitted(LayerStatistics(), TensorBoard(str(tmp_path)), epochs=2)
    trainer.fit(trainer.source, 1)
    found = {(value.tag, event.step): value for event in events(tmp_path) for value in event.summary.value}
    for row in trainer.history:
        step = row["epoch"]
        assert found["training/loss", step].simple_value == pytest.approx(row["loss"])
        assert found["training/lr", step].simple_value == pytest.approx(0.1)
        assert found["grad_norm/2", step].simple_value == pytest.approx(row["layers"]["2"]["grad_norm"])
        histogram, (low, high, *counts) = found["weights/0", step].histo, row["layers"]["0"]["histogram"]
        assert (histogram.min, histogram.max, list(histogram.bucket)) == (low, high, counts)
        assert histogram.num == trainer.model[0].weight.size
        assert histogram.sum == pytest.approx(low * sum(counts), abs=(high - low) * sum(counts))


def test_without_the_library_the_error_says_what_to_install(fitted, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    monkeypatch.setattr("chainrule.training.callbacks.tensorboard.tensorboardX",
                        Library("tensorboardX", "'chainrule[tensorboard]'"))
    with pytest.raises(MissingLibraryError, match=r"pip install 'chainrule\[tensorboard\]'"):
        fitted(TensorBoard(str(tmp_path)), epochs=1)
