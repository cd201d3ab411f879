"""Tokens one by one: the state carried is the whole past, and what is drawn has the chances it should have."""

import numpy as np
import pytest

from chainrule.layers.core import ShapeError, ValueRangeError
from chainrule.models.zoo import char_rnn, gpt, seq2seq
from chainrule.training import decode, draw_token, evaluation_mode, generate


def test_tokens_have_the_chances_of_the_softmax():
    scores, rng = np.array([0.0, 1.0, 2.0, -1.0]), np.random.default_rng(0)
    drawn = np.bincount([draw_token(scores, temperature=0.5, rng=rng) for _ in range(4000)], minlength=4)
    chance = np.exp(2 * scores) / np.exp(2 * scores).sum()
    np.testing.assert_allclose(drawn / 4000, chance, atol=0.03)


def test_only_the_likeliest_are_drawn():
    rng = np.random.default_rng(0)
    assert {draw_token(np.array([3.0, 1.0, 2.0, 2.5]), top_k=2, rng=rng) for _ in range(100)} == {0, 3}
    assert {draw_token(np.array([3.0, 1.0]), top_k=9, rng=rng) for _ in range(100)} == {0, 1}


def test_scores_of_any_size_can_be_drawn_from():
    assert draw_token(np.array([1e30, -1e30, 0.0], np.float32), temperature=1e-3) == 0


@pytest.mark.parametrize("options", [{"temperature": -1.0}, {"temperature": float("inf")}, {"top_k": 0}])
def test_options_are_checked(options):
    with pytest.raises(ValueRangeError, match=f"draw_token expected {next(iter(options))}"):
        draw_token(np.zeros(3), **options)


@pytest.mark.parametrize("network", [char_rnn(7, 3, 5, 2, dropout=0.5), char_rnn(7, 3, 5, cell="GRU"),
                                     gpt(7, 1, 8, 2, block_size=20)], ids=["LSTM", "GRU", "GPT"])
def test_each_token_is_the_likeliest_after_all_before_it(network):
    prompt = np.array([1, 4, 2])
    tokens = generate(network, prompt, 9, temperature=0)
    told = prompt.tolist()
    with evaluation_mode(network):
        for token in tokens.tolist():
            scores = network.forward(np.array([told]))
            scores = scores[0] if isinstance(scores, tuple) else scores
            assert token == scores[0, :, -1].argmax()
            told.append(token)


def test_the_seed_decides_and_the_mode_comes_back():
    network = char_rnn(7, 3, 5, dropout=0.5)
    first, again, other = (generate(network, np.array([1]), 20, rng=np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (first == again).all() and (first != other).any()
    assert network.training


def test_a_network_of_limited_sight_is_given_the_last_tokens():
    seen = generate(gpt(7, 1, 8, 2, block_size=4), np.arange(6), 5, context=4, classes=3)
    assert len(seen) == 5 and seen.max() < 3


@pytest.mark.parametrize("prompt", [np.zeros(0, int), np.zeros((1, 2), int)])
def test_the_prompt_is_one_row(prompt):
    with pytest.raises(ShapeError, match="generate expected prompt of shape"):
        generate(char_rnn(7), prompt, 3)


def test_decoding_takes_the_likeliest_token_after_its_own_answer():
    network, source = seq2seq(6, 4, 5), np.random.default_rng(0).integers(1, 6, (3, 4))
    answer = decode(network, source, 5, start=2)
    so_far = np.concatenate([np.full((3, 1), 2), answer[:, :-1]], axis=1)
    assert (network.eval().forward(source, so_far).argmax(axis=1) == answer).all()
