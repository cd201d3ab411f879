"""The text as a page, and the notebook form."""

import json


def test_the_page(built):
    page = built.handout["text.html"].decode()
    assert "<title>Circles</title>" in page and "<em>not</em>" in page
    assert "<td>area</td>" in page and "circles.Disc.forward" in page


def test_the_notebook_has_every_file_once_and_a_check_for_every_part(built):
    notebook = json.loads(built.handout["notebook.ipynb"])
    sources = ["".join(cell["source"]) for cell in notebook["cells"]]
    (file,) = [source for source in sources if source.startswith("%%writefile")]
    assert file == "%%writefile circles.py\n" + built.handout["circles.py"].decode()
    assert len([source for source in sources if "assignment check circles." in source]) == 4
    assert "\n".join(sources).count("# Circles\n") == 1
    assert len({cell["id"] for cell in notebook["cells"]}) == len(sources)
