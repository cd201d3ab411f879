"""JUnit's XML, which most build servers show.

Source: github.com/testmoapp/junitxml, "JUnit XML file format".
"""

import re
from xml.etree import ElementTree

from ..grade import Grade

__all__ = ["junit"]

NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(*grades: Grade) -> str:
    """Return grades as suites of test cases, a case for each part."""
    suites = ElementTree.Element("testsuites")
    for grade in grades:
        failed = [part for part in grade.parts if part.earned < part.points]
        suite = ElementTree.SubElement(suites, "testsuite", {
            "name": _clean(f"{grade.title}: {grade.submission}"), "tests": str(len(grade.parts)),
            "failures": str(len(failed)), "errors": "0", "skipped": "0", "time": f"{grade.seconds:.3f}"})
        properties = ElementTree.SubElement(suite, "properties")
        for name, value in (("points", grade.points), ("earned", grade.earned), ("isolation", grade.level)):
            ElementTree.SubElement(properties, "property", {"name": name, "value": str(value)})
        for part in grade.parts:
            case = ElementTree.SubElement(suite, "testcase", {"classname": _clean(grade.submission),
                                                              "name": _clean(part.title)})
            if part in failed:
                ElementTree.SubElement(case, "failure", {
                    "message": f"{part.earned:g} of {part.points:g} points"}).text = _clean(part.told)
        if grade.problem:
            ElementTree.SubElement(suite, "system-err").text = _clean(grade.problem)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True)


def _clean(text: str) -> str:
    """Return text without the characters that XML can not hold."""
    return NOT_IN_XML.sub("\ufffd", text)
