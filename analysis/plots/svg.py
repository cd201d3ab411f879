"""SVG written by hand: elements, numbers and texts."""

from html import escape

__all__ = ["element", "number", "path", "text"]


def element(name: str, *children: str, **attributes: object) -> str:
    """Return an element; ``class_`` stands for ``class``, an underscore within a name for a hyphen.

    Example:
        >>> from chainrule.analysis.plots.svg import element
        >>> element("circle", class_="dot", stroke_width=1.50)
        '<circle class="dot" stroke-width="1.5"/>'
    """
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"' for key, value in attributes.items()
                      if value is not None)
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def text(content: object, x: float, y: float, **attributes: object) -> str:
    """Return a text that begins at a point; ``text_anchor`` says otherwise."""
    return element("text", escape(str(content)), x=x, y=y, **attributes)


def path(points: list[tuple[float, float]], closed: bool = False) -> str:
    """Return the ``d`` of a path along points, in tenths of a pixel."""
    return "M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in points) + ("Z" if closed else "")


def number(value: float, places: int = 2) -> str:
    """Return a number as short as it can be at so many decimal places."""
    short = f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"
    return "0" if short in ("-0", "") else short


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else escape(str(value))
