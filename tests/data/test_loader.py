"""DataLoader: batches as PyTorch makes them, and an order that the generator alone decides."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.data import ArrayDataset, Compose, DataLoader, PixelNoise, WeightedRandomSampler
from chainrule.layers.core import ValueRangeError, manual_seed


def numbered(n_samples):
    return ArrayDataset(np.arange(2.0 * n_samples).reshape(n_samples, 2), np.arange(n_samples))


def order_of(loader):
    return [label for _, y in loader for label in y.tolist()]


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 45), st.booleans())
def test_batches_are_those_of_pytorch(n_samples, batch_size, drop_last):
    data = pytest.importorskip("torch.utils.data")
    torch = pytest.importorskip("torch")
    dataset = numbered(n_samples)
    loader = DataLoader(dataset, batch_size, drop_last=drop_last)
    theirs = data.DataLoader(data.TensorDataset(torch.from_numpy(dataset.x), torch.from_numpy(dataset.y)),
                             batch_size, drop_last=drop_last)
    assert len(loader) == len(theirs)
    for (x, y), (their_x, their_y) in zip(loader, theirs, strict=True):
        np.testing.assert_array_equal(x, their_x.numpy(), strict=True)
        np.testing.assert_array_equal(y, their_y.numpy(), strict=True)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 45), st.booleans(), st.booleans(), st.integers(0, 9))
def test_a_pass_shows_each_sample_once(n_samples, batch_size, shuffle, drop_last, seed):
    loader = DataLoader(numbered(n_samples), batch_size, shuffle, drop_last, np.random.default_rng(seed))
    batches = list(loader)
    assert len(batches) == len(loader)
    full, rest = divmod(n_samples, batch_size)
    assert [len(x) for x, _ in batches] == [batch_size] * full + ([rest] if rest and not drop_last else [])
    shown = [label for _, y in batches for label in y.tolist()]
    assert len(set(shown)) == len(shown)
    assert set(shown) <= set(range(n_samples))
    if not shuffle:
        assert shown == list(range(len(shown)))
    for x, y in batches:
        np.testing.assert_array_equal(x, np.stack([2.0 * y, 2.0 * y + 1], axis=1))


def test_defaults_are_those_of_pytorch():
    loader = DataLoader(numbered(3))
    assert (loader.batch_size, loader.shuffle, loader.drop_last) == (1, False, False)
    assert [x.shape for x, _ in loader] == [(1, 2)] * 3


@pytest.mark.parametrize("drop_last", [False, True])
def test_no_batch_size_is_the_full_batch(drop_last):
    dataset = numbered(7)
    loader = DataLoader(dataset, batch_size=None, drop_last=drop_last)
    assert len(loader) == 1
    (x, y), = loader
    np.testing.assert_array_equal(x, dataset.x)
    np.testing.assert_array_equal(y, dataset.y)


def test_passes_repeat_unshuffled_and_differ_shuffled():
    assert order_of(loader := DataLoader(numbered(50), 8)) == order_of(loader) == list(range(50))
    shuffled = DataLoader(numbered(50), 8, shuffle=True, rng=np.random.default_rng(0))
    first, second = order_of(shuffled), order_of(shuffled)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert list(range(50)) not in (first, second)


def test_same_seed_same_order_in_every_pass():
    one, two = (DataLoader(numbered(50), 8, shuffle=True, rng=np.random.default_rng(3)) for _ in range(2))
    assert [order_of(one) for _ in range(4)] == [order_of(two) for _ in range(4)]
    other = DataLoader(numbered(50), 8, shuffle=True, rng=np.random.default_rng(4))
    assert order_of(one) != order_of(other)


def test_the_order_does_not_depend_on_the_batch_size():
    orders = [order_of(DataLoader(numbered(50), size, shuffle=True, rng=np.random.default_rng(5)))
              for size in (1, 7, 50, None)]
    assert all(order == orders[0] for order in orders)


def test_the_state_of_the_generator_resumes_a_run():
    rng = np.random.default_rng(6)
    loader = DataLoader(numbered(30), 4, shuffle=True, rng=rng)
    order_of(loader)
    state = rng.bit_generator.state
    rest = [order_of(loader), order_of(loader)]
    resumed = np.random.default_rng()
    resumed.bit_generator.state = state
    loader = DataLoader(numbered(30), 4, shuffle=True, rng=resumed)
    assert [order_of(loader), order_of(loader)] == rest


def test_nothing_is_drawn_without_shuffling():
    rng = np.random.default_rng(7)
    before = rng.bit_generator.state
    order_of(DataLoader(numbered(9), 2, rng=rng))
    assert rng.bit_generator.state == before


def test_without_rng_the_generator_of_the_package_decides():
    loader = DataLoader(numbered(50), 8, shuffle=True)
    manual_seed(8)
    first = order_of(loader)
    manual_seed(8)
    assert order_of(loader) == first
    assert order_of(loader) != first


def test_two_iterators_at_once_do_not_disturb_each_other():
    loader = DataLoader(numbered(10), 3, shuffle=True, rng=np.random.default_rng(9))
    pairs = list(zip(loader, loader, strict=True))
    for side in range(2):
        assert sorted(label for pair in pairs for label in pair[side][1].tolist()) == list(range(10))


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("batch_size", [1, 4, None])
def test_a_changed_batch_leaves_the_data_set_and_other_batches_as_they_were(shuffle, batch_size):
    dataset = numbered(10)
    x_before, y_before = dataset.x.copy(), dataset.y.copy()
    batches = list(DataLoader(dataset, batch_size, shuffle, rng=np.random.default_rng(0)))
    arrays = [array for batch in batches for array in batch]
    for i, array in enumerate(arrays):
        array[...] = -i
    assert all((array == -i).all() for i, array in enumerate(arrays))
    np.testing.assert_array_equal(dataset.x, x_before)
    np.testing.assert_array_equal(dataset.y, y_before)


@pytest.mark.parametrize("batch_size", [0, -3, 2.5])
def test_batch_size_out_of_range(batch_size):
    message = f"DataLoader expected batch_size of at least 1, or None for the full batch, got {batch_size}"
    with pytest.raises(ValueRangeError, match=f"^{re.escape(message)}$"):
        DataLoader(numbered(3), batch_size)


def augmented(prefetch, batch_size=4, rng=None):
    return DataLoader(numbered(30), batch_size, shuffle=True, rng=rng or np.random.default_rng(1), prefetch=prefetch,
                      transform=Compose([PixelNoise(clip=False)]))


def same(one, other):
    for (x, y), (other_x, other_y) in zip(one, other, strict=True):
        np.testing.assert_array_equal(x, other_x)
        np.testing.assert_array_equal(y, other_y)


def test_prefetching_changes_no_bit_of_any_pass():
    plain, ahead = augmented(0), augmented(3)
    for _ in range(3):
        same(list(plain), list(ahead))


def test_the_state_of_one_generator_resumes_augmented_passes():
    rng = np.random.default_rng(6)
    loader = augmented(2, rng=rng)
    list(loader)
    state = rng.bit_generator.state
    rest = [list(loader), list(loader)]
    resumed = np.random.default_rng()
    resumed.bit_generator.state = state
    loader = augmented(0, rng=resumed)
    for expected in rest:
        same(list(loader), expected)


def test_each_pass_and_each_batch_is_changed_anew():
    loader = DataLoader(ArrayDataset(np.zeros((8, 2)), np.zeros(8)), 4, transform=PixelNoise(clip=False),
                        rng=np.random.default_rng(0))
    drawn = [x.tobytes() for _ in range(3) for x, _ in loader]
    assert len(set(drawn)) == 6


def test_a_transform_draws_one_number_a_pass_and_an_order_as_ever():
    with_noise, without = augmented(0), DataLoader(numbered(30), 4, shuffle=True, rng=np.random.default_rng(1))
    assert order_of(with_noise) == order_of(without)
    without.rng.integers(2**63)
    assert with_noise.rng.bit_generator.state == without.rng.bit_generator.state


def test_a_sampler_decides_which_and_how_many():
    sampler = WeightedRandomSampler([0, 1, 0, 3], num_samples=1000)
    loader = DataLoader(numbered(4), 64, sampler=sampler, rng=np.random.default_rng(0))
    shown = order_of(loader)
    assert len(loader) == 16 and len(shown) == 1000
    assert set(shown) == {1, 3} and abs(shown.count(3) / 1000 - 0.75) < 0.05
    with pytest.raises(ValueRangeError, match="a sampler or shuffle, got both"):
        DataLoader(numbered(4), sampler=sampler, shuffle=True)


@settings(deadline=None)
@given(st.integers(1, 40), st.integers(1, 45), st.integers(1, 6), st.booleans(), st.integers(0, 2))
def test_parts_of_a_batch_are_the_batch(n_samples, batch_size, size, drop_last, prefetch):
    whole = DataLoader(numbered(n_samples), batch_size, True, drop_last, np.random.default_rng(2), prefetch=prefetch)
    parts = [DataLoader(numbered(n_samples), batch_size, True, drop_last, np.random.default_rng(2),
                        prefetch=prefetch).part(rank, size) for rank in range(size)]
    assert {len(part) for part in parts} == {len(whole)}
    for (x, y), *shares in zip(whole, *parts, strict=True):
        np.testing.assert_array_equal(np.concatenate([part for part, _ in shares]), x)
        np.testing.assert_array_equal(np.concatenate([part for _, part in shares]), y)
        lengths = [len(part) for part, _ in shares]
        assert max(lengths) - min(lengths) <= 1 and lengths[0] == max(lengths)


def test_a_part_follows_the_loader_it_is_of():
    loader = DataLoader(numbered(9), 4)
    part = loader.part(1, 2)
    assert order_of(part) == [2, 3, 6, 7]
    assert order_of(loader) == list(range(9))
    assert order_of(loader.part(0, 1)) == list(range(9))


def test_the_first_part_is_changed_as_the_batch_itself_would_be():
    def first(loader):
        return next(iter(loader))[0]

    whole, one, other = augmented(0), augmented(0).part(0, 2), augmented(0).part(1, 2)
    plain = first(DataLoader(numbered(30), 4, shuffle=True, rng=np.random.default_rng(1)))
    x, first_half, second_half = first(whole), first(one), first(other)
    np.testing.assert_array_equal(first_half, x[:2])
    assert not np.allclose(second_half - plain[2:], first_half - plain[:2], atol=1e-3)
