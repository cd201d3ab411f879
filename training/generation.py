"""Sequences made token by token: what a network of scores for the next token says, drawn or the likeliest."""

import numpy as np

from ..layers.core import Array, Layer, ShapeError, check_range, check_size, default_rng, flatten
from .modes import evaluation_mode

__all__ = ["decode", "draw_token", "generate"]


def draw_token(scores: Array, temperature: float = 1.0, top_k: int | None = None,
               rng: np.random.Generator | None = None) -> int:
    """Return a token drawn with probabilities ``softmax(scores / temperature)``, among the ``top_k`` likeliest.

    Temperature 0 is the likeliest token itself, and draws nothing.

    Shapes:
        scores: (C,)

    Source: Ackley, Hinton & Sejnowski 1985 (temperature); Fan, Lewis & Dauphin 2018 (top-k).

    Example:
        >>> draw_token(np.array([0.0, 2.0, 1.0]), temperature=0)
        1
    """
    check_range(float(temperature), 0.0, float("inf"), name="temperature", owner="draw_token", open_high=True)
    if temperature == 0:
        return int(scores.argmax())
    scores = scores.astype(np.float64)
    if top_k is not None:
        least = np.partition(scores, -min(check_size(top_k, "top_k", "draw_token"), len(scores)))[-top_k:].min()
        scores = np.where(scores >= least, scores, -np.inf)
    chance = np.exp((scores - scores.max()) / temperature)
    return int(default_rng(rng).choice(len(chance), p=chance / chance.sum()))


def generate(model: Layer, prompt: Array, length: int, *, temperature: float = 1.0, top_k: int | None = None,
             context: int | None = None, classes: int | None = None, rng: np.random.Generator | None = None) -> Array:
    """Return ``length`` tokens that continue ``prompt``, each drawn from the model's scores at the last place.

    A model that returns a state with its scores is then given the last token and that state; another one all tokens
    so far. ``context`` limits both to the last ones. Only the first ``classes`` tokens are drawn, if given.

    Shapes:
        prompt: (T,) integers, T at least 1
        scores: (1, C, T), as of ``char_rnn`` and ``gpt``

    Example:
        >>> network = chainrule.models.zoo.char_rnn(vocabulary=5, hidden=8)
        >>> generate(network, np.array([3, 1]), 4, rng=np.random.default_rng(0)).shape
        (4,)
    """
    if prompt.ndim != 1 or not prompt.size:
        raise ShapeError(f"generate expected prompt of shape (T,) with at least one token, got {prompt.shape}")
    check_size(length, "length", "generate")
    tokens, rng = prompt.tolist(), default_rng(rng)
    given, state = prompt[None, -(context or len(tokens)):], list[Array]()
    with evaluation_mode(model):
        for _ in range(length):
            scores, *state = flatten(model.forward(given, *state))
            tokens.append(draw_token(scores[0, :classes, -1], temperature, top_k, rng))
            given = np.array([tokens[-1:] if state else tokens[-(context or len(tokens)):]])
    return np.array(tokens[-length:])


def decode(model: Layer, source: Array, length: int, start: int = 0) -> Array:
    """Return the answers of a network that is given the source and the answer so far: always the likeliest token.

    Shapes:
        source: (N, S) integers
        answer: (N, length) integers; so far it is ``start`` and the tokens already chosen
        scores: (N, C, T), as of ``seq2seq``

    Source: Sutskever, Vinyals & Le 2014, section 3.2, with a beam of one.

    Example:
        >>> decode(chainrule.models.zoo.seq2seq(vocabulary=5, hidden=8), np.array([[3, 1, 4]]), length=6).shape
        (1, 6)
    """
    answer = np.full((len(source), check_size(length, "length", "decode") + 1), start, np.int64)
    with evaluation_mode(model):
        for place in range(length):
            scores = model.forward(source, answer[:, :place + 1])
            answer[:, place + 1] = scores[:, :, -1].argmax(axis=1)
    return answer[:, 1:]
