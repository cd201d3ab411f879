"""Two hundred submissions graded, 27 tests each, on all processors: ``python -m benchmarks.grading``."""

import argparse
import json
import tempfile
import time
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from chainrule.course import load_assignment
from chainrule.course.grading import Grader
from chainrule.course.grading.many import grade_all
from chainrule.course.grading.questions import asked_for
from chainrule.course.worker import LEVELS, Limits, Nursery

from .machine import machine

__all__ = ["main"]

RESULTS = Path("benchmarks", "results", "grading.json")
PARTS = 4           # of the assignment on attention: 27 questions, those of the parts without training


def main(arguments=None):
    """Measure, print and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args(arguments)
    measured = {"machine": machine(), **_graded(chosen.submissions, chosen.jobs),
                "milliseconds of an empty test": {level: _empty(level) for level in LEVELS}}
    RESULTS.write_text(json.dumps(measured, indent=1) + "\n")
    print(json.dumps(measured, indent=1))


def _graded(count, jobs):
    assignment = load_assignment(str(files("chainrule.course") / "assignments" / "a5_attention" / "a5_attention.yaml"))
    assignment = replace(assignment, parts=dict(list(assignment.parts.items())[:PARTS]))
    before = sum(getrusage(RUSAGE_SELF)[:2])
    with Grader(assignment, b"secret", jobs=jobs) as grader, tempfile.TemporaryDirectory() as folder:
        right = {path: grader.material.solution[path] for path in grader.material.submit}
        tests = sum(len(list(asked_for(assignment, name, b"secret", right))) for name in assignment.parts)
        paths = [Path(folder, f"student {number}") for number in range(count)]
        for number, path in enumerate(paths):
            path.mkdir()
            for file, text in right.items():
                (path / file).write_text(f"{text}\n# {number}\n")       # so that nobody has another's questions
        start = time.monotonic()
        grades = list(grade_all(grader, paths))
        seconds = time.monotonic() - start
    used = sum(sum(getrusage(who)[:2]) for who in (RUSAGE_SELF, RUSAGE_CHILDREN)) - before     # with all workers
    return {"submissions": count, "tests of each": tests, "jobs": jobs, "isolation": grades[0].level,
            "all right": all(grade.earned == grade.points for grade in grades), "seconds": round(seconds, 1),
            "processor seconds": round(used, 1),
            "processor milliseconds a test": round(1000 * used / (count * tests), 1)}


def _empty(level):
    with Nursery({"empty.py": "def answer(arguments, arrays): return arrays"}, level) as nursery:
        return round(1000 * min(nursery.run("empty:answer", None, {}, limits=Limits(5)).seconds for _ in range(50)), 1)


if __name__ == "__main__":
    main()
