"""Looking at a network: statistics of its weights and gradients, pictures, reports, the drawing of its graph."""

from .drawing import draw_network
from .report import Report, Samples, report_page

__all__ = ["Report", "Samples", "draw_network", "report_page"]
