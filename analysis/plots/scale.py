"""Numbers to places on paper, linear or logarithmic, and where to put the ticks."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Scale", "show"]


@dataclass(frozen=True)
class Scale:
    """Maps the range from ``low`` to ``high`` onto the places from ``start`` to ``stop``.

    Example:
        >>> from chainrule.analysis.plots.scale import Scale
        >>> scale = Scale(0.0, 50.0, 0.0, 100.0)
        >>> scale(25.0), scale.ticks(5)
        (50.0, [0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    """

    low: float
    high: float
    start: float
    stop: float
    log: bool = False

    @classmethod
    def around(cls, values: Iterable[float], start: float, stop: float, log: bool = False) -> "Scale":
        """Return the scale that holds all values with a little air around them."""
        found = [value for value in values if not log or value > 0] or [1.0]
        low, high = min(found), max(found)
        if log:
            return cls(low / 1.2, high * 1.2, start, stop, log)
        air = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
        return cls(low - air if low < 0 or low > air else 0.0, high + air, start, stop)

    def __call__(self, value: float) -> float:
        low, high, here = (math.log10(max(each, 1e-300)) if self.log else each
                           for each in (self.low, self.high, value))
        return self.start + (here - low) / ((high - low) or 1.0) * (self.stop - self.start)

    def ticks(self, count: int) -> list[float]:
        """Return about so many round numbers within the range: powers of ten where it is logarithmic and wide."""
        if self.log:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            if len(powers) >= 2:
                return [10.0 ** power for power in powers[::math.ceil(len(powers) / count)]]
            powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
            fine = [digit * 10.0 ** power for power in powers for digit in (1, 2, 5)]
            found = [tick for tick in fine if self.low <= tick <= self.high]
            if len(found) >= 2:
                return found
        rough = (self.high - self.low) / count or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(digit for digit in (1, 2, 2.5, 5, 10) if digit * power >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        return [index * step for index in range(first, math.floor(self.high / step + 1e-9) + 1)]


def show(value: float) -> str:
    """Return a number as people write it, in four significant digits: 0.25, 12,500, 3e-5.

    Example:
        >>> from chainrule.analysis.plots.scale import show
        >>> show(0.25), show(12500), show(0.00003), show(-1.23456)
        ('0.25', '12,500', '3e-5', '−1.235')
    """
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    if size and (size < 1e-3 or size >= 1e7):
        digits, power = f"{value:.2e}".split("e")
        written = f"{digits.rstrip('0').rstrip('.')}e{int(power)}"
    elif size >= 1000:
        written = f"{value:,.0f}"
    else:
        written = f"{value:.4g}"
    return written.replace("-", "−", 1) if value < 0 else written
