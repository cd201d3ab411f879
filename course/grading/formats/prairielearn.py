"""PrairieLearn's ``results.json`` of an external grader.

Source: docs.prairielearn.com, "External grading", grading results.
"""

import json

from ..grade import Grade

__all__ = ["prairielearn"]

MOST = 4000     # characters of one part: the whole file may have 1 MB


def prairielearn(grade: Grade) -> str:
    """Return a grade as PrairieLearn reads it; a submission that can not be read costs no attempt."""
    if grade.problem:
        return json.dumps({"gradable": False, "format_errors": [grade.problem]}, indent=2)
    return json.dumps({
        "gradable": True,
        "score": grade.earned / grade.points if grade.points else 0.0,
        "message": f"{grade.earned:g} of {grade.points:g} points",
        "tests": [{
            "name": part.title,
            "points": part.earned,
            "max_points": part.points,
            "output": part.told[:MOST],
        } for part in grade.parts],
    }, indent=2)
