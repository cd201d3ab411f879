"""Columns: what they hold, learned from one table and applied to others."""

import numpy as np
import pytest

from chainrule.data import DataFileError
from chainrule.data.columns import Column, Columns, learn_column
from chainrule.data.csv_text import CsvFormat
from chainrule.layers.core import UnknownNameError

FORM = CsvFormat()


def table(tmp_path, text, form=FORM):
    (tmp_path / "a.csv").write_text(text)
    return form.read(tmp_path / "a.csv")


@pytest.mark.parametrize(("cells", "label", "kind", "categories"), [
    ("1 2.5 ?", False, "auto", None), ("b a b", False, "auto", ("a", "b")), ("1 2 x", False, "auto", ("1", "2", "x")),
    ("1 2 3", True, "auto", ("1", "2", "3")), ("10 9 2", True, "auto", ("2", "9", "10")),
    ("1.5 2 3", True, "auto", None), ("1 2 3", True, "number", None), ("1.5 2.5", True, "class", ("1.5", "2.5")),
    ("yes no", True, "auto", ("no", "yes")), (" ".join(map(str, range(21))), True, "auto", None),
])
def test_what_a_column_holds(tmp_path, cells, label, kind, categories):
    found = learn_column(table(tmp_path, "c,d\n" + "".join(f"{cell},0\n" for cell in cells.split())), "c", FORM,
                         kind=kind, label=label)
    assert found == Column("c", categories)


def test_a_word_among_fractions_is_no_category(tmp_path):
    found = table(tmp_path, "a,b,c\n1.5,1,x\n2.5,2,y\n?,3,x\nl.5,4+,y\n")
    with pytest.raises(DataFileError, match=r"a.csv:5: .* number in column .a., as 1.5 is one, got .l.5."):
        learn_column(found, "a", FORM)
    assert learn_column(found, "b", FORM).categories == ("1", "2", "3", "4+")       # whole numbers may be names
    assert learn_column(found, "a", FORM, kind="class", label=True).categories == ("1.5", "2.5", "l.5")


def test_too_many_words_and_no_value_at_all_are_refused_with_the_fix(tmp_path):
    many = "".join(f"w{number},{number},{number},5\n" for number in range(101))
    with pytest.raises(DataFileError, match=r"101 different values in column 'c' .*categories, .*ignore: \[c\]"):
        learn_column(table(tmp_path, "c,d,e,f\n" + many), "c", FORM)
    commas = "".join(f"\"{number},5\";1\n" for number in range(3))
    with pytest.raises(DataFileError, match="got '0,5'; write decimal: ','"):
        learn_column(table(tmp_path, "c;d\n" + commas), "c", FORM)
    with pytest.raises(DataFileError, match=r"no value in column 'c' of .*ignore: \[c\]"):
        learn_column(table(tmp_path, "c,d\n,1\n?,2\n"), "c", FORM)


COLUMNS = Columns((Column("n"), Column("w", ("a", "b", "c"))), Column("y", ("no", "yes")), FORM, "mean")


def test_words_are_places_and_what_is_missing_is_nan_or_none_of_them(tmp_path):
    found = table(tmp_path, "y,w,n,more\nno,c,1.5,1\nyes,,?,2\n")       # another order, and a column too many
    np.testing.assert_array_equal(COLUMNS.features(found), np.array([[1.5, 0, 0, 1], [np.nan, 0, 0, 0]], np.float32))
    assert COLUMNS.targets(found).tolist() == [0, 1]


@pytest.mark.parametrize(("text", "words"), [
    ("n,w,y\n1,a,no\n2,d,no\n", "a.csv:3: csv_file knows no 'd' in column 'w'.*known: .*a, b, c"),
    ("n,w,y\n1,a,no\nx,a,no\n", "a.csv:3: csv_file expected a number in column 'n', got 'x'"),
    ("n,w,y\n1e39,a,no\n", "a.csv:2: .*which float32 can hold, got '1e39'"),
    ("n,w,y\n1,a,yess\n", "a.csv:2: csv_file knows no 'yess' in column 'y' – did you mean 'yes'"),
])
def test_cells_that_do_not_fit_are_named_with_their_line(tmp_path, text, words):
    found = table(tmp_path, text)
    with pytest.raises(DataFileError, match=words):
        COLUMNS.features(found), COLUMNS.targets(found)


def test_a_column_that_lacks_is_named(tmp_path):
    with pytest.raises(UnknownNameError, match=r"unknown column of .*'w'; known: n, v"):
        COLUMNS.features(table(tmp_path, "n,v\n1,2\n"))


def test_incomplete_rows(tmp_path):
    found = table(tmp_path, "n,w,y\n1,a,no\n,a,yes\n2,,no\n3,b,\n")
    with pytest.raises(DataFileError, match=r"a.csv:3: csv_file expected a value in column 'n', got ''; write"):
        COLUMNS._replace(missing="error").complete(found)
    assert COLUMNS._replace(missing="drop").complete(found).lines == [2]
    assert COLUMNS.complete(found).lines == [2, 3, 4]                   # without a label nothing is learned
    with pytest.raises(DataFileError, match="no row in"):
        COLUMNS._replace(missing="drop").complete(table(tmp_path, "n,w,y\n,a,no\n"))


def test_other_files_are_read_with_and_without_label_and_header(tmp_path):
    expected = [[1, 1, 0, 0], [2, 0, 1, 0]]
    for text in ("n,w,y\n1,a,no\n2,b,\n", "w,n\na,1\nb,2\n"):
        (tmp_path / "a.csv").write_text(text)
        assert COLUMNS.read(tmp_path / "a.csv").tolist() == expected
    (tmp_path / "a.csv").write_text("1,a\n2,b\n")
    assert COLUMNS._replace(format=CsvFormat(header=False)).read(tmp_path / "a.csv").tolist() == expected


def test_rows_to_be_predicted_are_never_left_out(tmp_path):
    (tmp_path / "a.csv").write_text("n,w\n1,a\n,b\n")
    with pytest.raises(DataFileError, match=r"a.csv:3"):
        COLUMNS._replace(missing="drop").read(tmp_path / "a.csv")
