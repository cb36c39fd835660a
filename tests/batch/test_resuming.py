"""A run into the same folder does what has changed, and only that; it can be looked at before, and checked after."""

import csv
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_runs import make_notebook, make_parks, request, statuses, tables

from pathway_models.batch.command import changes_since, differences, outputs_now, verify
from pathway_models.batch.running import plan, run_parks
from pathway_models.cli.main import main
from pathway_models.core.errors import BatchError
from pathway_models.runs import folders as run_folders
from pathway_models.runs.folders import Outcome
from pathway_models.runs.tables import write_status

pytestmark = pytest.mark.slow

NAMES = ("park-a", "park-b", "park-c")


@pytest.fixture
def parks(tmp_path):
    return make_parks(tmp_path / "parks", NAMES)


@pytest.fixture
def notebook(tmp_path):
    return make_notebook(tmp_path / "small.ipynb")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "run"


def steps(asked, out):
    return {step.park_id: (step.action, step.why) for step, _ in plan(asked, out)}


def test_unchanged_parks_are_not_run_again(parks, notebook, out):
    asked = request(parks, notebook)
    assert statuses(run_parks(asked, out)) == dict.fromkeys(NAMES, "done")
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/*")}
    run = run_parks(asked, out)
    assert statuses(run) == dict.fromkeys(NAMES, "unchanged")
    assert run.complete
    assert {path: path.stat().st_mtime_ns for path in out.glob("*/*")} == before


def test_a_park_is_run_again_when_any_file_of_its_name_has_changed(parks, notebook, out, tmp_path):
    asked = request(parks, notebook)
    run_parks(asked, out)
    description = tmp_path / "parks" / "park-b.yml"
    description.write_text(description.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert steps(asked, out) == {
        "park-a": ("unchanged", "nothing has changed"),
        "park-b": ("run", "changed: park-b.yml"),
        "park-c": ("unchanged", "nothing has changed"),
    }


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"seed": 2}, "changed: parameters"),
        ({"scenarios": ("bau",)}, "changed: parameters"),
        ({"force": True}, "asked for by --force"),
        ({"workers": 2, "timeout": 5}, "nothing has changed"),
    ],
)
def test_what_was_asked_for_decides_too_but_not_how_it_is_run(parks, notebook, out, change, why):
    asked = request(parks[:1], notebook)
    run_parks(asked, out)
    (step,) = (step for step, _ in plan(type(asked)(**{**asked.__dict__, **change}), out))
    assert step.why == why


def test_another_notebook_other_code_or_another_package_is_seen(parks, notebook, out, monkeypatch):
    asked = request(parks[:1], notebook)
    run_parks(asked, out)
    make_notebook(notebook, "1 + 1")
    monkeypatch.setattr("pathway_models.runs.provenance.code_hash", lambda: "other")
    monkeypatch.setattr("pathway_models.runs.provenance.versions", lambda: {"numpy": "0"})
    assert steps(asked, out)["park-a"][1] == "changed: the package, the notebook, package versions"


def test_a_file_that_went_missing_or_was_cut_short_is_seen(parks, notebook, out):
    asked = request(parks[:2], notebook)
    run_parks(asked, out)
    (out / "park-a" / "totals.csv").unlink()
    page = out / "park-b" / "notebook.html"
    page.write_bytes(page.read_bytes()[:1000])
    assert {why for _, why in steps(asked, out).values()} == {"files are missing, cut short or altered"}


def test_a_failed_notebook_is_tried_again_when_asked_for_or_when_something_changed(parks, notebook, out):
    make_notebook(notebook, "assert 'park-b' not in park, 'no luck'")
    asked = request(parks, notebook)
    assert statuses(run_parks(asked, out)) == {"park-a": "done", "park-b": "failed", "park-c": "done"}
    assert sorted(path.name for path in (out / "park-b").iterdir()) == [
        "notebook.html",
        "notebook.ipynb",
        "record.json",
    ]
    again = run_parks(asked, out)
    assert again.outcomes["park-b"].status == "failed"
    assert "no luck" in again.outcomes["park-b"].cause
    assert "--retry-failed" in again.outcomes["park-b"].cause
    assert not again.complete
    retried = steps(request(parks, notebook, retry_failed=True), out)
    assert retried["park-b"] == ("run", "it failed: AssertionError: no luck")
    assert retried["park-a"][0] == "unchanged"


