"""What a class says that it keeps."""

from chainrule.course.source import declared_cache

TEXT = '''class A:
    """Twice.

    Cache: ``(x, y)``, what went in
    and what came out

    More.
    """


class B:
    pass
'''


def test_the_docstring_says():
    assert declared_cache(TEXT, ("A",)) == "``(x, y)``, what went in and what came out"
    assert declared_cache(TEXT, ("B",)) == "" and declared_cache(TEXT, ("C",)) == ""
