"""What a network answers: who is taken for whom, and where it is most wrong."""

import numpy as np

from ...layers.core import Array
from ..plots import Scale, draw_confusion, draw_image, element, grey, show, text
from .card import card, figure, section
from .pictures import as_pictures, draw_sample
from .samples import Judgement

__all__ = ["answers_section"]

MOST_CLASSES = 200
WORST = 18
POINTS = 600


def answers_section(judgement: Judgement, name: str) -> str:
    """Return the confusion matrix and the worst mistakes, or for numbers, answers against targets."""
    count = len(judgement.y)
    title = f"Answers to {count:,} {name} samples"
    if judgement.reading is not None:
        return section(title, [_confusion(judgement), _mistakes(judgement)])
    if judgement.prediction.shape != judgement.y.shape or judgement.y.dtype.kind != "f":
        return ""
    pictures = as_pictures(judgement.y) is not None
    return section(title, [*([] if pictures else [_scatter(judgement)]), _worst_numbers(judgement)])


def _confusion(judgement: Judgement) -> str:
    names = judgement.reading.names if judgement.reading else ()
    classes = len(names)
    if classes > MOST_CLASSES:
        return ""
    matrix = np.bincount(judgement.wanted * classes + judgement.predicted, minlength=classes * classes)
    wrong = int((judgement.wanted != judgement.predicted).sum())
    return card("confusion matrix", draw_confusion(matrix.reshape(classes, classes), names),
                f"{wrong:,} of {len(judgement.y):,} are wrong. A row is what was wanted, a column what was predicted; "
                f"the colour is the share of the row.")


def _mistakes(judgement: Judgement) -> str:
    worst = judgement.worst(WORST)
    if not worst:
        return card("worst mistakes", '<p class="quiet">None: every answer is right.</p>', columns=2)
    pictures, names = as_pictures(judgement.x), judgement.reading.names if judgement.reading else ()
    tiles = []
    for each in worst:
        wanted, predicted = (names[numbers[each]] for numbers in (judgement.wanted, judgement.predicted))
        sure = "" if judgement.sureness is None else f" {judgement.sureness[each]:.0%}"
        tiles.append(figure(draw_sample(pictures, judgement.x, each), f"not {predicted}{sure}", wanted))
    return card("worst mistakes", f'<div class="tiles">{"".join(tiles)}</div>',
                "The class wanted, and which one it was taken for" +
                (", with what probability." if judgement.sureness is not None else "."), columns=2)


def _scatter(judgement: Judgement) -> str:
    wanted, given = (_evenly(np.asarray(values, np.float64).reshape(-1))
                     for values in (judgement.y, judgement.prediction))
    scale = Scale.around([*wanted, *given], 0.0, 1.0)
    across, up = (Scale(scale.low, scale.high, *places) for places in ((46, 346), (310, 10)))
    parts = [element("line", x1=46, y1=310, x2=346, y2=10, class_="grid")]
    for tick in across.ticks(4):
        parts += [text(show(tick), across(tick), 326, text_anchor="middle"),
                  text(show(tick), 40, up(tick) + 3.5, text_anchor="end")]
    parts += [element("circle", cx=across(x), cy=up(y), r=2.5, fill="var(--blue)", fill_opacity=0.45)
              for x, y in zip(wanted.tolist(), given.tolist(), strict=True) if np.isfinite(y)]
    return card("answers against targets", element("svg", *parts, viewBox="0 0 360 332", role="img",
                                                   aria_label="answers against targets"),
                "Across what was wanted, upwards what was given; right is on the line.")


def _worst_numbers(judgement: Judgement) -> str:
    worst = judgement.worst(WORST)
    pictures, wanted, given = (as_pictures(each) for each in (judgement.x, judgement.y, judgement.prediction))
    if wanted is not None and given is not None:
        tiles = [figure(f'<div class="pair">{_image(wanted, each)}{_image(given, each)}</div>',
                        f"error {show(float(judgement.doubt[each]))}") for each in worst]
        note = "Left wanted, right given."
    else:
        tiles = [figure(draw_sample(pictures, judgement.x, each), f"not {_numbers(judgement.prediction[each])}",
                        _numbers(judgement.y[each])) for each in worst]
        note = "The numbers wanted, and what was given instead."
    return card("worst answers", f'<div class="tiles">{"".join(tiles)}</div>', note, columns=2)


def _image(pictures: Array, number: int) -> str:
    return draw_image(grey(pictures[number]), f"sample {number}")


def _numbers(values: Array) -> str:
    flat = np.asarray(values).reshape(-1)
    return ", ".join(show(float(value)) for value in flat[:3]) + ("…" if flat.size > 3 else "")


def _evenly(values: Array) -> Array:
    return values if len(values) <= POINTS else values[np.linspace(0, len(values) - 1, POINTS).astype(np.intp)]
