"""Wrong backwards of recurrent networks: through the gates of a step, and from step to step."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ...layers import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from ...layers.core import Array
from .mutant import Subject

__all__ = ["SUBJECTS"]

rnn = Subject(RNN, lambda: RNN(3, 4), ((5, 2, 3), (1, 2, 4)), batch_axis=None)
both_ways = Subject(RNN, lambda: RNN(3, 4, bidirectional=True, batch_first=True), ((2, 5, 3),))
lstm = Subject(LSTM, lambda: LSTM(3, 4), ((5, 2, 3), ((1, 2, 4), (1, 2, 4))), batch_axis=None)
projected = Subject(LSTM, lambda: LSTM(3, 4, proj_size=2), ((4, 2, 3),), batch_axis=1)
gru = Subject(GRU, lambda: GRU(3, 4), ((5, 2, 3), (1, 2, 4)), batch_axis=None)
rnn_cell = Subject(RNNCell, lambda: RNNCell(3, 4), ((5, 3), (5, 4)))
lstm_cell = Subject(LSTMCell, lambda: LSTMCell(3, 4), ((5, 3), ((5, 4), (5, 4))))
gru_cell = Subject(GRUCell, lambda: GRUCell(3, 4), ((5, 3), (5, 4)))

SUBJECTS = (rnn, both_ways, lstm, projected, gru, rnn_cell, lstm_cell, gru_cell)


class Step(NamedTuple):
    """The arguments of ``step_back``, and the walk it is a step of."""

    walk: Any
    grad_gates: Array
    grad_hidden: Array
    grads: Any
    kept: Any
    before: Any
    after: Any


def with_step(layer: Any, grad_out: Any, change: Callable[[Step], None]) -> Any:
    """Go back with every step followed by a change of what it has written; what of it goes on to h changes, too."""
    def step_back(walk: Any, *arguments: Any) -> None:
        right.step_back(walk, *arguments)
        step = Step(walk, *arguments)
        before = step.grad_hidden @ walk.weight_hh.data
        change(step)
        step.grads[0][...] += step.grad_hidden @ walk.weight_hh.data - before
    right = layer.kind
    return with_walk(layer, grad_out, step_back=step_back)


def with_walk(layer: Any, grad_out: Any, **methods: Any) -> Any:
    """Go back with other methods of the walk."""
    right = layer.kind
    layer.kind = type(right.__name__, (right,), methods)
    try:
        return super(type(layer), layer).backward(grad_out)
    finally:
        layer.kind = right


def exchange(first: int, second: int, step: Step) -> None:
    """Let two gates change their gradients."""
    apart = not np.shares_memory(step.grad_gates, step.grad_hidden)
    for grads in (step.grad_gates, step.grad_hidden)[:1 + apart]:
        gates = step.walk.blocks(grads)
        gates[[first, second]] = gates[[second, first]]


@rnn.wrong("path")
def stopped_after_one_step(self: RNN, grad_out: Any) -> Any:
    """Nothing goes from a step to the one before, so only the last input of a sequence explains its output."""
    return with_step(self, grad_out, lambda step: step.grads[0].fill(0))


@rnn_cell.wrong("formula")
@rnn.wrong("formula")
def slope_of_the_sigmoid(self: RNN | RNNCell, grad_out: Any) -> Any:
    """The slope of tanh is 1 - h * h; here it is h * (1 - h), that of the sigmoid."""
    return with_walk(self, grad_out, slope=lambda walk, h: h * (1 - h))


@rnn_cell.wrong("factor")
@rnn.wrong("factor")
def slope_of_tanh_left_out(self: RNN | RNNCell, grad_out: Any) -> Any:
    """The gradient of the state goes past tanh: it is not multiplied by 1 - h * h."""
    return with_walk(self, grad_out, slope=lambda walk, h: np.ones_like(h))


@rnn.wrong("mean")
def weights_averaged_over_the_steps(self: RNN, grad_out: Any) -> Any:
    """The weights are shared by all steps, so their gradient is the sum over them, not the mean."""
    before = self.weight_hh_l0.grad.copy()                      # type: ignore[attr-defined]  # set by name
    grads = RNN.backward(self, grad_out)
    weight = self.weight_hh_l0                                  # type: ignore[attr-defined]  # set by name
    weight.grad = before + (weight.grad - before) / len(self.saved().traces[0].x)
    return grads


@rnn.wrong("upstream")
def last_state_without_its_gradient(self: RNN, grad_out: Any) -> Any:
    """What flows into the last state is left out; only the outputs count."""
    return RNN.backward(self, (grad_out[0], None) if isinstance(grad_out, tuple) else grad_out)


@rnn.wrong("path")
def first_state_taken_for_a_constant(self: RNN, grad_out: Any) -> Any:
    """The initial state is an input as well, and has a gradient."""
    grads = RNN.backward(self, grad_out)
    return grads and (grads[0], np.zeros_like(grads[1]))


@rnn.wrong("upstream")
def only_the_last_output_counts(self: RNN, grad_out: Any) -> Any:
    """The outputs of all steps have gradients; here all but the last one's are left out."""
    grad_output, *others = grad_out
    if grad_output is not None:
        grad_output = np.concatenate([np.zeros_like(grad_output[:-1]), grad_output[-1:]])
    return RNN.backward(self, (grad_output, *others))


