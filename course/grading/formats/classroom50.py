"""Classroom 50's ``result.json``.

Source: github.com/foundation50/classroom50, wiki "Advanced Autograding", the result.json contract.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime

from ..grade import Grade

__all__ = ["classroom50"]


def classroom50(grade: Grade, environment: Mapping[str, str] = os.environ) -> str:
    """Return a grade as Classroom 50 reads it; whose it is comes from the variables that its runner sets.

    Its scores are whole numbers, so points are multiplied until they are.
    """
    scale = next(factor for factor in (1, 2, 4, 5, 10, 20, 100) if factor == 100 or all(
        float(factor * part.points).is_integer() for part in grade.parts))
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    commit = environment.get("COMMIT_URL", "")
    return json.dumps({
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", ""),
        "assignment": environment.get("ASSIGNMENT", ""),
        "submission": environment.get("SUBMISSION_TAG", grade.submission),
        "commit": commit,
        "release": environment.get("RELEASE_URL", ""),
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": now,
        "score": sum(round(scale * part.earned) for part in grade.parts),
        "max-score": sum(round(scale * part.points) for part in grade.parts),
        "tests": [{
            "test-name": part.title,
            "passed": part.earned == part.points,
            "score": round(scale * part.earned),
            "max-score": round(scale * part.points),
            "output": part.told,
        } for part in grade.parts],
    }, indent=2)
