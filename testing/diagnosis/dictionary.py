"""The dictionary of wrong implementations as answers: what each known mistake of a layer gives to a question."""

from collections.abc import Iterator

from ...layers.core import Layer
from ..mutants import FORWARD_MUTANTS, MUTANTS, Mutant
from .answers import ask
from .matching import Known
from .question import Question
from .right import right_version

__all__ = ["known_mistakes", "mutants_of"]


def mutants_of(layer: Layer) -> Iterator[Mutant]:
    """Yield the entries of the dictionary that can be made of a layer: those of its class or of a base of it."""
    return (mutant for mutant in (*FORWARD_MUTANTS, *MUTANTS) if isinstance(layer, mutant.subject.kind))


def known_mistakes(reference: Layer, question: Question) -> list[Known]:
    """Return all known mistakes of a layer with their answers, to keep or to send where the mistakes may not be.

    Those of a class that is only named like one of the library's are that one's.
    """
    right = right_version(reference) or reference
    return [Known(mutant.name, mutant.family, mutant.explanation, ask(mutant.of(right), question))
            for mutant in mutants_of(right)]
