"""What came of a sweep: its trials as a table, and the config of the best."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...layers.core import write_atomically
from ..document import dump, read_config
from ..runs import Past
from .picture import draw_sweep
from .plan import Sweep
from .study import Study

__all__ = ["BEST", "PICTURE", "TABLE", "TrialRow", "conclude", "rows_of", "show_value"]

BEST, PICTURE, TABLE = "best.yaml", "sweep.png", "trials.csv"


@dataclass(frozen=True)
class TrialRow:
    """A trial as the table shows it.

    Attributes:
        number: its place in the study, from 0
        status: finished, pruned, diverged, failed, running, or interrupted, which is for the same command to go on with
        value:  that of the monitored column, at the best epoch of a finished trial and the last of a pruned one
        epochs: how many it was trained for
        values: those of the parameters, by name
        path:   the folder of its run
        reason: why it ended before its time
    """

    number: int
    status: str
    value: float | None
    epochs: int
    values: dict[str, Any]
    path: Path | None
    reason: str


def rows_of(sweep: Sweep, study: Study) -> list[TrialRow]:
    """Return all trials, the finished ones first, best to worst."""
    held = study.at_work()
    rows = [_row(sweep, trial, trial.number in held) for trial in study.trials()]
    sign = -1 if sweep.higher_is_better else 1
    return sorted(rows, key=lambda row: (row.status != "finished", row.value is None, sign * (row.value or 0.0),
                                         row.number))


def conclude(sweep: Sweep, study: Study) -> list[TrialRow]:
    """Write table, picture and best config into the sweep's folder, and return the table."""
    rows = rows_of(sweep, study)
    names = [parameter.name for parameter in sweep.parameters]
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["trial", "status", sweep.monitor, "epochs", *names, "run", "reason"])
    table.writerows([row.number, row.status, row.value, row.epochs, *(row.values.get(name, "") for name in names),
                     row.path.name if row.path else "", row.reason] for row in rows)
    write_atomically(sweep.path / TABLE, text.getvalue().encode())
    write_atomically(sweep.path / PICTURE, draw_sweep(sweep, rows))
    if rows and rows[0].status == "finished" and rows[0].path is not None:
        best, path = rows[0], rows[0].path
        config = read_config(path / "config.yaml").plain()
        head = f"# Trial {best.number} of {len(rows)}, the best: {sweep.monitor} {best.value:.6g}\n"
        named = {**config, "name": sweep.name} if isinstance(config, dict) else config
        write_atomically(sweep.path / BEST, (head + dump(named)).encode())
    return rows


def show_value(value: Any) -> str:
    """Return the value of a parameter in short."""
    if isinstance(value, float):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _row(sweep: Sweep, trial: Any, held: bool) -> TrialRow:
    path, reason = sweep.run_of(trial.number), str(trial.user_attrs.get("reason", ""))
    status = {"COMPLETE": "finished", "PRUNED": "diverged" if reason.startswith("diverged") else "pruned",
              "FAIL": "failed"}.get(trial.state.name, "running" if held else "interrupted")
    epochs = 0 if path is None else len(Past.read(path).rows)
    values = {parameter.name: json.loads(trial.params[parameter.name]) if parameter.kind == "choice" else
              trial.params[parameter.name] for parameter in sweep.parameters if parameter.name in trial.params}
    return TrialRow(trial.number, status, trial.value, epochs, values, path, reason)
