"""Elements are XML, whatever is written into them."""

from xml.etree import ElementTree

from chainrule.analysis.plots import element, number, path, text


def test_what_is_written_is_read():
    written = element("g", text('a < "b" & c', 1, 2.25, class_="name"), data_x='"<&', width=None)
    read = ElementTree.fromstring(written)
    assert read.attrib == {"data-x": '"<&'}
    assert read[0].text == 'a < "b" & c' and read[0].attrib == {"x": "1", "y": "2.25", "class": "name"}


def test_numbers_are_short_and_paths_join_them():
    assert [number(each) for each in (1.0, 0.5, -0.001, 12.3456, 100.0)] == ["1", "0.5", "0", "12.35", "100"]
    assert number(100.0, 0) == "100"
    assert path([(1.0, 2.04), (3.26, -4.0)], closed=True) == "M1 2L3.3 -4Z"
