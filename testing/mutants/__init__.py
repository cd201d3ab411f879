"""The dictionary of wrong implementations: named mistakes, each with an example on which it shows, and why."""

from . import (
    activations,
    adaptive,
    attention,
    batch_norm,
    class_losses,
    conv_transpose,
    convolution,
    element_losses,
    embedding,
    gated,
    gates,
    generative,
    joint_losses,
    likelihoods,
    linear,
    models,
    noise,
    norms,
    other_pools,
    padding,
    pooling,
    power_pool,
    products,
    rearranging,
    recurrent,
    reparametrized,
    resampling,
    reshape,
    softmax,
    spectral,
)
from .forward import FORWARD_MUTANTS, FORWARD_SUBJECTS
from .generic import generic_mutants
from .mutant import FAMILIES, Mutant, Subject
from .optimizer_mutant import OptimizerMutant, OptimizerSubject
from .optimizers import OPTIMIZER_MUTANTS, OPTIMIZER_SUBJECTS

__all__ = ["FAMILIES", "FORWARD_MUTANTS", "FORWARD_SUBJECTS", "MUTANTS", "OPTIMIZER_MUTANTS", "OPTIMIZER_SUBJECTS",
           "SUBJECTS", "Mutant", "OptimizerMutant", "OptimizerSubject", "Subject", "generic_mutants"]

SUBJECTS: tuple[Subject, ...] = (
    *linear.SUBJECTS, *products.SUBJECTS, *embedding.SUBJECTS, *activations.SUBJECTS, *gated.SUBJECTS,
    *softmax.SUBJECTS, *gates.SUBJECTS, *reshape.SUBJECTS, *rearranging.SUBJECTS, *padding.SUBJECTS,
    *resampling.SUBJECTS, *noise.SUBJECTS, *convolution.SUBJECTS, *conv_transpose.SUBJECTS, *pooling.SUBJECTS,
    *adaptive.SUBJECTS, *power_pool.SUBJECTS, *other_pools.SUBJECTS,
    *batch_norm.SUBJECTS, *norms.SUBJECTS, *reparametrized.SUBJECTS, *spectral.SUBJECTS, *recurrent.SUBJECTS,
    *attention.SUBJECTS,
    *models.SUBJECTS, *element_losses.SUBJECTS, *class_losses.SUBJECTS, *likelihoods.SUBJECTS, *joint_losses.SUBJECTS,
    *generative.SUBJECTS)

MUTANTS: tuple[Mutant, ...] = tuple(mutant for subject in SUBJECTS for mutant in subject.mutants)
