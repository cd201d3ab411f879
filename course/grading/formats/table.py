"""Grades as a table of comma-separated values, a row for each submission."""

import csv
import io

from ..grade import Grade

__all__ = ["table"]


def table(*grades: Grade) -> str:
    """Return grades as CSV: the submission, the points of each part, their sum, what is said of it as a whole."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if grades:
        writer.writerow(["submission", *(part.name for part in grades[0].parts), "earned", "points", "isolation",
                         "problem", "notes"])
    for grade in grades:
        writer.writerow([_harmless(grade.submission), *(f"{part.earned:g}" for part in grade.parts),
                         f"{grade.earned:g}", f"{grade.points:g}", grade.level, _harmless(grade.problem),
                         _harmless("; ".join(grade.notes))])
    return file.getvalue()


def _harmless(text: str) -> str:
    """Return text that a spreadsheet does not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
