"""CSV divided into cells: as Python's csv module does, delimiter and header found or refused, never guessed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.data import DataFileError
from chainrule.data.csv_text import CsvFormat, is_number
from chainrule.layers.core import ValueRangeError


def read(tmp_path, text, **options):
    (tmp_path / "a.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvFormat(**options).read(tmp_path / "a.csv")


@pytest.mark.parametrize(("cell", "number"), [
    ("1", True), ("-1.5", True), ("+.5", True), ("2.", True), ("1e-3", True), ("1E+10", True), ("", False),
    (".", False), ("1,5", False), ("1_000", False), ("inf", False), ("nan", False), ("0x1f", False), ("१", False),
    ("1 2", False), ("1e", False), ("12:30", False),
])
def test_numbers_are_digits(cell, number):
    assert is_number(cell) is number


def test_a_long_row_of_digits_is_looked_at_once():
    assert not is_number("1" * 100_000 + "x")


@given(st.lists(st.lists(st.text("ab1, ;\"\n'", max_size=5), min_size=3, max_size=3), min_size=1, max_size=6))
def test_cells_are_those_that_were_written(tmp_path_factory, rows):
    rows = [["x"] * 3, *rows]
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    table = read(tmp_path_factory.mktemp("csv"), file.getvalue(), delimiter=",", header=False)
    assert table.rows == [[cell.strip() for cell in row] for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    table = read(tmp_path, delimiter.join("abc") + "\n" + delimiter.join("123") + "\n")
    assert (table.names, table.rows, table.lines) == (["a", "b", "c"], [["1", "2", "3"]], [2])


def test_decimal_commas_between_semicolons_are_not_mistaken(tmp_path):
    table = read(tmp_path, "a;b\n1,5;2,5\n", decimal=",")
    assert (table.names, table.rows) == (["a", "b"], [["1,5", "2,5"]])


def test_two_possible_delimiters_are_refused(tmp_path):
    with pytest.raises(DataFileError, match=r"a comma and a semicolon divide .*a.csv equally well; say which"):
        read(tmp_path, "1,5;2\n2,5;3\n")
    assert read(tmp_path, "1,5;2\n2,5;3\n", delimiter=";").rows[0] == ["1,5", "2"]


@pytest.mark.parametrize(("text", "has_header"), [
    ("a,b\n1,2\n", True), ("1,2\n3,4\n", False), ("5.1,setosa\n4.9,setosa\n", False), ("length,kind\n5.1,a\n", True),
    (",a\n0,5\n", True), ("red,big\nblue,small\n", True), ("1,?\n2,x\n", False), ("a,b\n,x\n3,y\n", True),
])
def test_a_header_is_words_above_numbers_or_nothing_but_words(tmp_path, text, has_header):
    table = read(tmp_path, text)
    assert table.has_header is has_header
    assert len(table.rows) == text.count("\n") - has_header
    assert table.names == [name or f"column_{number}" for number, name in enumerate(
        text.split("\n")[0].split(",") if has_header else ["", ""], start=1)]


def test_the_header_can_be_said(tmp_path):
    assert read(tmp_path, "1,2\n3,4\n", header=True).names == ["1", "2"]
    assert read(tmp_path, "a,b\n3,4\n", header=False).rows == [["a", "b"], ["3", "4"]]


@pytest.mark.parametrize("content", ["a,ö\n1,2\n".encode("utf-8-sig"), "a,ö\n1,2\n".encode("utf-16"),
                                     b"a,\xc3\xb6\r\n1,2\r\n", b"a,\xc3\xb6\n\n1,2\n\n\n"])
def test_marks_and_line_ends_are_understood(tmp_path, content):
    table = read(tmp_path, content)
    assert (table.names, table.rows) == (["a", "ö"], [["1", "2"]])


def test_another_encoding_is_named_with_the_line(tmp_path):
    content = "a,b\n1,2\nö,3\n".encode("cp1252")
    with pytest.raises(DataFileError, match=r"a.csv:3: csv_file expected text in utf-8, .* write encoding: cp1252"):
        read(tmp_path, content)
    assert read(tmp_path, content, encoding="cp1252").rows[1][0] == "ö"


@pytest.mark.parametrize(("text", "words"), [
    ("", "got an empty file"), ("a,b\n", "rows below its names, got names only"),
    ("a,b\n1,2\n1,2,3\n4,5\n", r"a.csv:3: csv_file expected 2 cells, as in the first row, got 3"),
    ("a,b\n1,\"x\n", "a.csv:2: csv_file can not divide this line"),
    ("a,b\n1,\"x\"y\n", "a.csv:2: csv_file can not divide this line"),
    ("a,a\n1,2\n", "each column once, got 'a' twice"), ("a,b\n1,\0\n", "a.csv:2: .* U\\+0000"),
    ("a,b\n1," + "x" * 200_000 + "\n", "field larger than field limit"),
])
def test_damage_is_named_with_its_line(tmp_path, text, words):
    with pytest.raises(DataFileError, match=words):
        read(tmp_path, text)


@pytest.mark.parametrize(("options", "words"), [
    ({"delimiter": "::"}, "delimiter as one character, got '::'"), ({"delimiter": "\n"}, "delimiter as one"),
    ({"delimiter": ",", "decimal": ","}, "delimiter and decimal to differ"),
    ({"encoding": "utf-9"}, "got 'utf-9'"), ({"encoding": "hex"}, "got 'hex'"),
])
def test_formats_that_mean_nothing(options, words):
    with pytest.raises(ValueRangeError, match=words):
        CsvFormat(**options)
