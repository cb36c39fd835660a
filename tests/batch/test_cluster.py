"""Parks on an existing Dask cluster: the same command, the same bytes, failures told alike."""

import json
import re
import shutil
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from small_runs import make_notebook, make_parks, request, statuses, tables

from pathway_models.batch import scheduling
from pathway_models.batch.execution import MACHINE_ERRORS
from pathway_models.batch.running import plan, run_parks
from pathway_models.cli.main import main
from pathway_models.core.errors import BatchError
from pathway_models.core.files import data_folder

# What the network of a cluster leaves behind when it is closed is not ours to mend.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def address():
    from distributed import LocalCluster  # here: it takes a second, and quick runs deselect these tests

    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0") as here:
        yield here.scheduler_address


@pytest.fixture
def notebook(tmp_path):
    return make_notebook(tmp_path / "small.ipynb", "assert 'park-b' not in park, 'no luck'")


def test_tables_of_one_s_own_come_back_as_whole_folders_with_the_same_bytes(address, tmp_path, notebook):
    parks = make_parks(tmp_path / "parks", ("park-a", "park-b", "park-c"))
    told = []
    run = run_parks(request(parks, notebook, scheduler=address), tmp_path / "far", told.append)
    assert statuses(run) == {"park-a": "done", "park-b": "failed", "park-c": "done"}
    assert "no luck" in run.outcomes["park-b"].cause
    assert sorted(outcome.park_id for outcome in told) == ["park-a", "park-b", "park-c"]
    near = run_parks(request(parks, notebook), tmp_path / "near")
    assert statuses(near) == statuses(run)
    assert tables(tmp_path / "far") == tables(tmp_path / "near")
    for name in ("notebook.ipynb", "notebook.html", "record.json"):
        assert (tmp_path / "far" / "park-b" / name).is_file()
    # What was made there is known here: nothing is run again.
    assert {step.park_id: step.action for step, _ in plan(request(parks, notebook), tmp_path / "far")} == {
        "park-a": "unchanged",
        "park-b": "failed",
        "park-c": "unchanged",
    }


def test_a_worker_with_other_data_or_code_does_not_pretend(address, tmp_path, notebook, monkeypatch):
    parks = make_parks(tmp_path / "parks", ("park-a",))
    monkeypatch.setattr("pathway_models.runs.provenance.code_hash", lambda: "another")
    monkeypatch.setattr("pathway_models.runs.provenance.shared_inputs", lambda: {"levers.yml": "another"})
    run = run_parks(request(parks, notebook, scheduler=address), tmp_path / "run")
    cause = run.outcomes["park-a"].cause
    assert re.match("the worker has other versions of the package, .*levers.yml", cause)
    assert not (tmp_path / "run" / "park-a").exists()


def test_a_notebook_that_kills_its_process_costs_itself_alone(address, tmp_path):
    notebook = make_notebook(tmp_path / "small.ipynb", "import os\nif 'park-a' in park: os.kill(os.getpid(), 9)")
    parks = make_parks(tmp_path / "parks", ("park-a", "park-b"))
    run = run_parks(request(parks, notebook, scheduler=address), tmp_path / "run")
    assert statuses(run) == {"park-a": "failed", "park-b": "done"}
    assert run.outcomes["park-a"].cause.startswith(MACHINE_ERRORS[0])


def test_no_scheduler_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(scheduling, "CONNECTING", 1)
    with pytest.raises(BatchError, match=re.escape("--scheduler tcp://127.0.0.1:9: no scheduler answers")):
        next(scheduling.on_cluster([], "tcp://127.0.0.1:9"))


def test_scheduler_and_workers_started_as_separate_processes_serve_the_same_command(tmp_path):
    file = tmp_path / "scheduler.json"
    start = [sys.executable, "-m", "distributed.cli.dask_{}", "--scheduler-file", str(file)]
    words = {
        "scheduler": ["--no-dashboard", "--host", "127.0.0.1", "--port", "0"],
        "worker": ["--no-dashboard", "--no-nanny", "--nthreads", "1"],
    }
    processes = []
    try:
        for kind in ("scheduler", "worker"):
            command = [word.format(kind) for word in start] + words[kind]
            processes.append(subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL))
            for _ in range(200):
                if file.exists() and file.stat().st_size:
                    break
                time.sleep(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        out = tmp_path / "run"
        own = tmp_path / "own.yml"
        shutil.copyfile(data_folder() / "scenarios.yml", own)
        options = ["--members", "5", "--scenarios", "bau", "--scenario-file", str(own), "--out", str(out)]
        answer = CliRunner().invoke(main, ["run", "demo-cement", *options, "--scheduler", address])
        assert answer.exit_code == 0, answer.output
        near = tmp_path / "near"
        options[-1] = str(near)
        assert CliRunner().invoke(main, ["run", "demo-cement", *options]).exit_code == 0
        assert tables(out) == tables(near)
        assert (out / "summary.csv").read_bytes() == (near / "summary.csv").read_bytes()
        assert (out / "run.json").read_bytes() == (near / "run.json").read_bytes()
    finally:
        for process in processes:
            process.terminate()
            process.wait(20)
