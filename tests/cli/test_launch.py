"""Runs of several processes: how they are asked for, and how they go on after one of them died.

That they do is seen in ``tests/benchmarks/test_kills.py``.
"""

import pytest

from chainrule.cli.main import main
from chainrule.experiments.runs.folder import NOTE
from chainrule.training.parallel import Ended

WRONG = [
    (["train", "xor"], "the following arguments are required: -n"),
    (["-n", "0", "train", "xor"], "expected -n as at least 1, got 0"),
    (["-n", "2", "--max-restarts", "-1", "train", "xor"], "expected --max-restarts as at least 0, got -1"),
    (["-n", "2", "evaluate", "xor"], "invalid choice: 'evaluate' (choose from"),
    (["-n", "2", "train", "xor", "--sed", "a=1"], "unrecognized arguments: --sed a=1"),
]


@pytest.mark.parametrize(("arguments", "expected"), WRONG)
def test_wrong_arguments_end_before_anything_starts(arguments, expected, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["launch", *arguments])
    [line] = capsys.readouterr().err.splitlines()
    assert expected in line


@pytest.fixture
def started(monkeypatch):
    """Let jobs end as told, after they noted a run; return what was started."""
    started, endings = [], []

    def launch(module, command, ranks, environment):
        ended, run = endings.pop(0)
        started.append(command)
        if run:
            with open(environment[NOTE], "w", encoding="utf-8") as note:
                note.write(run)
        return Ended(ended, f"rank 1 ended with code {ended}", None)

    monkeypatch.setattr("chainrule.cli.launch.launch", launch)
    return started, endings


def test_a_job_goes_on_from_its_last_checkpoint(started, capsys):
    started, endings = started
    endings += [(137, None), (1, "runs/my run"), (1, None), (0, None)]
    begin = ["train", "xor", "--set", "seed=1"]
    assert main(["launch", "-n", "2", "--max-restarts", "3", *begin]) == 0
    assert started == [begin, begin, *[["train", "--resume", "runs/my run"]] * 2]
    assert capsys.readouterr().err.splitlines() == [
        "rank 1 ended with code 137", "goes on (3 restarts left): chainrule train xor --set seed=1",
        "rank 1 ended with code 1", "goes on (2 restarts left): chainrule train --resume 'runs/my run'",
        "rank 1 ended with code 1", "goes on (1 restarts left): chainrule train --resume 'runs/my run'"]


def test_without_restarts_it_says_how_to_go_on(started, capsys):
    started, endings = started
    endings += [(1, "runs/a")]
    assert main(["launch", "-n", "2", "train", "xor"]) == 1
    assert capsys.readouterr().err.splitlines() == ["rank 1 ended with code 1",
                                                    "go on with: chainrule train --resume runs/a"]


def test_a_run_that_was_finished_when_a_process_died_is_finished(started, capsys, tmp_path):
    started, endings = started
    (tmp_path / "result.json").write_text('{"status": "finished"}')
    endings += [(137, str(tmp_path))]
    assert main(["launch", "-n", "2", "--max-restarts", "3", "train", "xor"]) == 0
    assert len(started) == 1
    assert capsys.readouterr().err.splitlines() == ["rank 1 ended with code 137", f"{tmp_path} was finished by then"]


def test_what_the_user_can_mend_is_not_tried_again(started, capsys):
    started, endings = started
    endings += [(2, None)]
    assert main(["launch", "-n", "2", "--max-restarts", "3", "train", "xor"]) == 2
    assert capsys.readouterr().err == ""


@pytest.mark.long
@pytest.mark.parametrize("join", ["shared memory", "MPI"])
def test_one_error_of_all_ranks_is_shown_once(join, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text("los: 1\n")
    assert main(["launch", "-n", "3", *with_mpi(join), "train", "wrong.yaml"]) == 2
    assert capfd.readouterr().err.count("wrong.yaml:1:1: los: unknown key") == 1


def with_mpi(join):
    if join == "shared memory":
        return []
    pytest.importorskip("mpi4py")
    return ["--mpi"]
