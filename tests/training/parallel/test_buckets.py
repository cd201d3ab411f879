"""Buckets: every gradient in one of them, from the last to the first."""

import numpy as np
import pytest

from chainrule.layers.core import Parameter, gather
from chainrule.training.parallel.buckets import MOST, SMALLEST, buckets_of


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1, 1000, 60000])
def test_each_gradient_once_in_reverse_order(dtype, scale):
    sizes = np.random.default_rng(0).integers(1, 40, 50) * scale // 20 + 1
    parameters = [Parameter(np.zeros(size), dtype=dtype) for size in sizes]
    gather(parameters)
    buckets = buckets_of(parameters)
    assert [id(each) for bucket in reversed(buckets) for each in bucket.parameters] == [id(each) for each in parameters]
    for number, bucket in enumerate(buckets):
        for parameter in bucket.parameters:
            parameter.grad += number + 1
        assert (bucket.grad == number + 1).all()
        assert bucket.grad.size == sum(each.size for each in bucket.parameters)
    assert len(buckets) <= MOST
    assert all(bucket.grad.nbytes >= SMALLEST for bucket in buckets[:-1])


def test_stores_of_two_dtypes_share_no_bucket():
    parameters = [Parameter(np.zeros(3)), Parameter(np.zeros(4), dtype=np.float64), Parameter(np.zeros(5))]
    gather(parameters)
    assert [[each.size for each in bucket.parameters] for bucket in buckets_of(parameters)] == [[4], [3, 5]]
