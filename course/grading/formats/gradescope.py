"""Gradescope's ``results.json``.

Source: gradescope-autograders.readthedocs.io, "Autograder Specifications", output format.
"""

import json

from ..grade import Grade

__all__ = ["gradescope"]


def gradescope(grade: Grade) -> str:
    """Return a grade as Gradescope reads it: a test for each part, what is for teachers alone in ``extra_data``."""
    return json.dumps({
        "score": grade.earned,
        "execution_time": round(grade.seconds),
        "output": grade.problem,
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"isolation": grade.level, "notes": list(grade.notes)},
        "tests": [{
            "name": part.title,
            "number": str(number),
            "score": part.earned,
            "max_score": part.points,
            "status": "passed" if part.earned == part.points else "failed",
            "output": part.told,
            "output_format": "text",
            "visibility": "visible",
        } for number, part in enumerate(grade.parts, 1)],
    }, indent=2)
