"""One trial of a sweep: a run with values of its own, begun or gone on with, and what the study is told of it."""

import math
import shutil
from signal import Signals
from typing import Any

from ...layers.core import ChainruleError, NonFiniteError, message
from ..document import ConfigError
from ..runs import Past, Run, result_of, resume, run
from .judge import PRUNED, Judge
from .plan import Sweep
from .study import Study, Taken

__all__ = ["train_trial"]


def train_trial(sweep: Sweep, study: Study, taken: Taken) -> Signals | None:
    """Train a trial and tell the study; return the signal that interrupted it, if one did.

    Training that diverges is told as pruned: values like these are bad, where a failure would say nothing of them.

    Raises: OSError for what can not be written; the trial is then one to go on with.
    """
    judge = Judge(sweep.monitor, taken.trial, sweep.prune, taken.reported)
    try:
        values = [parameter.draw(taken.trial) for parameter in sweep.parameters]
        path = sweep.run_of(taken.number)
        if path is None:
            ended = _begin(sweep, taken.number, values, judge)
        elif (result := result_of(path)).get("status") == "finished":
            ended = Run(path, result, None)         # its process died before it could say so
        else:
            ended = resume(path, callbacks=[judge], verbose=False)
    except NonFiniteError as error:
        study.tell(taken, None, "PRUNED", f"diverged: {message(error)}")
    except OSError:
        study.release(taken)
        raise
    except (ChainruleError, MemoryError) as error:
        study.tell(taken, None, "FAIL", "out of memory" if isinstance(error, MemoryError) else _one_line(error))
    else:
        if ended.signal is None:
            _conclude(sweep, study, taken, ended)
        else:
            study.release(taken)
        return ended.signal
    return None


def _begin(sweep: Sweep, number: int, values: list[str], judge: Judge) -> Run:
    for left in sweep.trials.glob(f".{sweep.run_name(number)}-*"):      # a run that was killed before it had begun
        shutil.rmtree(left, ignore_errors=True)
    config = sweep.open(number, values)
    config.experiment.trainer.callbacks.append(judge)
    return run(config, sweep.trials, verbose=False)


def _conclude(sweep: Sweep, study: Study, taken: Taken, ended: Run) -> None:
    stopped: Any = ended.result.get("stopped") or ""
    values = [float(row[sweep.monitor]) for row in Past.read(ended.path).rows]
    judged = [value for value in values if math.isfinite(value)]
    if str(stopped).startswith(PRUNED):
        study.tell(taken, None, "PRUNED", str(stopped))
    elif judged:
        study.tell(taken, max(judged) if sweep.higher_is_better else min(judged), "COMPLETE", str(stopped))
    else:
        study.tell(taken, None, "PRUNED", f"diverged: {sweep.monitor} was never finite")


def _one_line(error: ChainruleError) -> str:
    problems = error.problems if isinstance(error, ConfigError) else ()
    return "; ".join(f"{each.path}: {each.message}" for each in problems) or message(error).splitlines()[0]
