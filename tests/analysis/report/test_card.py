"""Pieces of the page escape what they are given."""

from chainrule.analysis.report.card import card, figure, section


def test_words_are_escaped_and_content_is_not():
    made = section("a < b", [card("c & d", "<svg/>", "e > f", columns=2), figure("<img>", "<g>", "h&")])
    for part in ("<h2>a &lt; b</h2>", "<h3>c &amp; d</h3><svg/>", "e &gt; f", "c2", "<figure><img>", "&lt;g&gt;"):
        assert part in made
    assert section("nothing", ["", ""]) == ""
