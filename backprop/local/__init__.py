"""Learning without backpropagation: stochastic units that learn by themselves, other ways for errors."""

from .actor_critic import ActorCritic, Environment, LinearCritic
from .coagent import BernoulliCoagents, Coagents, GaussianCoagents, SoftmaxCoagent
from .feedback import DirectFeedbackAlignment, FeedbackAlignment
from .grid_world import GridWorld
from .policy import BackpropPolicy, CoagentPolicy, Policy
from .rule import LearningRule
from .target_propagation import TargetPropagation

__all__ = [
    "ActorCritic",
    "BackpropPolicy",
    "BernoulliCoagents",
    "CoagentPolicy",
    "Coagents",
    "DirectFeedbackAlignment",
    "Environment",
    "FeedbackAlignment",
    "GaussianCoagents",
    "GridWorld",
    "LearningRule",
    "LinearCritic",
    "Policy",
    "SoftmaxCoagent",
    "TargetPropagation",
]
