"""``pathways fleet``: totals with their coverage, files for scripts, every bad word of a call refused at once."""

import pandas as pd
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.fleet.command import fleet_command

pytestmark = pytest.mark.slow

FEW = ["--members", "30", "--until", "2040"]
NAMES = ["demo-steel", "demo-electronics", "demo-cement"]


def fleet(*words):
    return CliRunner().invoke(fleet_command, [str(word) for word in words])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fleet") / "out"
    words = ["--budget", "2e7", "--groups", "2", "--packages", "--out", folder, *FEW]
    return fleet(*NAMES, *words), folder


def test_coverage_is_printed_before_anything_else(written):
    done, _ = written
    assert done.exit_code == 0, done.output
    assert done.output.startswith("The total covers 3 parks, all invented")


def test_every_table_is_written_for_scripts(written):
    _, folder = written
    names = ["fleet", "norms", "outliers", "packages", "peaks", "shares", "standing"]
    assert sorted(path.stem for path in folder.glob("*.csv")) == names
    total = pd.read_csv(folder / "fleet.csv", encoding="utf-8-sig")
    assert set(total["parks"]) == {3}
    assert (total["p05_tco2"] <= total["p95_tco2"]).all()
    shares = pd.read_csv(folder / "shares.csv", encoding="utf-8-sig").set_index("park_id")
    assert shares.loc["sum"].iloc[1:].tolist() == [20_000_000] * 4
    assert set(pd.read_csv(folder / "standing.csv", encoding="utf-8-sig")["group"]) == {1, 2}


def test_every_figure_is_written_twice(written):
    _, folder = written
    pictures = {path.stem for path in folder.glob("*.png")}
    assert pictures == {path.stem for path in folder.glob("*.svg")}
    assert {"fleet_packages", "fleet_shares", "fleet_standing", "fleet_parks", "fleet_peak_years"} < pictures


def test_members_of_a_run_are_taken_as_they_are(tmp_path, scenarios):
    run = tmp_path / "run"
    pw.run_tables(NAMES[:2], run, scenarios.pick(["bau"]), members=20, until=2040, workers=1)
    done = fleet("--run", run, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert "2个园区" in done.output
    refused = fleet("--run", run, "--members", "5")
    assert refused.exit_code == 2
    assert "a run has its own" in refused.output


def test_all_that_is_wrong_with_a_call_is_told_at_once():
    done = fleet("--kind", "city", "--scenarios", "dream,bau,bau", "--groups", "0", "--year", "2030", "--members", "0")
    assert done.exit_code == 2
    for word in ("city", "dream", "twice", "--groups 0", "--budget", "--members 0"):
        assert word in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["demo-steel", "region-anhui"], 2, "never added together"),
        (["nowhere", "demo-steel"], 1, "nowhere"),
        (["demo-steel", "--before", "2020"], 2, "--before 2020"),
        (["demo-steel", "--groups", "3", "--budget", "5", "--year", "2019"], 2, "--year 2019"),
        (["--run", "no-such-folder"], 1, "no-such-folder"),
    ],
)
def test_mistakes_end_with_a_message(words, code, message):
    done = fleet(*words, *([] if "--run" in words else FEW))
    assert done.exit_code == code, done.output
    assert message in done.output
    assert "Traceback" not in done.output


def test_command_is_listed():
    assert "fleet" in CliRunner().invoke(main, ["--help"]).output
