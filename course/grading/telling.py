"""What a student is told of a wrong answer: as much as the assignment says, of hidden questions no word of theirs."""

from collections.abc import Collection
from dataclasses import replace

from ...testing.diagnosis import DETAILS, WHEN, Diagnosis
from ..worker import FAILURES, Failure

__all__ = ["told_of_diagnosis", "told_of_failure"]


def told_of_diagnosis(diagnosis: Diagnosis, detail: str, visible: bool, expected: Collection[str]) -> str:
    """Return a diagnosis in words; ``expected`` are the names of arrays that the reference has."""
    limited = diagnosis.limited(detail)
    if not visible:
        ours = {key.partition("/")[2] for key in expected}
        limited = replace(limited, faults=tuple(
            replace(fault, name=fault.name if fault.name in ours else "",
                    numbers="" if fault.kind in ("raises", "not written") or fault.name in WHEN else fault.numbers)
            for fault in limited.faults))
    return str(limited)


def told_of_failure(failure: Failure, detail: str, visible: bool) -> str:
    """Return a failure in words; its text comes from the submission, so hidden questions leave it out."""
    return str(failure) if visible and DETAILS.index(detail) > 0 else FAILURES[failure.kind]
