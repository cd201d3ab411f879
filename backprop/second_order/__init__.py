"""Training by curvature: Newton's method without its matrix, and its relatives."""

from .diagonal_lm import DiagonalLM
from .hessian_free import HessianFree
from .kfac import KFAC
from .levenberg_marquardt import LevenbergMarquardt
from .scipy_minimize import ScipyMinimize
from .structural_damping import structural_damping

__all__ = ["KFAC", "DiagonalLM", "HessianFree", "LevenbergMarquardt", "ScipyMinimize", "structural_damping"]
