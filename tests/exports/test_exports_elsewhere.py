"""Other programs read what we export: pyam, nomenclature and frictionless, each in an environment of its own."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from environments_of_tests import LOCKS, ROOT, python_of, run_in

import pathway_models as pw
from pathway_models.batch.running import Request
from pathway_models.exports.command import export_command
from pathway_models.exports.iamc import ParkResults, gathered, write_iamc, write_project
from pathway_models.runs.tables import write_status

pytestmark = pytest.mark.slow

SCENARIOS = ("bau", "deep")
KEYS = ["model", "scenario", "region", "variable", "unit", "year"]


def found_of(park, members=8, until=2040):
    scenarios = pw.read_scenarios().pick(list(SCENARIOS))
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=members, seed=3, until=until))
    return ParkResults(park, pathways, pw.find_peaks(pathways))


@pytest.fixture(scope="module")
def several():
    """Two provinces, an invented park, and two real-looking parks of one province."""
    parks = [pw.read_park(name) for name in ("region-anhui", "region-beijing", "demo-mixed-chp")]
    own = [
        replace(pw.read_park(table), park_id=name, name_zh=name, invented=False, province="江苏")
        for table, name in (("demo-steel", "甲园"), ("demo-cement", "乙园"))
    ]
    return [found_of(park) for park in [*parks, *own]]


@pytest.fixture(scope="module")
def exported(several, tmp_path_factory):
    """The tables of several parks with their nomenclature project, written as the command writes them."""
    folder = tmp_path_factory.mktemp("export")
    tables = gathered(several, "tried")
    write_iamc(*tables, folder / "tried")
    write_project(folder, [each.park for each in several], pw.read_scenarios().pick(list(SCENARIOS)).values())
    return folder, tables


@pytest.fixture(scope="module")
def read_by_pyam(exported, tmp_path_factory):
    target = tmp_path_factory.mktemp("pyam")
    said = run_in("pyam", "use_pyam.py", exported[0] / "tried", "demo-steel", target, PYTHONPATH=str(ROOT))
    return target, *said.split()


@pytest.fixture(scope="module")
def judged(exported):
    """What nomenclature says about the export by its own project, and about another by the shipped one."""
    folder, _ = exported
    write_iamc(*gathered([found_of(pw.read_park("region-d"))]), folder / "region")
    pairs = [folder, folder / "tried.csv", ROOT / "data" / "iamc", folder / "region.xlsx"]
    return json.loads(run_in("nomenclature", "validate_with_nomenclature.py", *pairs))


def long_form(data):
    long = data.rename(columns=lambda name: name.lower() if isinstance(name, str) else name)
    long = long.melt(id_vars=KEYS[:-1], var_name="year").dropna(subset="value")
    return long.astype({"year": int}).set_index(KEYS)["value"].sort_index()


@pytest.mark.parametrize("source", ["csv", "xlsx"])
def test_pyam_holds_every_number_to_its_last_digit(exported, read_by_pyam, source):
    ours = long_form(exported[1][0])
    table = pd.read_csv(read_by_pyam[0] / f"from_{source}.csv", keep_default_na=False, na_values={"value": [""]})
    theirs = table.dropna(subset="value").set_index(KEYS)["value"].sort_index()
    assert len(ours) == len(theirs) > 10_000
    assert theirs.index.equals(ours.index)
    assert [f"{value:.9g}" for value in theirs] == [f"{value:.9g}" for value in ours]


def test_pyam_reads_the_meta_sheet_and_converts_the_units(exported, read_by_pyam):
    meta = pd.read_csv(read_by_pyam[0] / "meta.csv")
    assert meta["scenario"].tolist() == list(SCENARIOS)
    assert set(meta["run"]) == {"tried"}
    assert float(read_by_pyam[1]) == pytest.approx(1000)


def test_pathways_become_a_pyam_frame_without_a_file_between(read_by_pyam):
    target, _, scenarios_of_members = read_by_pyam
    assert scenarios_of_members == str(2 * 6)
    assert set(pd.read_csv(target / "made.csv")["Region"]) == {"China|示范园区（虚构）钢铁"}
    assert pd.read_csv(target / "made_meta.csv")["p_peak_before_2030"].between(0, 1).all()


def test_nomenclature_accepts_both_exports_and_refuses_what_is_wrong(judged):
    for said in judged:
        assert said["refused"] == ["variable", "unit", "region", "scenario"]
        assert said["wrong_sums"] == 0


def test_parks_of_a_province_add_up_to_its_covered_parks_and_not_to_the_province(several, judged):
    sums = pd.DataFrame(judged[0]["sums"])
    covered = sums[sums["region"] == "China|江苏省 [Covered Parks]"].set_index(["scenario", "variable", "year"])[
        "value"
    ]
    own = [each.pathways for each in several[-2:]]
    total = sum(each.total()[1, :, -1].mean() for each in own) / 1e6
    energy = sum(each.memo_items["energy"][1, :, -1].mean() for each in own)
    assert covered["deep", "Emissions|CO2 [Park Total]", 2040] == pytest.approx(total, rel=1e-7)
    # The intensity of both is weighted by energy: 29.3076 GJ to the tonne of standard coal.
    intensity = covered["deep", "Emission Intensity|CO2 [Park Total]", 2040]
    assert intensity == pytest.approx(total * 1e6 / energy * 0.0293076, rel=1e-6)
    assert "China|江苏省" not in set(sums["region"])


def test_quantiles_and_peak_years_are_never_added_up(judged):
    variables = {row["variable"] for row in judged[0]["sums"]}
    assert [name for name in variables if "Percentile" in name or "Median" in name or name.startswith("Peak")] == []


# the command, on a run made without notebooks


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    """A run of one park as far as the export needs it: its record, its status, its tables."""
    from pathway_models.runs.folders import Outcome
    from pathway_models.runs.provenance import describe_run, write_json

    folder = tmp_path_factory.mktemp("runs") / "autumn"
    request = Request(parks=("demo-steel",), scenarios=SCENARIOS, members=8, seed=3, until=2040)
    found = found_of(pw.read_park("demo-steel"))
    chosen = pw.read_scenarios().pick(list(SCENARIOS))
    pw.write_results(folder / "demo-steel", found.park, chosen, found.pathways, found.peaks)
    write_json(folder / "run.json", describe_run({"parks": list(request.parks), **request.parameters()}, []))
    write_status(folder, [Outcome("demo-steel", "done", 1.0, "")])
    return folder


def call(*words):
    return CliRunner().invoke(export_command, [str(word) for word in words])


def test_a_datapackage_of_a_run_is_valid_by_the_specification(run_folder, tmp_path):
    done = call(run_folder, "--format", "datapackage", "--members", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert run_in("frictionless", "validate_datapackage.py", tmp_path / "datapackage.json").strip() == "valid"


def test_a_run_is_exported_with_its_name_and_its_codelists(run_folder, tmp_path):
    done = call(run_folder, "demo-steel", "--out", tmp_path)
    assert done.exit_code == 0, done.output
    names = {path.name for path in tmp_path.iterdir()}
    wanted = {"autumn.csv", "autumn.xlsx", "autumn_indicators.csv", "nomenclature.yaml", "definitions"}
    assert wanted <= names
    assert set(pd.read_excel(tmp_path / "autumn.xlsx", sheet_name="meta", engine="openpyxl")["run"]) == {"autumn"}


def test_a_run_is_exported_as_one_value_a_row(run_folder, tmp_path):
    assert call(run_folder, "--format", "tidy", "--members", "--out", tmp_path).exit_code == 0
    table = pd.read_csv(tmp_path / "autumn_tidy.csv", keep_default_na=False)
    assert list(table) == ["park_id", "scenario", "statistic", "variable", "unit", "year", "value", "year_status"]
    assert np.isfinite(table["value"]).all()
    assert set(pd.read_csv(tmp_path / "autumn_tidy_members.csv")["member"]) == set(range(1, 9))


def test_a_run_that_other_data_made_is_not_exported(run_folder, tmp_path):
    file = run_folder / "demo-steel" / "pathways.csv"
    stored = file.read_text(encoding="utf-8-sig")
    file.write_text(stored.replace(",2030,", ",2030,9"), encoding="utf-8-sig")
    try:
        done = call(run_folder, "--out", tmp_path)
    finally:
        file.write_text(stored, encoding="utf-8-sig")
    assert "the pathways are not those of the run" in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_a_park_outside_the_run_is_named_with_those_inside(run_folder, tmp_path):
    done = call(run_folder, "region-d", "--out", tmp_path)
    assert "a park of the run that came out: demo-steel" in str(done.exception)


# the environments themselves


@pytest.mark.parametrize("name", ["pyam", "nomenclature", "frictionless"])
def test_every_package_of_an_environment_has_one_exact_version(name):
    lines = (LOCKS / f"{name}.lock.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]
    assert packages
    assert [line for line in packages if "==" not in line] == []


def test_without_network_the_reason_is_told_and_ci_fails(monkeypatch):
    def unreachable(folder, python, lock):
        raise OSError("no route to the index")

    for way in ("by_uv", "by_pip"):
        monkeypatch.setattr(f"environments_of_tests.{way}", unreachable)
    monkeypatch.setattr("environments_of_tests.LOCKS", LOCKS)
    monkeypatch.setattr("environments_of_tests.ROOT", LOCKS / "nowhere")
    monkeypatch.setenv("CI", "1")
    with pytest.raises(pytest.fail.Exception, match="no route to the index"):
        python_of.__wrapped__("pyam")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED WITH pyam"):
        python_of.__wrapped__("pyam")