@both_ways.wrong("order")
def reverse_direction_walked_forwards(self: RNN, grad_out: Any) -> Any:
    """The direction that read from the end goes back from the end as well, so no gradient passes between its steps."""
    return with_walk(self, grad_out, order=lambda walk, length: range(length))


@both_ways.wrong("order")
def directions_exchanged(self: RNN, grad_out: Any) -> Any:
    """The halves of the outputs' gradient go to the wrong direction each."""
    return RNN.backward(self, (None if grad_out[0] is None else np.roll(grad_out[0], self.hidden_size, axis=-1),
                               *grad_out[1:]))


@lstm.wrong("path")
def recurrent_path_of_lstm_forgotten(self: LSTM, grad_out: Any) -> Any:
    """The gates also looked at the state before; their gradient does not reach it."""
    return with_step(self, grad_out, lambda step: step.grads[0].fill(0))


@lstm.wrong("path")
def cell_state_cut(self: LSTM, grad_out: Any) -> Any:
    """The gradient of the cell state is not handed to the step before, so nothing is remembered for long."""
    return with_step(self, grad_out, lambda step: step.grads[1].fill(0))


@lstm_cell.wrong("factor")
@lstm.wrong("factor")
def forget_gate_left_open(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The cell state goes back undiminished, though the forget gate let through only a part of it."""
    def change(step: Step) -> None:
        step.grads[1][...] /= step.walk.blocks(step.kept[0])[1]
    return with_step(self, grad_out, change)


@lstm_cell.wrong("order")
@lstm.wrong("order")
def input_and_forget_gate_exchanged(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The rows of the weights are in the order i, f, g, o; here f comes before i."""
    return with_step(self, grad_out, lambda step: exchange(0, 1, step))


@lstm_cell.wrong("order")
@lstm.wrong("order")
def output_gate_before_the_candidate(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The rows of the weights are in the order i, f, g, o; here they are taken for i, f, o, g."""
    return with_step(self, grad_out, lambda step: exchange(2, 3, step))


@lstm_cell.wrong("formula")
@lstm.wrong("formula")
def candidate_with_the_slope_of_a_gate(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The candidate g went through tanh, the gates through sigmoids; here all have the slope of the sigmoid."""
    def change(step: Step) -> None:
        g = step.walk.blocks(step.kept[0])[2]
        step.walk.blocks(step.grad_gates)[2][...] *= g * (1 - g) / (1 - g * g)
    return with_step(self, grad_out, change)


@lstm_cell.wrong("factor")
@lstm.wrong("factor")
def slope_of_the_input_gate_forgotten(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The gradient of the input gate is not taken through its sigmoid."""
    def change(step: Step) -> None:
        i = step.walk.blocks(step.kept[0])[0]
        step.walk.blocks(step.grad_gates)[0][...] /= i * (1 - i)
    return with_step(self, grad_out, change)


@lstm_cell.wrong("factor")
@lstm.wrong("factor")
def slope_of_the_output_gate_forgotten(self: LSTM | LSTMCell, grad_out: Any) -> Any:
    """The gradient of the output gate is not taken through its sigmoid."""
    def change(step: Step) -> None:
        o = step.walk.blocks(step.kept[0])[3]
        step.walk.blocks(step.grad_gates)[3][...] /= o * (1 - o)
    return with_step(self, grad_out, change)


@lstm.wrong("upstream")
def last_cell_state_without_its_gradient(self: LSTM, grad_out: Any) -> Any:
    """What flows into the last cell state is left out."""
    return LSTM.backward(self, (*grad_out[:2], None))


@projected.wrong("accumulate")
def projection_gradient_of_the_last_pass_only(self: LSTM, grad_out: Any) -> Any:
    """The gradient of the projection is set to zero first, where it must be added to."""
    self.weight_hr_l0.grad = np.zeros(self.weight_hr_l0.shape)  # type: ignore[attr-defined]  # set by name
    return LSTM.backward(self, grad_out)


@gru_cell.wrong("path")
@gru.wrong("path")
def reset_gate_without_a_gradient(self: GRU | GRUCell, grad_out: Any) -> Any:
    """The reset gate is taken for a constant: nothing flows through r into the weights."""
    def change(step: Step) -> None:
        for grads in (step.grad_gates, step.grad_hidden):
            step.walk.blocks(grads)[0].fill(0)
    return with_step(self, grad_out, change)


@gru_cell.wrong("factor")
@gru.wrong("factor")
def reset_gate_left_open(self: GRU | GRUCell, grad_out: Any) -> Any:
    """The candidate saw r * a, so the gradient of a is that of the candidate times r; here r is left out."""
    def change(step: Step) -> None:
        step.walk.parts(step.grad_hidden)[1][...] = step.walk.parts(step.grad_gates)[1]
    return with_step(self, grad_out, change)


@gru_cell.wrong("order")
@gru.wrong("order")
def reset_and_update_gate_exchanged(self: GRU | GRUCell, grad_out: Any) -> Any:
    """The rows of the weights are in the order r, z, n; here z comes before r."""
    return with_step(self, grad_out, lambda step: exchange(0, 1, step))


@gru_cell.wrong("factor")
@gru.wrong("factor")
def slope_of_the_candidate_forgotten(self: GRU | GRUCell, grad_out: Any) -> Any:
    """The gradient of the candidate is not taken through its tanh."""
    def change(step: Step) -> None:
        n = step.walk.blocks(step.kept[0])[2]
        for grads in (step.grad_gates, step.grad_hidden):       # r is behind the candidate, z is not
            step.walk.blocks(grads)[[0, 2]] /= 1 - n * n
    return with_step(self, grad_out, change)


@gru_cell.wrong("path")
@gru.wrong("path")
def old_state_that_stays_forgotten(self: GRU | GRUCell, grad_out: Any) -> Any:
    """The part z of the old state that stays hands on its gradient past the gates; here only the gates do."""
    def change(step: Step) -> None:
        step.grads[0][...] = step.grad_hidden @ step.walk.weight_hh.data
    return with_step(self, grad_out, change)


@rnn_cell.wrong("order")
def weight_gradient_transposed(self: RNNCell, grad_out: Any) -> Any:
    """The weight of the state is square, so its gradient fits transposed as well."""
    before = self.weight_hh.grad.copy()
    grads = RNNCell.backward(self, grad_out)
    self.weight_hh.grad = before + (self.weight_hh.grad - before).T
    return grads


@rnn_cell.wrong("formula")
def weight_gradient_of_the_new_state(self: RNNCell, grad_out: Any) -> Any:
    """The weight multiplied the old state; its gradient is taken with the new one."""
    h = self.saved().trace.states[0][1]
    before = self.weight_hh.grad.copy()
    grads = RNNCell.backward(self, grad_out)
    if self.weight_hh.requires_grad:
        self.weight_hh.grad = before + (grad_out * (1 - h * h)).T @ h
    return grads


@lstm_cell.wrong("path")
def path_through_the_cell_state_forgotten(self: LSTMCell, grad_out: Any) -> Any:
    """The gradient of the new cell state is left out, so the cell learns only from its output."""
    return LSTMCell.backward(self, (grad_out[0], None))


@gru_cell.wrong("sign")
def old_minus_new_turned_round(self: GRUCell, grad_out: Any) -> Any:
    """The update gate's gradient is grad_h * (h - n); here the difference is turned round."""
    def change(step: Step) -> None:
        for grads in (step.grad_gates, step.grad_hidden):
            step.walk.blocks(grads)[1][...] *= -1
    return with_step(self, grad_out, change)


@gru_cell.wrong("factor")
def state_gradient_doubled(self: GRUCell, grad_out: Any) -> Any:
    """The old state's gradient is counted twice."""
    grads = GRUCell.backward(self, grad_out)
    return grads and (grads[0], 2 * grads[1])
