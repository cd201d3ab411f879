"""Formulas between dollars, and what is none."""

import pytest
from markdown_it import MarkdownIt

from chainrule.course.handout.mathematics import formulas


def read(text):
    return MarkdownIt("commonmark").use(formulas).render(text)


def test_a_formula_is_drawn_and_nothing_of_its_tex_is_left():
    page = read(r"""The loss $L_{no}*W_{oi}*x$ is
$$ y_{no} = \sum_i x_{ni}\, W_{oi} \;\; \text{for all} \quad
   \frac{\partial L}{\partial W_{oi}}. $$""")
    assert page.count("<math") == 2 and page.count('display="block"') == 1
    assert "<mfrac>" in page and "&#x02211;" in page
    assert not [left for left in ("\\", "$", "<em>") if left in page]


@pytest.mark.parametrize("text", ["from $3 to $5", "a $ b $ c", "`$x$`", "```\n$x$\n```", "one $ alone"])
def test_what_is_no_formula_stays(text):
    page = read(text)
    assert "<math" not in page and "$" in page


def test_less_than_is_no_tag():
    assert "<y" not in read("$x <y$")
