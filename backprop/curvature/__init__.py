"""Second derivatives as products: Jacobians, Hessians and their relatives, never formed."""

from .full_jacobian import full_jacobian
from .operators import fisher, gauss_newton, hessian, parameter_jacobian
from .spectrum import diagonal, extreme_eigenvalues

__all__ = ["diagonal", "extreme_eigenvalues", "fisher", "full_jacobian", "gauss_newton", "hessian",
           "parameter_jacobian"]
