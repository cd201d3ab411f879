"""The dictionary of wrong backwards: named mistakes, each with an example on which it shows and a sentence on why."""

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
)
from .generic import generic_mutants
from .mutant import FAMILIES, Mutant, Subject

__all__ = ["FAMILIES", "MUTANTS", "SUBJECTS", "Mutant", "Subject", "generic_mutants"]

SUBJECTS: tuple[Subject, ...] = (
    *linear.SUBJECTS, *products.SUBJECTS, *embedding.SUBJECTS, *activations.SUBJECTS, *gated.SUBJECTS,
    *softmax.SUBJECTS, *gates.SUBJECTS, *reshape.SUBJECTS, *rearranging.SUBJECTS, *padding.SUBJECTS,
    *resampling.SUBJECTS, *noise.SUBJECTS, *convolution.SUBJECTS, *conv_transpose.SUBJECTS, *pooling.SUBJECTS,
    *adaptive.SUBJECTS, *power_pool.SUBJECTS, *other_pools.SUBJECTS,
    *batch_norm.SUBJECTS, *norms.SUBJECTS, *reparametrized.SUBJECTS, *recurrent.SUBJECTS, *attention.SUBJECTS,
    *models.SUBJECTS, *element_losses.SUBJECTS, *class_losses.SUBJECTS, *likelihoods.SUBJECTS, *joint_losses.SUBJECTS,
    *generative.SUBJECTS)

MUTANTS: tuple[Mutant, ...] = tuple(mutant for subject in SUBJECTS for mutant in subject.mutants)
