"""Data of two numbers: where the network draws its borders, and how each layer bends the plane."""

from typing import Any, NamedTuple

import numpy as np

from ...layers.core import Array, Layer, Observer, observe
from ..plots import Scale, diverging, draw_image, element, path
from .card import card, figure, section
from .samples import Judgement, run_quietly

__all__ = ["Space", "plane_section", "spaces_of"]

PIXELS, SIDE = 96, 320
LINES, STEPS = 13, 25       # of the mesh, each way, and the points of each
POINTS = 240
PANELS = 12
COLORS = np.array([(47, 111, 214), (224, 123, 26), (46, 158, 107), (196, 64, 132), (128, 96, 200), (150, 150, 50),
                   (60, 170, 190), (190, 80, 60), (110, 110, 120), (210, 170, 40)])


class Space(NamedTuple):
    """What a layer makes of the plane: points (P, 2), and the lines of the mesh (2 * LINES, STEPS, 2)."""

    path: str
    layer: str
    width: int
    points: Array
    mesh: Array


def plane_section(model: Layer, judgement: Judgement) -> str:
    """Return the decision boundary, and the plane as it is behind each layer; nothing unless data are two numbers."""
    x = judgement.x
    if x.ndim != 2 or x.shape[1] != 2 or x.dtype.kind != "f":
        return ""
    return section("The plane", [_boundary(model, judgement), _warping(model, judgement)])


def spaces_of(model: Layer, x: Array) -> list[Space]:
    """Return what each layer that moves something makes of points ``x`` (P, 2) and of a square mesh around them.

    Wider layers are shown in the two directions in which the points differ most (their first principal components),
    turned so that neighbouring pictures agree; narrower ones on a line.
    """
    low, high = _range(x)
    ways = [np.linspace(low[axis], high[axis], STEPS) for axis in (0, 1)]
    lines = [np.linspace(low[axis], high[axis], LINES) for axis in (0, 1)]
    mesh = np.stack([np.stack(np.broadcast_arrays(*pair), axis=-1) for pair in
                     [(each, ways[1]) for each in lines[0]] + [(ways[0], each) for each in lines[1]]])
    whole = np.concatenate([x, mesh.reshape(-1, 2)]).astype(x.dtype)
    recorder = _Recorder(len(whole))
    with observe(recorder):
        run_quietly(model, whole)
    spaces = [Space("", "the data", 2, x, mesh)]
    for place, layer, values in recorder.found:
        flat = _flattened(values, len(x), spaces[-1].points)
        spaces.append(Space(place, layer, values.shape[1], flat[:len(x)], flat[len(x):].reshape(mesh.shape)))
    return spaces


