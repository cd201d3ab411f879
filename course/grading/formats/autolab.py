"""Autolab's autoresult: what students read, then one line of JSON with the scores.

Source: docs.autolabproject.com, "Guide for Lab Authors" and "Formatted Feedback".
"""

import json

from ..grade import Grade

__all__ = ["autolab"]


def autolab(grade: Grade) -> str:
    """Return a grade as Autolab reads it from standard output: a problem for each part, scores in the last line."""
    words = [grade.problem, *(f"{part.title}: {part.told}" for part in grade.parts)]
    # Autolab takes the last line that is JSON: nothing of a submission may look like a line of its own.
    told = ["| " + line for text in words if text for line in text.splitlines()]
    stages = {part.title: {"passed": part.earned == part.points} for part in grade.parts}
    return "\n".join([
        *told,
        json.dumps({"_presentation": "semantic", "stages": ["Parts"], "Parts": stages}),
        json.dumps({"scores": {part.name: part.earned for part in grade.parts},
                    "scoreboard": [*(part.earned for part in grade.parts), grade.earned]}),
    ])
