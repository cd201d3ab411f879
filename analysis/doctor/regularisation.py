"""Whether regularisation costs something, and not everything."""

from ...layers.core import flatten
from .patient import Patient, steady_training
from .verdict import Verdict

__all__ = ["check_regularisation"]

TITLE = "regularisation"
FAST = 0.01     # of the weights in a step


def check_regularisation(patient: Patient) -> Verdict:
    """Raise penalties and weight decay tenfold: the loss must rise by nine times their price, which is not all of it.

    Source: CS231n, notes on learning, sanity checks: "increasing the regularization strength should increase the loss".
    """
    x, y = patient.some(256)
    twin = patient.twin()
    twin.penalties = [penalty for penalty in twin.penalties if not penalty.of_network]
    with steady_training(twin):
        loss = twin.loss.forward(twin.model.forward(*flatten(x)), y)
    model = {id(parameter) for parameter in twin.model.parameters()}
    groups = [group for group in twin.optimizer.param_groups if group.get("weight_decay")]
    if not twin.penalties and not groups:
        return Verdict(TITLE, "skipped", "there are no penalties and no weight decay")
    if any(model.isdisjoint(map(id, penalty.parameters)) for penalty in twin.penalties):
        return Verdict(TITLE, "bad", "a penalty is on parameters of another network", "make it with weights_of(model)")
    decoupled = twin.optimizer.own_decay or any(group.get("decoupled_weight_decay") for group in groups)
    if decoupled and not twin.penalties:
        share = max(group["lr"] * group["weight_decay"] for group in groups)
        return Verdict(TITLE, "good" if share < FAST else "odd", f"every step takes {share:.1e} of the weights away",
                       "" if share < FAST else "lower weight_decay")
    before = sum(penalty.forward() for penalty in twin.penalties)
    for penalty in twin.penalties:
        penalty.weight *= 10
    price = (sum(penalty.forward() for penalty in twin.penalties) - before) / 9
    if not decoupled:
        price += sum(group["weight_decay"] / 2 * float((parameter.data ** 2).sum())
                     for group in groups for parameter in group["params"])
    facts = f"it adds {price:.2g} to a loss of {loss:.4g}"
    if price <= 0:
        return Verdict(TITLE, "bad", facts, "its weight is 0: raise it, or leave it out")
    if price > loss:
        return Verdict(TITLE, "odd", facts, f"small weights pay more than right answers: lower it "
                                            f"{price / max(loss, 1e-12) * 10:.0f} times or so")
    return Verdict(TITLE, "good", facts)
