"""A third set of mistakes, in the own files of assignments 4 to 6, as edits of the solution."""

from typing import NamedTuple


class Edit(NamedTuple):
    """A part of an assignment, the text of its solution that is changed, what stands there then, and its family."""

    assignment: str
    part: str
    right: str
    wrong: str
    family: str


A4, A5, A6 = "a4_recurrence", "a5_attention", "a6_looking_inside"
EDITS = [
    # no gradient goes back in time; that of the last output alone; x in the order of the way back
    Edit(A4, "through_time.Unrolled.backward", "arriving = grad + grad_h", "arriving = grad", "path"),
    Edit(A4, "through_time.Unrolled.backward", "arriving = grad + grad_h",
         "arriving = grad_h if grad_x else grad", "path"),
    Edit(A4, "through_time.Unrolled.backward", "np.stack(grad_x[::-1])", "np.stack(grad_x)", "order"),
    Edit(A4, "through_time.Unrolled.backward", "call_back(self.cell, entry, arriving)",
         "call_back(self.cell, entries[-1], arriving)", "cache"),
    # the state begins anew with every step; the last output alone, at every step
    Edit(A4, "through_time.Unrolled.forward", "call(self.cell, x_t, state)",
         "call(self.cell, x_t, (zeros, zeros) if self.pair else zeros)", "path"),
    Edit(A4, "through_time.clip_gradients", "parameter.grad *= max_norm / length",
         "np.clip(parameter.grad, -max_norm, max_norm, out=parameter.grad)", "formula"),
    Edit(A4, "through_time.clip_gradients", "float(np.sqrt(sum((parameter.grad**2).sum() for parameter in "
         "parameters)))", "float(sum((parameter.grad**2).sum() for parameter in parameters))", "formula"),
    Edit(A4, "recurrent.Cell.add_gradients", "self.weight_hh.grad += grad_gates.T @ h",
         "self.weight_hh.grad[...] = grad_gates.T @ h", "accumulate"),
    # queries, keys and values cut in another order; heads not brought behind the batch
    Edit(A5, "attention.SelfAttention.forward", "q, k, v = parts.transpose(2, 0, 3, 1, 4)",
         "k, q, v = parts.transpose(2, 0, 3, 1, 4)", "order"),
    Edit(A5, "attention.SelfAttention.forward", "found.swapaxes(1, 2).reshape(x.shape)",
         "found.reshape(x.shape)", "order"),
    Edit(A5, "attention.SelfAttention.backward", "grad.reshape(count, length, self.heads, -1).swapaxes(1, 2)",
         "grad.reshape(count, self.heads, length, -1)", "order"),
    Edit(A5, "attention.SelfAttention.backward", "grads = np.stack(call_back(self.attention, entry, grad))",
         "grads = np.stack(call_back(self.attention, entry, grad)); grads[0] = 0", "path"),
    # one sent back from every score; the score itself sent back
    Edit(A6, "saliency.input_gradient", "grad[np.arange(len(x)), target] = 1", "grad[...] = 1", "mask"),
    Edit(A6, "saliency.input_gradient", "grad[np.arange(len(x)), target] = 1",
         "grad[np.arange(len(x)), target] = scores[np.arange(len(x)), target]", "factor"),
    Edit(A6, "saliency.input_gradient", "return model.backward(grad)",
         "return np.abs(model.backward(grad))", "sign"),
    Edit(A6, "saliency.integrated_gradients", "(x - baseline) * total / steps", "total / steps", "factor"),
    Edit(A6, "saliency.integrated_gradients", "(x - baseline) * total / steps",
         "(x - baseline) * total", "mean"),
    Edit(A6, "saliency.integrated_gradients", "baseline + (s + 0.5)", "baseline + (s + 1)", "formula"),
    Edit(A6, "saliency.integrated_gradients", "(x - baseline) * total", "x * total", "path"),
    Edit(A6, "saliency.integrated_gradients", "(x - baseline) * total", "(baseline - x) * total", "sign"),
    # what Zeiler and Fergus do: the mask of forward is left out; the other sign passes
    Edit(A6, "saliency.guided_gradient", "relu.backward(np.maximum(grad_out, 0))",
         "np.maximum(grad_out, 0)", "mask"),
    Edit(A6, "saliency.guided_gradient", "relu.backward(np.maximum(grad_out, 0))",
         "relu.backward(grad_out)", "mask"),
    Edit(A6, "saliency.guided_gradient", "np.maximum(grad_out, 0)", "np.minimum(grad_out, 0)", "mask"),
    Edit(A6, "saliency.most_important", "np.argsort(-size, axis=1)", "np.argsort(size, axis=1)", "order"),
    Edit(A6, "checkpoint.Checkpointed.backward", "for entry in reversed(entries):",
         "for entry in reversed(entries[1:] or entries):", "path"),
    Edit(A6, "checkpoint.Checkpointed.backward", "x, repeats = kept[number]",
         "x, repeats = kept[number]; x = 0 * x", "cache"),
    Edit(A6, "second_order.Affine.jvp", " + self.cache @ self.weight.dot.T", "", "path"),
    Edit(A6, "second_order.Affine.backward_jvp", " + grad_out.T @ self.tangent", "", "path"),
    Edit(A6, "second_order.Affine.backward_jvp", "self.weight.grad_dot += grad_out_dot.T",
         "self.weight.grad_dot = grad_out_dot.T", "accumulate"),
    Edit(A6, "second_order.Affine.backward_jvp", " + grad_out @ self.weight.dot", "", "path"),
    Edit(A6, "second_order.Bend.jvp", "(1 - self.cache**2) * x_dot", "(1 - self.cache) * x_dot", "formula"),
    Edit(A6, "second_order.Bend.backward_jvp", "- 2 * grad_out * y * y_dot", "- grad_out * y * y_dot",
         "factor"),
    Edit(A6, "second_order.Bend.backward_jvp", "- 2 * grad_out", "+ 2 * grad_out", "sign"),
    Edit(A6, "second_order.Bend.backward_jvp", "(1 - y**2) * grad_out_dot - ", "-", "path"),
    Edit(A6, "second_order.hessian_vector_product", "grad, grad_dot = x - y, x_dot",
         "grad, grad_dot = x - y, np.zeros_like(x_dot)", "path"),
    Edit(A6, "second_order.hessian_vector_product", "grad, grad_dot = x - y, x_dot",
         "grad, grad_dot = (x - y) / len(x), x_dot / len(x)", "mean"),
    Edit(A6, "second_order.hessian_vector_product", "grad, grad_dot = x - y, x_dot",
         "grad, grad_dot = np.zeros_like(x - y), x_dot", "path"),            # the Gauss-Newton matrix
    Edit(A6, "second_order.hessian_vector_product", "grad, grad_dot = x - y, x_dot",
         "grad, grad_dot = y - x, x_dot", "sign"),
]
