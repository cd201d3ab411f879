"""The page of a run: curves, layers, answers, the plane, filters, the graph; one file that needs nothing else."""

from .callback import Report
from .page import report_page
from .samples import Samples

__all__ = ["Report", "Samples", "report_page"]
