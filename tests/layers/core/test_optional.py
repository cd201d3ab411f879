"""Libraries come at their first use, or one error says what to install."""

import pytest

from chainrule.layers.core import ChainruleError
from chainrule.layers.core.optional import Library, scipy


def test_it_is_the_library_with_modules_that_nobody_imported():
    assert scipy.special.expit(0.0) == 0.5
    library = Library("xml", "xml")
    assert library.etree.__name__ == "xml.etree"
    assert not hasattr(library, "__wrapped__")       # which doctest asks every object for


def test_what_is_missing_is_named_with_the_way_to_install_it():
    with pytest.raises(ImportError, match=r"no_such\.part .* pip install 'chainrule\[extra\]'") as caught:
        Library("no_such", "'chainrule[extra]'").part()
    assert isinstance(caught.value, ChainruleError)
    for library in (Library("xml", "xml"), Library("math", "math")):        # a package and a module
        assert not hasattr(library, "no_such")
