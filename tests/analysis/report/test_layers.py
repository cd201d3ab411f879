"""Layers: names, norms, hills; none too many."""

from chainrule.analysis.report.layers import layers_section
from chainrule.models.zoo import mlp


def rows(paths, *, histogram=True):
    found = {"grad_norm": 1.0, "weight_norm": 2.0, "update_ratio": 1e-3} | (
        {"histogram": [-1.0, 1.0, 1, 2, 1]} if histogram else {})
    return [{"epoch": epoch, "layers": dict.fromkeys(paths, found)} for epoch in (1, 2)] + [{"epoch": 3}]


def test_layers_have_their_names():
    page = layers_section(rows(["0", "2"]), mlp([2, 3, 1]))
    assert page.count(">0 Linear <b>1</b>") == 1 and page.count(">2 Linear <b>0.001</b>") == 1
    assert page.count('class="hill"') == 4


def test_norms_are_drawn_only_where_there_is_nothing_else():
    mixed = rows(["0"])
    mixed[0]["layers"] = mixed[0]["layers"] | {"1": {"grad_norm": 1.0, "weight_norm": 1.0, "update_ratio": 1.0}}
    assert "1 Linear" not in layers_section(mixed, None) and ">1 <b>" not in layers_section(mixed, None)
    assert ">1 <b>" in layers_section(rows(["1"], histogram=False), None)


def test_of_many_layers_the_first_and_last_are_among_those_drawn():
    page = layers_section(rows([f"{index}" for index in range(100)]), None)
    assert page.count("<figure>") == 24 and "<b>0</b> " in page and "<b>99</b> " in page


def test_without_statistics_there_is_nothing():
    assert layers_section([{"epoch": 1, "loss": 1.0}], mlp([2, 3, 1])) == ""
