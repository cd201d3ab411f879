"""Layers that take symmetric matrices apart: eigenvectors, roots, and channels mixed by their own covariance."""

from .cholesky import Cholesky
from .eigen_decomposition import EigenDecomposition
from .matrix_square_root import MatrixSquareRoot
from .pca_denoising import PCADenoising
from .zca_whitening import ZCAWhitening

__all__ = ["Cholesky", "EigenDecomposition", "MatrixSquareRoot", "PCADenoising", "ZCAWhitening"]
