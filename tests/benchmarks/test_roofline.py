"""The work of a convolution is that of its description, three times over."""

from benchmarks.peers import ours
from benchmarks.roofline import flops, moved
from benchmarks.workloads import WORKLOADS


def test_operations_are_those_that_the_layer_describes():
    workload = WORKLOADS["layer/conv5x5-32-32-16px-b64"]
    description = ours.build(workload.network).describe(workload.x[0].shape)
    assert flops(workload) == 3 * 2 * description.multiply_adds


def test_a_pool_moves_input_and_output_both_ways_and_reads_the_input_again():
    workload = WORKLOADS["layer/max-pool2x2-32-32px-b64"]
    x = 4 * 64 * 32 * 32 * 32
    assert moved(workload) == 3 * x + 2 * x // 4
