"""A level is reached only if a trial worker is shut off."""

import os
import sys

import pytest

from chainrule.course.worker.inside import isolation

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


def test_only_root_becomes_another_user(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not isolation.works("user", str(tmp_path))


def test_without_a_table_of_system_calls_there_is_no_filter(monkeypatch, tmp_path):
    monkeypatch.setattr(isolation, "can_filter", lambda: False)
    assert not isolation.works("filter", str(tmp_path)) and not isolation.works("namespaces", str(tmp_path))
    assert isolation.reachable(str(tmp_path)) in ("user", "process")


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_a_level_that_lets_files_be_read_does_not_work(monkeypatch, tmp_path):
    monkeypatch.setattr(isolation, "isolate", lambda *_: None)
    assert not isolation.works("filter", str(tmp_path))
