"""Whatever happens to one park, no other is lost, nothing is half-written, and a resumed run is as if nothing had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fault_runs import FAULTS, MEMORY, SECONDS, command, half_written, held, make_campaign, mend, stopped_at
from small_runs import make_notebook, make_parks, request, statuses, tables

from pathway_models.batch.running import run_parks
from pathway_models.runs.folders import LOCK

pytestmark = pytest.mark.slow

LIMITS = {"timeout": SECONDS, "memory": MEMORY, "workers": 2}


def test_every_fault_costs_its_park_alone_and_mending_it_gives_the_undisturbed_bytes(tmp_path):
    parks, notebook = make_campaign(tmp_path, len(FAULTS))
    out = tmp_path / "run"
    run = run_parks(request(parks, notebook, **LIMITS), out)
    assert {name.split("-")[0]: status for name, status in statuses(run).items()} == {
        kind: end for kind, (_, end) in FAULTS.items()
    }
    assert half_written(out) == []
    for name, outcome in run.outcomes.items():
        assert outcome.status == "done" or outcome.cause, name
        if outcome.status == "failed":
            assert "papermill-error-cell" in (out / name / "notebook.ipynb").read_text(encoding="utf-8"), name
    mend(tmp_path)
    resumed = run_parks(request(parks, notebook, retry_failed=True, **LIMITS), out)
    assert resumed.complete
    assert resumed.outcomes["fine-08"].status == "unchanged"
    run_parks(request(parks, notebook, **LIMITS), tmp_path / "undisturbed")
    assert tables(out) == tables(tmp_path / "undisturbed")
    assert len(tables(out)) == len(parks)


@pytest.mark.parametrize(
    "moment", [LOCK, ".?.partial", "[a-d]"], ids=["the folder is taken", "a park is at work", "a park is done"]
)
def test_ctrl_c_at_any_moment_leaves_whole_folders_only(tmp_path, moment):
    """Before these moments, while the program is being imported: test_cli.py."""
    parks, notebook = make_parks(tmp_path / "parks", ["a", "b", "c", "d"]), make_notebook(tmp_path / "small.ipynb")
    out = tmp_path / "run"
    assert "Traceback" not in stopped_at(moment, out, command(parks, notebook, out))
    assert not out.exists() or half_written(out) == []
    again = subprocess.run(command(parks, notebook, out), capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert len(tables(out)) == len(parks)


def test_the_second_of_two_runs_is_refused_and_the_first_not_disturbed(tmp_path):
    parks, notebook = make_parks(tmp_path / "parks", ["a", "b"]), make_notebook(tmp_path / "small.ipynb")
    out = tmp_path / "run"
    with subprocess.Popen(command(parks, notebook, out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as first:
        with held(first, out):
            second = subprocess.run(command(parks, notebook, out), capture_output=True, text=True, check=False)
        first.communicate(timeout=120)
    assert second.returncode == 2
    assert "another run is writing here" in second.stderr
    assert first.returncode == 0
    assert len(tables(out)) == 2


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_loses_no_park_that_fitted_and_a_larger_one_takes_the_rest(tmp_path):
    parks, notebook = make_parks(tmp_path / "parks", list("abcdef")), make_notebook(tmp_path / "small.ipynb")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        out = disk / "run"
        run = run_parks(request(parks, notebook), out)
        ends = statuses(run)
        assert set(ends.values()) == {"done", "failed"}
        assert half_written(out) == []
        assert {path.name for path in out.iterdir() if path.is_dir()} == {n for n, end in ends.items() if end == "done"}
        assert all("No space left" in run.outcomes[name].cause for name, end in ends.items() if end == "failed")
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        resumed = run_parks(request(parks, notebook), out)
        assert resumed.complete
        assert sum(outcome.status == "unchanged" for outcome in resumed.ordered()) == list(ends.values()).count("done")
        run_parks(request(parks, notebook), tmp_path / "undisturbed")
        assert tables(out) == tables(tmp_path / "undisturbed")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


WORKERS = """
    caller = int(Path(f"/proc/{os.getppid()}/stat").read_text().rsplit(")", 1)[1].split()[1])
    children = lambda pid: map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    victims = [worker for parent in children(caller) if parent != os.getppid() for worker in children(parent)]"""


@pytest.mark.parametrize("victims", [WORKERS, "    victims = [os.getppid()]"], ids=["workers", "fork server"])
def test_processes_killed_from_outside_are_replaced_and_their_parks_tried_again(tmp_path, victims):
    """A notebook kills the workers that watch the notebooks, or the process its own has been forked from, once."""
    mark = tmp_path / "killed"
    code = (
        f"import os\nfrom pathlib import Path\nmark = Path({str(mark)!r})\n"
        f"if park.endswith('a.csv') and not mark.exists():\n    mark.touch()\n{victims}\n"
        "    assert [os.kill(pid, 9) for pid in victims]"
    )
    parks, notebook = make_parks(tmp_path / "parks", ["a", "b", "c"]), make_notebook(tmp_path / "small.ipynb", code)
    run = run_parks(request(parks, notebook, workers=2), tmp_path / "run")
    assert mark.exists()
    assert run.complete, run.outcomes
    assert half_written(tmp_path / "run") == []


def test_a_folder_that_cannot_be_written_to_is_a_failure_and_no_traceback(tmp_path):
    parks, notebook = make_parks(tmp_path / "parks", ["a", "b"]), make_notebook(tmp_path / "small.ipynb")
    out = tmp_path / "run"
    out.mkdir()
    (out / ".a.partial").write_text("a file where the folder belongs", encoding="utf-8")
    (out / "b").write_text("a file where the folder belongs", encoding="utf-8")
    run = run_parks(request(parks, notebook), out)
    assert run.outcomes["a"].status == "done"
    assert run.outcomes["b"].status == "done"
    shutil.rmtree(out)
    assert not Path(out).exists()
