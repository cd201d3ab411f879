"""What a config can ask for: for each task its sections, and the experiment that they make together."""

from .experiment import Experiment
from .gan import Adversarial
from .language import Language
from .sequence import Sequence
from .supervised import Supervised
from .task import Task
from .vae import Variational

__all__ = ["Adversarial", "Experiment", "Language", "Sequence", "Supervised", "Task", "Variational"]
