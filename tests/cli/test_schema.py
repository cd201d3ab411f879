"""The schema command prints JSON."""

import json

from chainrule.cli.main import main


def test_it_prints_the_schema(capsys):
    assert main(["schema"]) == 0
    assert "layer.Linear" in json.loads(capsys.readouterr().out)["$defs"]
