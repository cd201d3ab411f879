"""Wrong versions of what is written in the files beside: each must lose points."""

import numpy as np

from chainrule.layers import ReLU
from chainrule.layers.core import backward_rule, call, call_back
from saliency import input_gradient, integrated_gradients
from second_order import Affine, hessian_vector_product, largest_eigenvalue


def input_gradient_of_all_scores(model, x, target):
    """mask: One score was asked about, not the sum of all."""
    return model.backward(np.ones_like(model.forward(x)))


def input_gradient_of_the_score_itself(model, x, target):
    """factor: A one is sent back, not the score."""
    scores = model.forward(x)
    return model.backward(scores * (np.arange(scores.shape[1]) == target[:, None]))


def input_gradient_of_the_first_target(model, x, target):
    """batch: Each sample has a target of its own."""
    return input_gradient(model, x, np.full_like(target, target[0]))


def integrated_gradients_from_the_left_ends(model, x, baseline, target, steps):
    """The gradients are taken at the middles of the pieces, not at their beginnings."""
    points = [baseline + s / steps * (x - baseline) for s in range(steps)]
    return (x - baseline) * np.mean([input_gradient(model, point, target) for point in points], axis=0)


def integrated_gradients_not_times_the_way(model, x, baseline, target, steps):
    """factor: The mean gradient is to be multiplied by the way from the baseline to the input."""
    return integrated_gradients(model, x, baseline, target, steps) / (x - baseline)


def integrated_gradients_from_zero(model, x, baseline, target, steps):
    """The way begins at the baseline."""
    return integrated_gradients(model, x, 0 * baseline, target, steps)


def guided_gradient_plain(model, x, target):
    """mask: Every ReLU is to let positive gradients alone pass."""
    return input_gradient(model, x, target)


def guided_gradient_deconvnet(model, x, target):
    """mask: Besides the sign of the gradient the sign of the input counts, too, as in every ReLU's backward."""
    with backward_rule(ReLU, lambda relu, grad_out: np.maximum(grad_out, 0)):
        return input_gradient(model, x, target)


def guided_gradient_cut_at_the_end(model, x, target):
    """mask: The gradient is cut at every ReLU, not once at the input."""
    return np.maximum(input_gradient(model, x, target), 0)


def most_important_by_sign(model, x, target, count):
    """sign: The size counts, whatever the sign."""
    return np.argsort(-x * input_gradient(model, x, target), axis=1)[:, :count]


def most_important_by_the_gradient(model, x, target, count):
    """factor: Gradient times input is asked for."""
    return np.argsort(-np.abs(input_gradient(model, x, target)), axis=1)[:, :count]


def most_important_smallest_first(model, x, target, count):
    """order: The largest comes first."""
    return np.argsort(-np.abs(x * input_gradient(model, x, target)), axis=1)[:, :count][:, ::-1]


def Checkpointed_forward_keeps_all(self, x):
    """cache: The input of every layer is kept, not that of every segment."""
    kept = []
    for layer in self.layers:
        kept.append(x)
        x, _ = call(layer, x)
    self.cache = kept
    return x


def Checkpointed_forward_without_the_rest(self, x):
    """path: The last segment may be shorter; its layers belong to the network."""
    for layer in self.layers[:len(self.layers) // self.segment * self.segment]:
        x, _ = call(layer, x)
    return x


def Checkpointed_backward_draws_and_counts_again(self, grad_out):
    """mode: The layers run again as new calls: batch norm counts the batch twice, dropout draws another mask."""
    kept = self.saved()
    for number in reversed(range(len(kept))):
        x, entries = kept[number][0], []
        for layer in self.layers[number * self.segment:(number + 1) * self.segment]:
            x, entry = call(layer, x)
            entries.append(entry)
        for entry in reversed(entries):
            grad_out = call_back(entry.layer, entry, grad_out)
    return grad_out


def best_segment_the_root(layers):
    """The root is near the best length, but not always it."""
    return round(layers**0.5)


def Affine_jvp_without_the_weight(self, x_dot):
    """path: The weight moves, too: the product rule has two terms."""
    self.tangent = x_dot
    return x_dot @ self.weight.data.T


def Affine_backward_jvp_without_the_weight(self, grad_out, grad_out_dot):
    """path: In grad_x the weight moves, too."""
    self.weight.grad_dot += grad_out_dot.T @ self.cache + grad_out.T @ self.tangent
    return self.backward(grad_out), grad_out_dot @ self.weight.data


def Affine_backward_jvp_without_the_input(self, grad_out, grad_out_dot):
    """path: In grad_weight the input moves, too."""
    self.weight.grad_dot += grad_out_dot.T @ self.cache
    return self.backward(grad_out), grad_out_dot @ self.weight.data + grad_out @ self.weight.dot


def Affine_backward_jvp_overwritten(self, grad_out, grad_out_dot):
    """accumulate: What gathers in grad_dot is added, not overwritten."""
    self.weight.grad_dot = grad_out_dot.T @ self.cache + grad_out.T @ self.tangent
    return self.backward(grad_out), grad_out_dot @ self.weight.data + grad_out @ self.weight.dot


def Bend_jvp_as_it_came(self, x_dot):
    """factor: The tangent is multiplied by the slope."""
    self.tangent = x_dot
    return x_dot


def Bend_backward_jvp_of_a_straight_line(self, grad_out, grad_out_dot):
    """path: The slope itself moves along the direction; that term is missing."""
    return self.backward(grad_out), (1 - self.cache**2) * grad_out_dot


def Bend_backward_jvp_with_the_sign_lost(self, grad_out, grad_out_dot):
    """sign: The slope 1 - y**2 falls as y**2 grows: its derivative has a minus."""
    bend = 2 * grad_out * self.cache * self.tangent
    return self.backward(grad_out), (1 - self.cache**2) * grad_out_dot + bend


def hessian_vector_product_of_gauss_and_newton(layers, x, y, v):
    """path: The terms with the second derivatives of the network are missing: this is the Gauss-Newton matrix."""
    prediction = _forward(layers, x)
    return hessian_vector_product(layers, x, prediction, v)


def hessian_vector_product_is_the_gradient(layers, x, y, v):
    """The gradient gathers in grad, the product in grad_dot."""
    hessian_vector_product(layers, x, y, v)
    return [layer.weight.grad.copy() for layer in layers if isinstance(layer, Affine)]


def _forward(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def largest_eigenvalue_without_its_sign(product, v, steps):
    """sign: The length of the product says nothing of the sign."""
    return abs(largest_eigenvalue(product, v, steps))


def largest_eigenvalue_of_the_start(product, v, steps):
    """The quotient is that of the last vector."""
    return v @ product(v) / (v @ v)
