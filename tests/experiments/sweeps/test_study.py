"""The study that processes share: which trial belongs to whom."""

import pytest

from chainrule.experiments.sweeps.plan import plan_sweep
from chainrule.experiments.sweeps.study import ATTEMPTS, Study
from chainrule.layers.core import StateError

pytest.importorskip("optuna")


@pytest.fixture
def sweep(config):
    planned = plan_sweep(config, ["optimizer.lr=log:1e-4:1", "training.batch_size=int:5:45:10"])
    planned.write()
    return planned


def draw(sweep, taken):
    return [parameter.draw(taken.trial) for parameter in sweep.parameters]


def test_two_processes_never_have_the_same_trial_and_together_as_many_as_wanted(sweep):
    one, other = Study(sweep), Study(sweep)
    with one.take(2) as first, other.take(2) as second:
        assert {first.number, second.number} == {0, 1}
        assert one.at_work() == {0, 1}
        with one.take(2) as third:
            assert third is None
    assert other.at_work() == set()


def test_a_trial_that_its_process_left_is_taken_again_with_its_values_and_reports(sweep):
    with Study(sweep).take(9) as taken:
        values = draw(sweep, taken)
        taken.trial.report(0.5, 1)
    with Study(sweep).take(9) as again:
        assert (again.number, again.reported) == (0, (1,))
        assert draw(sweep, again) == values


def test_one_that_was_killed_while_it_drew_draws_what_it_would_have(sweep):
    with Study(sweep).take(9) as taken:
        first = sweep.parameters[0].draw(taken.trial)
    with Study(sweep).take(9) as again:
        cut = draw(sweep, again)
    assert cut[0] == first
    assert sweep.seeds(0) != sweep.seeds(1)


def test_a_trial_whose_process_dies_again_and_again_is_given_up_but_not_one_that_ends_in_peace(sweep):
    study = Study(sweep)
    for _ in range(ATTEMPTS + 2):
        with study.take(9) as taken:
            study.release(taken)
    for _ in range(ATTEMPTS):
        with study.take(9) as taken:
            assert taken.number == 0
    with study.take(9) as taken:
        assert taken.number == 1
    failed = study.trials()[0]
    assert failed.state.name == "FAIL" and failed.user_attrs["reason"] == f"its process died {ATTEMPTS} times"


def test_the_choice_depends_on_the_trials_before_and_not_on_the_process(sweep, config):
    def choose(path):
        planned = plan_sweep(config, sweep.written, sweeps=path)
        planned.write()
        study, found = Study(planned), []
        for _ in range(13):             # from the eleventh on they are chosen by those before
            study = Study(planned) if path == "many" else study
            with study.take(13) as taken:
                found.append(draw(planned, taken))
                study.tell(taken, float(found[-1][0]), "COMPLETE")
        return found
    assert choose("many") == choose("one")


def test_a_line_that_a_crash_left_half_written_is_cut_off(sweep):
    with Study(sweep).take(9) as taken:
        draw(sweep, taken)
    journal = sweep.path / "study.journal"
    whole = journal.read_bytes()
    journal.write_bytes(whole + b'{"op_code": 5, "work')
    assert len(Study(sweep).trials()) == 1
    assert journal.read_bytes().startswith(whole) and b'"op_code": 5, "work' not in journal.read_bytes()


def test_a_journal_that_is_damaged_inside_is_said_to_be(sweep):
    Study(sweep)
    journal = sweep.path / "study.journal"
    journal.write_bytes(b"junk\n" + journal.read_bytes())
    with pytest.raises(StateError, match="is damaged"):
        Study(sweep)
