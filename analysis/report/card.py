"""The pieces of which the page is put together: sections, cards, figures."""

from collections.abc import Iterable
from html import escape

__all__ = ["card", "figure", "section"]


def section(title: str, cards: Iterable[str]) -> str:
    """Return cards under a heading; nothing where there are none.

    Example:
        >>> from chainrule.analysis.report.card import section
        >>> section("Curves", [])
        ''
    """
    content = "".join(cards)
    return f'<section><h2>{escape(title)}</h2><div class="grid">{content}</div></section>\n' if content else ""


def card(title: str, content: str, note: str = "", *, columns: int = 1) -> str:
    """Return a picture with a title above it, and below it a note that says how to read it; 3 columns are the page."""
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return f'<article class="card c{columns}"><h3>{escape(title)}</h3>{content}{below}</article>'


def figure(picture: str, caption: str, bold: str = "") -> str:
    """Return a small picture with a caption."""
    return f"<figure>{picture}<figcaption><b>{escape(bold)}</b> {escape(caption)}</figcaption></figure>"
