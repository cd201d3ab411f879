"""The dictionary of wrong backwards: named mistakes, each with an example on which it shows and a sentence on why."""

from . import (
    activations,
    batch_norm,
    class_losses,
    convolution,
    element_losses,
    gates,
    linear,
    models,
    pooling,
    reshape,
    softmax,
)
from .generic import generic_mutants
from .mutant import FAMILIES, Mutant, Subject

__all__ = ["FAMILIES", "MUTANTS", "SUBJECTS", "Mutant", "Subject", "generic_mutants"]

SUBJECTS: tuple[Subject, ...] = (
    *linear.SUBJECTS, *activations.SUBJECTS, *softmax.SUBJECTS, *gates.SUBJECTS, *reshape.SUBJECTS,
    *convolution.SUBJECTS, *pooling.SUBJECTS, *batch_norm.SUBJECTS, *models.SUBJECTS, *element_losses.SUBJECTS,
    *class_losses.SUBJECTS)

MUTANTS: tuple[Mutant, ...] = tuple(mutant for subject in SUBJECTS for mutant in subject.mutants)
