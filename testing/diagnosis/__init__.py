"""Feedback that names the bug: what a layer is asked, what came back, and which mistake that is."""

from .answers import WHEN, Answers, ask
from .diagnose import diagnose
from .diagnosis import DETAILS, Diagnosis, Fault
from .dictionary import known_mistakes, mutants_of
from .differences import with_differences
from .equations import equation_of, formulas
from .judging import judge
from .matching import Known
from .optimizing import diagnose_optimizer, known_steps
from .pages import page_of
from .question import Question, question_for
from .right import right_version
from .steps import Steps, ask_optimizer, steps_for

__all__ = ["DETAILS", "WHEN", "Answers", "Diagnosis", "Fault", "Known", "Question", "Steps", "ask", "ask_optimizer",
           "diagnose", "diagnose_optimizer", "equation_of", "formulas", "judge", "known_mistakes", "known_steps",
           "mutants_of", "page_of", "question_for", "right_version", "steps_for", "with_differences"]
