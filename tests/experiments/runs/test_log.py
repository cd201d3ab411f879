"""The log of a run."""

import re

from chainrule.experiments.runs.folder import RunFolder
from chainrule.experiments.runs.log import Log


def test_every_line_has_its_time_and_follows_the_folder(tmp_path):
    with RunFolder(tmp_path, "name", "f00d") as folder:
        log = Log(folder)
        print("a\nb", file=log, flush=True)
        folder.show()
        log.say("c")
    lines = (folder.path / "train.log").read_text().splitlines()
    assert [line[-1] for line in lines] == ["a", "b", "c"]
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line) for line in lines)
