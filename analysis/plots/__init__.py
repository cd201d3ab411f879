"""Small pictures for a page, SVG and PNG written by hand: curves, histograms, matrices, images."""

from .histograms import Histogram, draw_histograms
from .image import diverging, draw_image, grey, png
from .lines import Curve, draw_lines, shade
from .matrix import draw_confusion
from .scale import Scale, show
from .svg import element, number, path, text

__all__ = [
    "Curve", "Histogram", "Scale", "diverging", "draw_confusion", "draw_histograms", "draw_image", "draw_lines",
    "element", "grey", "number", "path", "png", "shade", "show", "text",
]
