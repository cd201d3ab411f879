"""What a report says."""

from chainrule.testing import Report


def test_a_report_without_problems_passes():
    report = Report("Tanh()", checked=["gradients", "dtypes"])
    assert report.passed
    assert str(report) == "Tanh() passes 2 checks"


def test_problems_and_kinks_are_listed():
    report = Report("ReLU()", ["y: wrong", "grad_x: wrong"], ["grad_x: 1 value lies at a kink"], ["gradients"])
    assert not report.passed
    assert str(report).splitlines() == ["ReLU() has problems (2)", "  - y: wrong", "  - grad_x: wrong",
                                        "  kink: grad_x: 1 value lies at a kink"]
