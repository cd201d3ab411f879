"""Wrong forwards: named mistakes in what a layer computes, not in its derivative."""

from ..mutant import Mutant, Subject
from . import activations, affine, gates, images, losses, norms, sequences

__all__ = ["FORWARD_MUTANTS", "FORWARD_SUBJECTS"]

FORWARD_SUBJECTS: tuple[Subject, ...] = (*affine.SUBJECTS, *activations.SUBJECTS, *images.SUBJECTS, *norms.SUBJECTS,
                                         *sequences.SUBJECTS, *gates.SUBJECTS, *losses.SUBJECTS)
"""The classes, with examples on which the mistakes show."""

FORWARD_MUTANTS: tuple[Mutant, ...] = tuple(mutant for subject in FORWARD_SUBJECTS for mutant in subject.mutants)
"""The mistakes; a battery that compares backward with the layer's own forward can not see them, ``diagnose`` can."""
