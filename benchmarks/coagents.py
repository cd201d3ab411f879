"""Learning without backpropagation, beside backpropagation: ``python -m benchmarks.coagents``.

Each call goes on where the last one ended, for ``--seconds``; results are stored after every run.
"""

import argparse
from itertools import product
from pathlib import Path

import numpy as np

from chainrule.backprop import (
    ActorCritic,
    BackpropPolicy,
    BernoulliCoagents,
    CoagentPolicy,
    DirectFeedbackAlignment,
    FeedbackAlignment,
    GridWorld,
    LinearCritic,
    SoftmaxCoagent,
    TargetPropagation,
)
from chainrule.data import DataLoader, digits
from chainrule.layers import Linear, Tanh
from chainrule.losses import CrossEntropyLoss
from chainrule.models import Sequential
from chainrule.optim import SGD, Adam
from chainrule.training import Trainer, evaluate

from .stored import Stored

__all__ = ["main", "policy_of"]

CONTROL = ("random", "output unit alone", "coagents", "coagents, firing 0.5", "coagents, firing 0.2", "backprop")
DIGITS = ("last layer alone", "backprop", "feedback alignment", "direct feedback", "target propagation", "coagents")
SCALE = np.array([2.4, 2.0, 0.21, 2.0], np.float32)         # what positions, speeds and angles of CartPole reach
FREQUENCIES = np.array(list(product(range(3), repeat=4)))


def policy_of(setting, sizes, optimizer, lr, seed):
    """Return the policy of a setting, with one hidden layer."""
    rng = np.random.default_rng(seed)
    inputs, hidden, actions = sizes
    if setting == "backprop":
        model = Sequential(Linear(inputs, hidden, rng=rng), Tanh(), Linear(hidden, actions, rng=rng))
        return BackpropPolicy(model, optimizer(model.parameters(), lr=lr), rng=rng)
    model = Sequential(BernoulliCoagents(inputs, hidden, rng=rng), SoftmaxCoagent(hidden, actions, rng=rng))
    if setting == "random":
        model[1].weight.data = np.zeros((actions, hidden))
    if setting == "output unit alone":
        model[0].requires_grad_(False)
    _, _, firing = setting.partition("firing ")
    return CoagentPolicy(model, optimizer(model.parameters(), lr=lr), float(firing or 1), rng=rng)


def grid_world(setting, seed):
    """Return returns of 2000 episodes of a 5×5 field, the mean of every 50."""
    learner = ActorCritic(policy_of(setting, (25, 16, 4), SGD, 0.05, seed), GridWorld(5), LinearCritic(25), trace=0)
    return means([learner.episode(learn=setting != "random") for _ in range(2000)])


def cart_pole(setting, seed):
    """Return how long poles were held up in 1000 episodes, the mean of every 50."""
    import gymnasium
    environment = gymnasium.wrappers.TransformObservation(
        gymnasium.make("CartPole-v1", max_episode_steps=200), lambda observation: observation / SCALE, None)
    critic = LinearCritic(len(FREQUENCIES), lr=0.5, basis=fourier)
    learner = ActorCritic(policy_of(setting, (4, 16, 2), Adam, 0.02, seed), environment, critic, gamma=0.99, trace=0)
    return means([learner.episode(learn=setting != "random", seed=None if index else seed) for index in range(1000)])


def fourier(x):
    """Return the Fourier basis of Konidaris, Osentoski & Thomas 2011, of order 2."""
    return np.cos(np.pi / 2 * (np.clip(x, -1, 1) + 1) @ FREQUENCIES.T) / np.sqrt(len(FREQUENCIES))


def means(returns, count=50):
    """Return the mean of every ``count`` returns."""
    return np.reshape(returns, (-1, count)).mean(axis=1).round(3).tolist()


def digits_accuracy(setting, seed):
    """Return test accuracy on digits; of coagents that of one draw, and of the vote of 32."""
    rng = np.random.default_rng(seed)
    train, test = digits(flat=True).split(rng=rng)
    loader = DataLoader(train, 32, shuffle=True, rng=rng)
    if setting == "coagents":
        return coagents_on_digits(loader, test, seed)
    model = Sequential(Linear(64, 128, rng=rng), Tanh(), Linear(128, 128, rng=rng), Tanh(), Linear(128, 10, rng=rng))
    if setting == "last layer alone":
        model[:-1].requires_grad_(False)
    rule = {"feedback alignment": FeedbackAlignment, "direct feedback": DirectFeedbackAlignment,
            "target propagation": TargetPropagation}.get(setting)
    network = model if rule is None else rule(model, rng=rng)
    trainer = Trainer(network, CrossEntropyLoss(), Adam(network.parameters(), lr=1e-3), metrics=["accuracy"])
    trainer.fit(loader, epochs=40)
    return [float(evaluate(network, trainer.loss, test, trainer.metrics)["accuracy"])]


def coagents_on_digits(loader, test, seed):
    """Train 64 hidden units and one that names the class, told only right or wrong, for 1000 epochs."""
    policy, expected = policy_of("coagents", (64, 64, 10), Adam, 3e-3, seed), 0.1
    for _ in range(1000):
        for x, y in loader:
            right = np.asarray(policy.act(x) == y, float)
            policy.learn(right[None] - expected)
            expected += 0.05 * (right.mean() - expected)
    votes = np.zeros((len(test), 10))
    for _ in range(32):
        answer = policy.act(test.x)
        votes[np.arange(len(test)), answer] += 1
    return [float(np.mean(answer == test.y)), float(np.mean(votes.argmax(axis=1) == test.y))]


RUNS = {"grid world": (grid_world, CONTROL), "cart pole": (cart_pole, CONTROL), "digits": (digits_accuracy, DIGITS)}


def draw(path):
    """Draw the mean of all seeds against episodes."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    stored = Stored("coagents").results
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axis, task, label in zip(axes, RUNS, ("return", "steps upright"), strict=False):
        for setting, seeds in stored[task].items():
            curve = np.mean(list(seeds.values()), axis=0)
            axis.plot(50 * np.arange(1, len(curve) + 1), curve, label=setting)
        axis.set(title=task, xlabel="episode", ylabel=label)
    axes[0].legend(fontsize=8)
    pyplot.rcParams["svg.hashsalt"] = "coagents"
    figure.savefig(path, metadata={"Date": None})


def main():
    """Run what is not stored yet, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coagents", description=__doc__)
    parser.add_argument("--seconds", type=float, default=150, help="after which to stop, between two runs")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--draw", type=Path, metavar="FILE", help="only draw what is stored")
    options = parser.parse_args()
    if options.draw:
        draw(options.draw)
        return
    stored = Stored("coagents", options.seconds)
    for seed, (task, (run, settings)) in product(range(options.seeds), RUNS.items()):
        for setting in settings:
            stored.once(lambda job=(run, setting, seed): job[0](*job[1:]), task, setting, str(seed))
    for task, settings in stored.results.items():
        for setting, record in settings.items():
            last = np.array([values[-2:] if task != "digits" else values[-1:] for values in record.values()])
            ends = last.mean(axis=1) if len(last) else np.array([np.nan])
            print(f"{task:12s}{setting:24s}{ends.mean():9.3f}  worst {ends.min():9.3f}  seeds {len(last)}")


if __name__ == "__main__":
    main()
