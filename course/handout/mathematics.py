"""Formulas in Markdown: TeX between dollars becomes MathML, which browsers draw by themselves."""

import re

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

__all__ = ["formulas"]

# $$…$$ stands apart; the dollars of $…$ touch the formula, and no digit follows: "from $3 to $5" is none
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\$(?!\d)", re.DOTALL)


def formulas(markdown: MarkdownIt) -> None:
    """Teach a reader of Markdown what stands between dollars, before it looks for anything else in there.

    Example:
        >>> from markdown_it import MarkdownIt
        >>> from chainrule.course.handout.mathematics import formulas
        >>> "<mi>x</mi><mo>&#x0003C;</mo><mi>y</mi>" in MarkdownIt().use(formulas).render("where $x < y$ holds")
        True
    """
    markdown.inline.ruler.before("escape", "formula", _read)


def _read(state: StateInline, silent: bool) -> bool:
    found = _FORMULA.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        tex = " ".join((found[1] or found[2]).split())
        state.push("html_inline", "", 0).content = convert(tex, display="block" if found[1] else "inline")
    state.pos = found.end()
    return True
