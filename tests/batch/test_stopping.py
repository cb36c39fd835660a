"""A signal ends what waits; what comes at any other moment of a run is remembered until the run waits."""

import os
import signal

import pytest
from small_runs import make_notebook, make_parks, request

from pathway_models.batch import running
from pathway_models.batch.fork_server import Stop
from pathway_models.runs import folders, provenance

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_waits_and_nothing_else(number):
    stop, done = Stop(), []
    before = signal.getsignal(number)
    with stop.heard():
        stop.interruptible(lambda: done.append("early"))
        signal.raise_signal(number)
        done.append("written")
        stop.interruptible(lambda: done.append("late"))
    assert (done, stop.number, signal.getsignal(number)) == (["early", "written"], number, before)


def test_a_second_signal_does_not_cut_off_the_way_out():
    stop, done = Stop(), []

    def work():
        try:
            signal.raise_signal(signal.SIGTERM)
            done.append("went on")
        finally:
            signal.raise_signal(signal.SIGHUP)
            done.append("cleared up")

    with stop.heard():
        stop.interruptible(work)
    assert (done, stop.number) == (["cleared up"], signal.SIGTERM)


def test_signals_that_are_ignored_stay_ignored(monkeypatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with (stop := Stop()).heard():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert stop.number == 0


@pytest.mark.parametrize(
    ("place", "moment"),
    [
        (provenance, "describe_run"),
        (running, "_check_parameters"),
        (running, "_outcomes"),
        (folders, "tidy"),
        (provenance, "write_record"),
    ],
)
def test_a_run_stopped_at_any_moment_has_an_outcome_for_each_park(tmp_path, monkeypatch, place, moment):
    parks, notebook = make_parks(tmp_path / "parks", list("ab")), make_notebook(tmp_path / "small.ipynb")
    monkeypatch.setattr(running, "_check_parameters", lambda *_: None)  # needs no server here
    usual = getattr(place, moment)

    def signalled(*given, **options):
        signal.raise_signal(signal.SIGTERM)
        return usual(*given, **options)

    monkeypatch.setattr(place, moment, signalled)
    with (stop := Stop()).heard():
        run = running.run_parks(request(parks, notebook, workers=1), tmp_path / "run", stop=stop)
    assert [outcome.status for outcome in run.ordered()] == ["cancelled"] * 2
    assert (tmp_path / "run" / "run.json").is_file()
