"""Batch runs of the real notebook: isolation of failures, the same bytes however it is run."""

import csv
import json
import shutil

import pytest
from click.testing import CliRunner

from pathway_models.batch.execution import check_parameters
from pathway_models.cli.main import main
from pathway_models.core.errors import BatchError
from pathway_models.core.files import data_folder

pytestmark = pytest.mark.slow

MEMBERS = ["--members", "40", "--scenarios", "bau", "deep", "--seed", "0"]


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def run(*words):
    return CliRunner().invoke(main, ["run", *map(str, words)])


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Two parks, two workers."""
    folder = tmp_path_factory.mktemp("both") / "run"
    answer = run("demo-cement", "region-d", *MEMBERS, "--workers", 2, "--out", folder)
    assert answer.exit_code == 0, answer.output
    return folder, answer.output


def test_a_run_ends_with_a_table_and_the_path_of_the_page(both):
    folder, output = both
    assert output.splitlines()[-1] == str(folder / "index.html")
    assert "2 of 2 parks done; invented demonstration parks among them (*): 1" in output


def test_every_park_leaves_notebook_page_and_tables(both):
    folder, _ = both
    for park in ("demo-cement", "region-d"):
        names = {path.name for path in (folder / park).iterdir()}
        assert names >= {
            "notebook.ipynb",
            "notebook.html",
            "summary.csv",
            "pathways.csv",
            "members.parquet",
            "inventory.csv",
            "forecast.json",
        }
    assert not list(folder.glob("**/*.partial"))


def test_the_summary_has_the_promised_columns_first(both):
    folder, _ = both
    rows = rows_of(folder / "summary.csv")
    promised = (
        "park_id,name,kind,invented,scenario,last_observed_year,emissions_last_tco2,peak_status,peak_year_p05,"
        "peak_year_p50,peak_year_p95,share_censored,p_peak_before_2030,peak_value_p50_tco2,members,seed"
    )
    assert ",".join(list(rows[0])[:16]) == promised
    assert [(row["park_id"], row["scenario"]) for row in rows] == [
        ("demo-cement", "bau"),
        ("demo-cement", "deep"),
        ("region-d", "bau"),
        ("region-d", "deep"),
    ]
    assert {row["members"] for row in rows} == {"40"}
    assert {row["seed"] for row in rows} == {"0"}


def test_invented_parks_are_marked_in_summary_page_and_notebook(both):
    folder, _ = both
    marks = {row["park_id"]: row["invented"] for row in rows_of(folder / "summary.csv")}
    assert marks == {"demo-cement": "true", "region-d": "false"}
    assert "invented" in (folder / "index.html").read_text(encoding="utf-8")
    assert "INVENTED" in (folder / "demo-cement" / "notebook.ipynb").read_text(encoding="utf-8").upper()


def test_the_page_needs_nothing_from_elsewhere(both):
    page = (both[0] / "index.html").read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert 'href="region-d/notebook.html"' in page
    assert "data:image/png;base64," in page


def test_the_run_says_what_it_rests_on(both):
    record = json.loads((both[0] / "run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["seed"] == 0
    assert len(record["inputs_sha256"]["region-d.csv"]) == 64
    assert record["versions"]["pathway_models"]


def test_one_park_alone_with_one_worker_gives_the_same_bytes(both, tmp_path):
    folder, _ = both
    alone = tmp_path / "alone"
    assert run("region-d", *MEMBERS, "--workers", 1, "--out", alone).exit_code == 0
    for name in ("summary.csv", "members.parquet", "pathways.csv", "inventory.csv", "levers.csv"):
        assert (alone / "region-d" / name).read_bytes() == (folder / "region-d" / name).read_bytes()
    together = (folder / "summary.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (alone / "summary.csv").read_text(encoding="utf-8-sig").splitlines() == [together[0], *together[3:]]


def test_summarise_makes_the_same_summary_again(both, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(both[0], copy)
    before = (copy / "summary.csv").read_bytes()
    (copy / "summary.csv").unlink()
    (copy / "index.html").unlink()
    answer = CliRunner().invoke(main, ["summarise", str(copy)])
    assert answer.exit_code == 0
    assert (copy / "summary.csv").read_bytes() == before
    assert (copy / "index.html").is_file()


def test_a_refused_table_and_a_failed_notebook_cost_only_themselves(tmp_path):
    source = data_folder() / "parks"
    refused, short = tmp_path / "demo-refused.csv", tmp_path / "demo-short.csv"
    lines = (source / "demo-cement.csv").read_text(encoding="utf-8").splitlines()
    refused.write_text("\n".join([*lines, lines[1].replace("2016", "year?", 1)]) + "\n", encoding="utf-8")
    # Two years can be accounted, but no trend can be read from them: the notebook itself fails.
    kept = [line for line in lines if not line.startswith(("2016", "2017", "2018"))]
    short.write_text("\n".join(kept) + "\n", encoding="utf-8")
    for table in (refused, short):
        text = (source / "demo-cement.yml").read_text(encoding="utf-8")
        table.with_suffix(".yml").write_text(text.replace("demo-cement", table.stem), encoding="utf-8")
    answer = run(refused, short, "demo-cement", *MEMBERS, "--workers", 2, "--out", tmp_path / "run")
    assert answer.exit_code == 1
    status = {row["park_id"]: row for row in rows_of(tmp_path / "run" / "status.csv")}
    assert list(status["demo-cement"]) == ["park_id", "status", "seconds", "cause"]
    assert {name: row["status"] for name, row in status.items()} == {
        "demo-refused": "refused",
        "demo-short": "failed",
        "demo-cement": "done",
    }
    assert f"line {len(lines) + 1}, year" in status["demo-refused"]["cause"]
    assert "at least 3" in status["demo-short"]["cause"]
    failed = (tmp_path / "run" / "demo-short" / "notebook.ipynb").read_text(encoding="utf-8")
    assert "papermill-error-cell" in failed
    assert {row["park_id"] for row in rows_of(tmp_path / "run" / "summary.csv")} == {"demo-cement"}


def test_a_parameter_the_notebook_does_not_have_is_refused_before_a_kernel_starts():
    with pytest.raises(BatchError, match="no parameter 'member'"):
        check_parameters({"park": "region-d", "member": 5000})


def test_a_parameter_of_another_type_is_refused():
    with pytest.raises(BatchError, match="members = '007' is str"):
        check_parameters({"park": "region-d", "members": "007"})


def test_a_shell_that_draws_without_a_screen_keeps_no_figure_out_of_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    assert run("demo-cement", "--members", "20", "--scenarios", "bau", "--out", str(tmp_path / "run")).exit_code == 0
    assert (tmp_path / "run" / "demo-cement" / "notebook.html").read_text(encoding="utf-8").count("<img") > 3