def test_a_failure_of_the_machine_is_always_tried_again(parks, notebook, out):
    make_notebook(notebook, "import os\nos._exit(3)")
    asked = request(parks[:1], notebook)
    run_parks(asked, out)
    assert steps(asked, out)["park-a"][0] == "run"


def test_a_dry_run_says_what_and_why_and_does_nothing(tmp_path):
    out = tmp_path / "run"
    answer = CliRunner().invoke(main, ["run", "demo-steel", "--dry-run", "--out", str(out)])
    assert answer.exit_code == 0
    assert re.search(r"^demo-steel +run +no results yet\n", answer.output, re.MULTILINE)
    assert not out.exists()


def test_two_runs_cannot_share_a_folder(parks, notebook, out):
    told = f"another run is writing here .process {os.getpid()} on"
    with run_folders.locked(out), pytest.raises(BatchError, match=told):
        run_parks(request(parks, notebook), out)
    assert not out.exists()


def _hold_and_die(folder):
    with run_folders.locked(folder):
        os._exit(1)


def test_the_lock_of_a_dead_process_does_not_hold(out):
    process = multiprocessing.get_context("fork").Process(target=_hold_and_die, args=(out,))
    process.start()
    process.join()
    assert (out / run_folders.LOCK).is_file()
    with run_folders.locked(out):
        pass


def test_what_a_cut_off_run_left_is_put_in_order(out):
    for name in ("old", "partial"):
        (out / f".park-a.{name}").mkdir(parents=True)
    (out / ".park-a.old" / "totals.csv").write_text("kept", encoding="utf-8")
    (out / "park-b").mkdir()
    (out / ".park-b.old").mkdir()
    run_folders.tidy(out)
    assert sorted(path.name for path in out.iterdir()) == ["park-a", "park-b"]
    assert (out / "park-a" / "totals.csv").is_file()


