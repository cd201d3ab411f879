"""The package's own generator."""

import json

import numpy as np
import pytest

from chainrule.layers.core import DtypeError, default_rng, get_rng_state, manual_seed, set_rng_state


def test_seeding_resets_the_one_generator_everyone_holds():
    held = default_rng()
    assert manual_seed(4) is held
    first = held.random(5)
    manual_seed(4)
    np.testing.assert_array_equal(held.random(5), first)
    np.testing.assert_array_equal(np.random.default_rng(4).random(5), first)


def test_the_state_survives_json():
    manual_seed(1)
    default_rng().random(3)
    state = json.loads(json.dumps(get_rng_state()))
    first = default_rng().random(4)
    set_rng_state(state)
    np.testing.assert_array_equal(default_rng().random(4), first)


def test_a_bare_seed_is_refused_with_the_fix():
    with pytest.raises(DtypeError, match=r"got 3; write np.random.default_rng\(seed\)"):
        default_rng(3)
