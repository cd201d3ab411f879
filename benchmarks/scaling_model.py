"""What a step on many processes takes, by a formula, and by a simulation of every bucket on every rank."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

__all__ = ["Links", "Work", "predicted", "simulated"]

WORD = 8            # bytes of what ranks exchange besides: loss and divisor, and which parameters were reached


@dataclass(frozen=True)
class Links:
    """What joins the ranks: seconds that a message takes in any case (alpha), and bytes per second."""

    alpha: float
    bandwidth: float

    def all_reduce(self, size: float, ranks: int) -> float:
        """Return the seconds of an all-reduce by halving and doubling (Rabenseifner 2004; Thakur et al. 2005)."""
        if ranks == 1:
            return 0.0
        return 2 * math.ceil(math.log2(ranks)) * self.alpha + 2 * (ranks - 1) / ranks * size / self.bandwidth


@dataclass(frozen=True)
class Work:
    """What a rank does in a step, in seconds, and the buckets of its gradients.

    ``ready`` says which share of the backward pass is over when a bucket, of ``sizes`` bytes, is; ``noise`` is the
    standard deviation of the time of a pass, as a share of it.
    """

    forward: float
    backward: float
    update: float
    sizes: Sequence[float]
    ready: Sequence[float]
    noise: float = 0.0

    @property
    def alone(self) -> float:
        """The seconds of a step without others."""
        return self.forward + self.backward + self.update


def predicted(work: Work, links: Links, ranks: int) -> float:
    """Return the seconds of a step on so many ranks, each with as many samples as the one of ``work``.

    Formula: step = forward + backward + update + exposed + late + small
        exposed = max(ready_k * backward + t_k + t_(k+1) + … over the buckets k) - backward, t_k = all_reduce(size_k):
                  from some bucket on the links have no pause; K equal ones at equal distances leave
                  max(t, K * t - (1 - 1/K) * backward)
        late    = z(ranks) * noise * (forward + backward): both end with the slowest rank, z the mean of the largest
                  of so many standard normal numbers (Blom 1958)
        small   = two all-reduces of a few bytes
    """
    if ranks == 1:
        return work.alone
    each = [links.all_reduce(size, ranks) for size in work.sizes]
    exposed = max(ready * work.backward + sum(each[k:]) for k, ready in enumerate(work.ready)) - work.backward
    late = NormalDist().inv_cdf((ranks - 0.375) / (ranks + 0.25)) * work.noise * (work.forward + work.backward)
    return work.alone + exposed + late + 2 * links.all_reduce(WORD, ranks)


def simulated(work: Work, links: Links, ranks: int, rng: np.random.Generator, steps: int = 200) -> float:
    """Return the mean seconds of steps in which every rank takes its own time for each pass, and every bucket is sent
    when all ranks have it and the one before is there."""
    took = []
    small = links.all_reduce(WORD, ranks)
    for _ in range(steps):
        forward, backward = (np.maximum(0, span * (1 + work.noise * rng.standard_normal(ranks)))
                             for span in (work.forward, work.backward))
        begun = forward.max() + small           # of the backward pass: the loss of all is known
        sent = 0.0
        for size, ready in zip(work.sizes, work.ready, strict=True):
            sent = max(sent, begun + (ready * backward).max()) + links.all_reduce(size, ranks)
        took.append(max(sent, begun + backward.max()) + (small if ranks > 1 else 0) + work.update)
    return float(np.mean(took))