def test_the_record_of_a_run_is_the_same_on_every_host_and_has_an_id(parks, notebook, out, tmp_path, monkeypatch):
    run_parks(request(parks, notebook), out)
    text = (out / "run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert {"parameters", "inputs_sha256", "code_sha256", "notebook_sha256", "versions", "run_id"} <= set(record)
    assert {"levers.yml", "scenarios.yml", "carriers.csv", "park-a.csv", "park-a.yml"} <= set(record["inputs_sha256"])
    assert re.fullmatch("[0-9a-f]{12}", record["run_id"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("socket.gethostname", lambda: "elsewhere")
    run_parks(request(parks, notebook), tmp_path / "again")
    assert (tmp_path / "again" / "run.json").read_text(encoding="utf-8") == text


def stopped(parks, notebook, out, number, park):
    """Start a run whose ``park`` never ends, stop it by a signal once the others are there."""
    command = [
        sys.executable,
        "-m",
        "pathway_models",
        "run",
        *parks,
        "--members",
        "1",
        "--seed",
        "1",
    ]
    command += ["--notebook", str(notebook), "--out", str(out), "--workers", "2", "--until", "2040"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        for _ in range(600):
            if process.poll() is not None or all((out / name).is_dir() for name in NAMES if name != park):
                break
            time.sleep(0.1)
        process.send_signal(number)
        output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_run_ends_with_its_status_table_and_can_be_continued(parks, notebook, out, number, tmp_path):
    make_notebook(
        notebook,
        "import os, time\nwhile 'park-b' in park and not os.path.exists(out + '/../../go'):\n    time.sleep(0.1)",
    )
    code, output, errors = stopped(parks, notebook, out, number, "park-b")
    assert code == 1
    assert "Traceback" not in output + errors
    with (out / "status.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["park_id"]: row["status"] for row in csv.DictReader(file)}
    assert told == {"park-a": "done", "park-b": "cancelled", "park-c": "done"}
    assert (out / "index.html").is_file()
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []
    (tmp_path / "go").touch()
    asked = request(parks, notebook)
    assert {step.park_id: step.action for step, _ in plan(asked, out)} == {
        "park-a": "unchanged",
        "park-b": "run",
        "park-c": "unchanged",
    }
    run_parks(asked, out)
    run_parks(asked, tmp_path / "undisturbed")
    assert tables(out) == tables(tmp_path / "undisturbed")


def test_both_engines_leave_the_same_tables(parks, notebook, out, tmp_path):
    run_parks(request(parks[:1], notebook), out)
    run = run_parks(request(parks[:1], notebook, engine="papermill"), tmp_path / "kernel")
    assert run.complete
    assert tables(out) == tables(tmp_path / "kernel")


@pytest.mark.parametrize("scheme", ["file", "memory"])
def test_results_reach_a_folder_behind_a_url_and_are_known_there(parks, notebook, tmp_path, scheme):
    import fsspec

    url = f"{scheme}://{tmp_path}/far"
    asked = request(parks[:2], notebook)
    for expected in ("done", "unchanged"):
        place = run_folders.RunFolder(url)
        assert set(statuses(run_parks(asked, place)).values()) == {expected}
        assert place.finish() == f"{url}/index.html"
        place.close()
    system, root = fsspec.core.url_to_fs(url)
    run_parks(asked, tmp_path / "near")
    for name, content in tables(tmp_path / "near").items():
        assert system.cat_file(f"{root}/{name}") == content
    assert system.exists(f"{root}/run.json")
    assert system.exists(f"{root}/park-a/record.json")


def test_a_url_nobody_serves_is_refused(tmp_path):
    answer = CliRunner().invoke(main, ["run", "demo-steel", "--out", "nowhere://run"])
    assert answer.exit_code == 2
    assert "nowhere" in answer.output


def test_verify_finds_the_very_place_that_differs(tmp_path):
    out = tmp_path / "run"
    words = ["demo-cement", "demo-steel", "--members", "10", "--scenarios", "bau", "--out", str(out), "--quiet"]
    assert CliRunner().invoke(main, ["run", *words]).exit_code == 0
    same = CliRunner().invoke(main, ["verify", str(out), "--sample", "1"])
    assert same.exit_code == 0, same.output
    assert same.output.count("the same") == 1
    path = out / "demo-steel" / "pathways.csv"
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    cells = lines[3].split(",")
    cells[3] = "12345"
    path.write_text("\n".join([*lines[:3], ",".join(cells), *lines[4:]]), encoding="utf-8-sig", newline="\n")
    answer = CliRunner().invoke(main, ["verify", str(out)])
    assert answer.exit_code == 1
    assert "demo-steel               DIFFERS" in answer.output
    assert re.search(r"pathways.csv: 1 lines differ\n +line 4: mean_tco2 was 12345, is", answer.output)


def test_verify_says_what_has_changed_since(parks, notebook, out, tmp_path):
    run_parks(request(parks, notebook), out)
    table = tmp_path / "parks" / "park-a.csv"
    table.write_text(table.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (tmp_path / "parks" / "park-b.csv").unlink()
    (tmp_path / "parks" / "park-c.projects.csv").write_text("\n", encoding="utf-8")
    told = list(changes_since(out))
    assert "inputs changed since the run: park-a.csv" in told
    assert "inputs no longer there since the run: park-b.csv" in told
    assert "inputs new since the run: park-c.projects.csv" in told
    assert "the notebook has changed since the run" in told


def test_a_table_that_only_one_side_has_is_a_difference(tmp_path):
    for name in ("stored", "computed"):
        (tmp_path / name).mkdir()
    (tmp_path / "stored" / "a.csv").write_text("x\n", encoding="utf-8")
    (tmp_path / "computed" / "b.parquet").write_bytes(b"1")
    found = differences(tmp_path / "stored", tmp_path / "computed")
    assert [(one.table, one.what) for one in found] == [
        ("a.csv", "stored, but not computed again"),
        ("b.parquet", "not stored"),
    ]


def test_a_run_without_results_cannot_be_verified(parks, notebook, out):
    make_notebook(notebook, "1 / 0")
    run_parks(request(parks[:1], notebook), out)
    CliRunner().invoke(main, ["summarise", str(out)])
    with pytest.raises(BatchError, match=r"status\.csv"):
        next(verify(out))


def test_an_altered_file_of_a_run_is_found_and_its_park_run_again(parks, notebook, out):
    words = ["run", *parks, "--notebook", str(notebook), "--out", str(out), "--members", "1", "--until", "2040"]
    assert CliRunner().invoke(main, words).exit_code == 0
    whole = CliRunner().invoke(main, ["verify", str(out), "--sample", "1"]).output
    assert "ALTERED" not in whole
    assert "not hashed" not in whole
    park, table = Path(parks[0]).stem, out / Path(parks[0]).stem / "totals.csv"
    for path in (table, out / "summary.csv"):
        path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))  # as many bytes as before
    answer = CliRunner().invoke(main, ["verify", str(out), "--sample", "1"])
    assert answer.exit_code == 1
    told = [line.split("  ")[0] for line in answer.output.splitlines() if "ALTERED" in line]
    assert told == ["summary.csv", f"{park}/totals.csv"]
    summarised = CliRunner().invoke(main, ["summarise", str(out)])
    assert summarised.exit_code == 1
    assert "not as the run wrote it: totals.csv" in (out / "status.csv").read_text(encoding="utf-8-sig")
    again = CliRunner().invoke(main, [*words, "--dry-run"]).output
    assert [line.split()[0] for line in again.splitlines() if "altered" in line] == [park]


def test_a_park_whose_record_is_gone_is_not_said_to_be_the_same(parks, notebook, out):
    write_status(out, run_parks(request(parks, notebook), out).ordered())
    park = Path(parks[0]).stem
    (out / park / "record.json").write_text("{}", encoding="utf-8")
    assert outputs_now(out)[f"{park}/*"].startswith("not hashed")


def test_a_record_without_hashes_is_not_said_to_be_the_same(parks, notebook, out):
    write_status(out, run_parks(request(parks, notebook), out).ordered())
    answer = CliRunner().invoke(main, ["verify", str(out), "--sample", "1"])
    assert "summary.csv              not hashed" in answer.output


def test_hashes_and_seals_that_were_removed_are_said_and_their_parks_run_again(parks, notebook, out):
    words = ["run", *parks, "--notebook", str(notebook), "--out", str(out), "--members", "1", "--until", "2040"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (out / "inputs").mkdir()
    (out / "inputs" / "levers.yml").write_text("levers: {}\n", encoding="utf-8")
    assert outputs_now(out) == {"inputs/levers.yml": "not hashed: it cannot be checked"}
    one, other = (Path(park).stem for park in parks[:2])
    for park, kept in ((one, ()), (other, ("record.json",))):
        record = json.loads((out / park / "record.json").read_text(encoding="utf-8"))
        hashes = record["files_sha256"]
        assert len(hashes) > 1
        left = {name: value for at, (name, value) in enumerate(sorted(hashes.items())) if at} if kept else {}
        gone = sorted(set(hashes) - set(left))[0]
        (out / park / "record.json").write_text(json.dumps({**record, "files_sha256": left}), encoding="utf-8")
    assert outputs_now(out) == {
        "inputs/levers.yml": "not hashed: it cannot be checked",
        f"{one}/*": "not hashed: it cannot be checked",
        f"{other}/{gone}": "not hashed: it cannot be checked",
    }
    summarised = CliRunner().invoke(main, ["summarise", str(out)])
    for line in (f"{one}/*", f"{other}/{gone}"):
        assert f"{line:<24} not hashed: it cannot be checked" in summarised.output
    # The summary hashes nothing that it was given: what was altered since would pass for what the run had.
    assert "inputs/levers.yml" in outputs_now(out)
    told = CliRunner().invoke(main, ["verify", str(out), "--sample", "1"], env={"PATHWAYS_LANG": "zh"}).output
    assert "没有哈希值" in told
    again = CliRunner().invoke(main, [*words, "--dry-run"]).output
    assert sorted(line.split()[0] for line in again.splitlines() if "altered" in line) == sorted([one, other])


def test_a_forecast_without_its_seal_is_said(parks, notebook, out):
    words = ["run", *parks[:1], "--notebook", str(notebook), "--out", str(out), "--members", "1", "--until", "2040"]
    assert CliRunner().invoke(main, words).exit_code == 0
    park = Path(parks[0]).stem
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    (out / park / "forecast.json").write_text("{}", encoding="utf-8")
    (out / "run.json").write_text(
        json.dumps({**record, "seals": {park: {"sha256": "0", "date": "2026-01-01"}}}), encoding="utf-8"
    )
    assert outputs_now(out) == {}
    (out / "run.json").write_text(
        json.dumps({key: value for key, value in record.items() if key != "seals"}), encoding="utf-8"
    )
    assert outputs_now(out) == {f"{park}/forecast.json": "not sealed: the forecast cannot be checked"}


def test_a_park_whose_folder_is_gone_is_not_done(parks, notebook, out):
    run_parks(request(parks, notebook), out)
    write_status(out, [Outcome(Path(park).stem, "done", 1.0) for park in parks])
    shutil.rmtree(out / Path(parks[0]).stem)
    answer = CliRunner().invoke(main, ["summarise", str(out)])
    assert answer.exit_code == 1
    assert "its results are no longer there" in answer.output + (out / "status.csv").read_text(encoding="utf-8-sig")
