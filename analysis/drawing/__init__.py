"""Networks drawn as graphs: what flows where, where the boxes stand, how they look."""

from .draw import draw_network
from .flow import Flow, Node, flow_of
from .layout import Layout, lay_out

__all__ = ["Flow", "Layout", "Node", "draw_network", "flow_of", "lay_out"]
