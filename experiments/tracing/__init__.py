"""One batch forward and backward, step by step, with the numbers in the formulas."""

from .trace import Step, show_values, trace

__all__ = ["Step", "show_values", "trace"]