class _Recorder(Observer):
    """Keeps what each layer without sub-layers gives, as far as it is rows and something else than what came in."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.found: list[tuple[str, str, Array]] = []
        self.batches: dict[tuple[str, ...], list[Array]] = {}

    def after_forward(self, place: tuple[str, ...], layer: Layer, x: tuple[Any, ...], y: Any) -> None:
        if next(layer.children(), None) is not None or not isinstance(y, np.ndarray) or y.ndim != 2 or \
                np.array_equal(y, x[0]):
            return
        parts = self.batches.setdefault(place, [])
        parts.append(y)
        if sum(map(len, parts)) == self.count:
            self.found.append((".".join(place), layer.title, np.concatenate(parts).astype(np.float64)))


def _flattened(values: Array, count: int, before: Array) -> Array:
    """Return rows in two dimensions; directions come from the first ``count`` rows, signs from how they lay before."""
    if values.shape[1] == 1:
        return np.concatenate([values, np.zeros_like(values)], axis=1)
    if values.shape[1] > 2:
        centred = values - values[:count].mean(axis=0)
        values = centred @ np.linalg.svd(centred[:count], full_matrices=False)[2][:2].T
        turned = (values[:count] * (before - before.mean(axis=0))).sum(axis=0)
        values = values * np.where(turned < 0, -1.0, 1.0)
    return values


def _range(x: Array) -> tuple[Array, Array]:
    low, high = x.min(axis=0).astype(np.float64), x.max(axis=0).astype(np.float64)
    air = 0.08 * (high - low) + 1e-9
    return low - air, high + air


def _boundary(model: Layer, judgement: Judgement) -> str:
    low, high = _range(judgement.x)
    across, down = np.meshgrid(np.linspace(low[0], high[0], PIXELS), np.linspace(high[1], low[1], PIXELS))
    prediction = run_quietly(model, np.stack([across.ravel(), down.ravel()], axis=1).astype(judgement.x.dtype))
    if judgement.reading is None:
        first = prediction.reshape(len(prediction), -1)[:, 0]
        pixels = diverging((first - np.median(first)).reshape(PIXELS, PIXELS))
        note = "Blue is low, red is high, white the middle."
    else:
        scores, share = judgement.reading.scores(prediction), judgement.reading.probabilities(prediction)
        pixels = _tinted(scores.argmax(axis=1), np.ones(len(scores)) if share is None else share.max(axis=1),
                         scores.shape[1]).reshape(PIXELS, PIXELS, 4)
        note = "The colour of the ground is the class that the network sees there, paler where it is less sure. " \
               "Ringed points are wrong."
    to_x, to_y = Scale(low[0], high[0], 0, SIDE), Scale(low[1], high[1], SIDE, 0)
    points = "".join(_dots(judgement, judgement.x, to_x, to_y, 3.2))
    ground = draw_image(pixels, "what the network sees at each place", class_="ground")
    picture = element("svg", points, viewBox=f"0 0 {SIDE} {SIDE}", role="img", aria_label="decision boundary")
    return card("decision boundary", f'<div class="plane boundary">{ground}{picture}</div>', note)


def _warping(model: Layer, judgement: Judgement) -> str:
    x = judgement.x[:POINTS]
    spaces = spaces_of(model, x)
    panels = []
    for space in spaces[:PANELS]:
        corners = np.concatenate([space.points, space.mesh.reshape(-1, 2)])
        middle, size = (corners.max(axis=0) + corners.min(axis=0)) / 2, float(np.ptp(corners, axis=0).max()) / 2 or 1.0
        to_x, to_y = (Scale(middle[axis] - size, middle[axis] + size, *places)
                      for axis, places in ((0, (6, 154)), (1, (154, 6))))
        mesh = "".join(element("path", d=path([(to_x(a), to_y(b)) for a, b in line]), class_="mesh")
                       for line in space.mesh.tolist())
        picture = element("svg", mesh, *_dots(judgement, space.points, to_x, to_y, 2.0), viewBox="0 0 160 160",
                          role="img", aria_label=f"the plane behind {space.layer}", class_="plane")
        wide = f", {space.width} wide" if space.width > 2 else ""
        panels.append(figure(picture, f"{space.layer}{wide}", space.path))
    more = f" The first {PANELS} of {len(spaces)} are shown." if len(spaces) > PANELS else ""
    return card("the plane behind each layer", f'<div class="small spaces">{"".join(panels)}</div>',
                f"The mesh is square where the data are. A layer of more than two numbers is seen from where the "
                f"points lie farthest apart.{more}", columns=2)


def _tinted(predicted: Array, sure: Array, classes: int) -> Array:
    """Return the colour of each class, as opaque as the network is sure beyond guessing."""
    beyond = np.clip((sure - 1 / classes) / (1 - 1 / classes), 0, 1)
    return np.concatenate([COLORS[predicted % len(COLORS)], np.rint(60 + 100 * beyond)[:, None]],
                          axis=1).astype(np.uint8)


def _dots(judgement: Judgement, points: Array, to_x: Scale, to_y: Scale, radius: float) -> list[str]:
    dots = []
    for number, (x, y) in enumerate(points[:POINTS].tolist()):
        wrong, color = False, "var(--blue)"
        if judgement.reading is not None:
            wrong = bool(judgement.predicted[number] != judgement.wanted[number])
            color = f"rgb{tuple(COLORS[judgement.wanted[number] % len(COLORS)].tolist())}"
        dots.append(element("circle", cx=to_x(x), cy=to_y(y), r=radius, fill=color, class_="miss" if wrong else None))
    return dots
