"""What other programs are given: names, units, signs and sums of the exported variables."""

import csv
import json
import re
import sys
from dataclasses import replace

import builders
import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from data_reading import DATA
from ensembles import YEARS, hill, mixture, pathways_of, rising

import pathway_models as pw
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.exports.command import export_command
from pathway_models.exports.datapackage import licences_of, write_datapackage
from pathway_models.exports.iamc import (
    COVERED_PROVINCES,
    MODEL,
    ParkResults,
    gathered,
    indicators_of,
    meta_of,
    region_of,
    run_meta,
    sums_of,
    write_codelists,
    write_iamc,
)
from pathway_models.exports.tidy import member_table, observed_carriers, read_variables, rounded

IAMC = DATA / "iamc"
TOTAL = "Emissions|CO2 [Park Total]"
NAMES = [variable.name for variable in read_variables()]


@pytest.fixture(scope="module")
def steel():
    """An invented park under two scenarios, one of them with capture."""
    park, scenarios = pw.read_park("demo-steel"), pw.read_scenarios().pick(["bau", "deep"])
    pathways = pw.project(park, scenarios, pw.sample(park, scenarios, members=12, seed=7, until=2045))
    return ParkResults(park, pathways, pw.find_peaks(pathways))


@pytest.fixture(scope="module")
def table(steel):
    return pw.to_iamc(steel.pathways, steel.park, steel.peaks)


def series(table, variable, scenario="deep"):
    row = table[(table["Variable"] == variable) & (table["Scenario"] == scenario)]
    assert len(row) == 1, variable
    return row[[name for name in row if isinstance(name, int)]].to_numpy(dtype=float)[0]


def park_of(pathways, **more):
    return replace(builders.coal_park(), park_id=pathways.park_id, **more)


def tidy_of(totals, **more):
    pathways = pathways_of(totals)
    return (
        pw.to_tidy(pathways, park_of(pathways, **more))
        .set_index(["scenario", "variable", "statistic", "year"])
        .sort_index()
    )


# names and units


def test_columns_are_those_of_the_format_with_years_as_whole_numbers(table):
    assert list(table)[:5] == ["Model", "Scenario", "Region", "Variable", "Unit"]
    assert list(table)[5:] == list(range(2016, 2046))
    assert not table[["Model", "Scenario", "Region", "Variable", "Unit"]].isna().any().any()
    assert not table.duplicated(["Model", "Scenario", "Region", "Variable", "Unit"]).any()


def test_every_exported_variable_is_defined_with_its_unit(table):
    allowed = {}
    for path in (IAMC / "definitions" / "variable").glob("[!t]*.yaml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            for name, about in entry.items():
                allowed[name] = [about["unit"]] if isinstance(about["unit"], str) else about["unit"]
    by_measured = {
        v.name: allowed.get(v.name) or allowed[v.name.replace(v.statistic, "{Statistic}")] for v in read_variables()
    }
    assert {row.Variable: row.Unit for row in table.itertuples() if row.Unit not in by_measured[row.Variable]} == {}


def test_no_two_definitions_share_a_name():
    assert len(NAMES) == len(set(NAMES))


def test_prices_carry_their_year_so_that_different_years_are_never_added_up(steel, table):
    units = table.set_index("Variable")["Unit"]
    assert set(units["Value Added"]) == {f"billion CNY_{steel.park.price_year}/yr"}


def test_model_carries_the_version_that_the_mapping_is_keyed_by():
    mapping = yaml.safe_load((IAMC / "mappings" / "pathway_models.yaml").read_text(encoding="utf-8"))
    assert mapping["model"] == MODEL == f"pathway_models {'.'.join(pw.__version__.split('.')[:2])}"


def test_shipped_regions_and_scenarios_are_those_of_the_register(tmp_path, shipped_parks):
    for path in write_codelists(tmp_path, shipped_parks.values(), pw.read_scenarios().values()):
        shipped = (IAMC / path.relative_to(tmp_path)).read_text(encoding="utf-8")
        assert path.read_text(encoding="utf-8") == shipped, "run scripts/build_iamc.py"


# numbers worked by hand


def test_mean_and_quantiles_are_over_the_members():
    flat = np.ones(YEARS.size)
    found = tidy_of({"one": np.stack([flat * 1e6, flat * 2e6, flat * 6e6])})["value"]
    assert found["one", TOTAL, "mean", 2030] == pytest.approx(3.0)
    assert found["one", TOTAL, "Median", 2030] == pytest.approx(2.0)
    assert found["one", TOTAL, "95th Percentile", 2030] == pytest.approx(5.6)  # 2 + 0.9 * (6 - 2)


def test_probability_of_a_year_counts_peaks_up_to_it_over_all_members():
    found = tidy_of({"one": mixture((3, hill(2028)), (1, hill(2030)), (1, rising()))})["value"]
    path = found.loc["one", "Peak Probability|" + TOTAL, "mean"]
    assert [path[2027], path[2028], path[2029], path[2030], path[2055]] == [0.0, 0.6, 0.6, 0.8, 0.8]
    assert 2056 not in path  # the five years that confirm it are not projected


def test_peak_year_among_members_without_a_peak_has_no_row():
    found = tidy_of({"one": mixture((3, hill(2028)), (2, rising()))})["value"].loc["one", "Peak Year|" + TOTAL]
    assert found["Median"].to_dict() == {2020: 2028.0}
    assert "95th Percentile" not in found.index


def test_indicators_keep_the_share_without_a_peak():
    pathways = pathways_of({"one": mixture((3, hill(2028)), (2, rising()))})
    rows = indicators_of(ParkResults(park_of(pathways), pathways, pw.find_peaks(pathways))).set_index("indicator")
    year = rows.loc[f"Peak Year|{TOTAL}"]
    assert (year["p50"], year["share_censored"], year["n_members"]) == (2028.0, 0.4, 5)
    assert np.isnan(year["p95"])
    assert rows.loc[f"Peak Probability|{TOTAL}|2029", "value"] == 0.6


def test_carriers_of_the_record_are_in_exajoules():
    park = builders.mixed_park()
    found = observed_carriers(park)
    assert found["energy_gas"][0] == pytest.approx(350.0)
    assert set(found) == {"energy_coal", "energy_gas", "energy_electricity", "energy_heat"}


# signs and sums


def test_net_is_gross_plus_removals_and_capture_counts_as_a_positive_number(table):
    net, gross = series(table, "Emissions|CO2"), series(table, "Gross Emissions|CO2")
    assert net == pytest.approx(gross + series(table, "Gross Removals|CO2"), rel=1e-8)
    assert series(table, "Carbon Capture").max() > 0
    assert series(table, "Carbon Capture").min() >= 0
    assert series(table, "Carbon Removal|Land Use") == pytest.approx(-series(table, "Gross Removals|CO2"))


def test_total_is_scope_1_and_what_is_bought_and_stands_outside_the_net_path(table):
    bought = series(table, "Emissions|CO2|Purchased Electricity [Market-Based]")
    scope_1 = series(table, "Emissions|CO2|Energy and Industrial Processes")
    heat = series(table, "Emissions|CO2|Purchased Heat")
    assert series(table, TOTAL) == pytest.approx(scope_1 + bought + heat, rel=1e-8)


def test_fuels_and_processes_before_capture_add_up_to_scope_1(table):
    fuels = [name for name in set(table["Variable"]) if name.endswith("[Before Capture]")]
    parts = sum(series(table, name) for name in [*fuels, "Emissions|CO2|Carbon Management|Heat"])
    captured = series(table, "Carbon Capture")
    assert parts - captured == pytest.approx(series(table, "Emissions|CO2|Energy and Industrial Processes"), rel=1e-7)


def test_captured_is_stored_or_used(table):
    stored, used = (series(table, f"Carbon Capture|{name}") for name in ("Geological Storage", "Utilization"))
    assert series(table, "Carbon Capture") == pytest.approx(stored + used, rel=1e-8)


# members


def test_members_are_scenarios_of_their_own(steel):
    wide = pw.to_iamc(steel.pathways, steel.park, members=True)
    total = steel.pathways.total()
    assert wide["Scenario"].nunique() == 2 * 12
    assert series(wide, TOTAL, "deep|0012") == pytest.approx(total[1, 11] / 1e6, rel=1e-8)


def test_quantiles_can_be_worked_out_again_from_the_members(steel):
    members = member_table(steel.pathways, steel.park)
    again = members[members["variable"] == TOTAL].groupby(["scenario", "year"])["value"].median()
    stated = pw.to_tidy(steel.pathways, steel.park).query("variable == @TOTAL and statistic == 'Median'")
    assert again.to_numpy() == pytest.approx(stated.set_index(["scenario", "year"])["value"].to_numpy(), rel=1e-8)


# meta


def test_meta_holds_the_peak_of_a_single_park_and_none_of_several(steel):
    run = run_meta(steel.pathways, "0.1", "tried")
    one = meta_of([steel], run)
    assert one["peak_year_p50"].tolist() == steel.peaks.quantiles((0.5,))[:, 0].tolist()
    assert "peak_year_p50" not in meta_of([steel, steel], run)


def test_meta_holds_run_seed_and_members_but_no_date(steel):
    row = meta_of([steel], run_meta(steel.pathways, "0.1", "tried")).iloc[0]
    assert (row["run"], row["seed"], row["members"], row["horizon"]) == ("tried", 7, 12, 2045)


# regions


@pytest.mark.parametrize(
    ("fields", "region"),
    [
        ({"province": "江苏", "name_zh": "某某经济技术开发区"}, "China|江苏省|某某经济技术开发区"),
        ({"province": "江苏省", "name_zh": "某某经济技术开发区"}, "China|江苏省|某某经济技术开发区"),
        ({"province": "", "name_zh": "某园"}, "China|某园"),
        ({"province": "江苏", "name_zh": 'a|b;c:"d"'}, "China|江苏省|a b c d"),
        ({"province": "", "name_zh": "", "name_en": "", "park_id": "own-1"}, "China|own-1"),
        ({"province": "江苏", "name_zh": "江苏省", "kind": "region"}, "China|江苏省"),
    ],
)
def test_region_is_country_province_and_name_without_signs_that_mean_something(fields, region):
    assert region_of(replace(builders.coal_park(), **fields)) == region


def test_invented_parks_are_never_added_up_and_parks_never_pass_for_their_province(shipped_parks):
    real = replace(builders.coal_park(), invented=False, province="江苏", name_zh="某园")
    sums = sums_of([*shipped_parks.values(), real])
    assert sums["China|江苏省 [Covered Parks]"] == ["China|江苏省|某园"]
    assert set(sums) == {COVERED_PROVINCES, "China|江苏省 [Covered Parks]"}
    assert not [region for parts in sums.values() for region in parts if "虚构" in region]


def test_two_parks_of_one_region_are_refused(steel):
    with pytest.raises(InputError, match="a name of its own for each park"):
        gathered([steel, replace(steel, park=replace(steel.park, park_id="other"))])


def test_pathways_of_another_park_are_refused(steel):
    with pytest.raises(PathwayError, match="are those of 'demo-steel', not of 'tiny'"):
        pw.to_iamc(steel.pathways, builders.coal_park())


def test_without_pyam_the_message_says_how_to_come_by_it(steel, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyam", None)
    with pytest.raises(InputError, match=re.escape("docs/exports.md has the two commands")):
        pw.to_pyam(steel.pathways, steel.park)


# Data Package


def test_every_file_of_a_datapackage_is_described_with_units_sources_and_licences(tmp_path, steel):
    tables = {"results": pw.to_tidy(steel.pathways, steel.park), "indicators": indicators_of(steel)}
    written = write_datapackage(tmp_path, [steel], tables, run_meta(steel.pathways, "0.1.0", "tried"))
    about = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert {resource["path"] for resource in about["resources"]} == {path.name for path in written} - {
        "datapackage.json"
    }
    for resource in about["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == list(pd.read_csv(tmp_path / resource["path"], nrows=1))
    assert about["licenses"] == [{"name": "Apache-2.0", "title": steel.park.licence}]
    assert about["sources"][0]["title"].startswith("demo-steel: ")
    units = pd.read_csv(tmp_path / "variables.csv", keep_default_na=False).set_index("variable")["unit"]
    assert set(tables["results"]["variable"]) <= set(units.index)


def test_a_licence_without_an_identifier_is_quoted_as_it_stands(steel):
    quoted = replace(steel, park=replace(steel.park, licence="facts with citation"))
    assert licences_of([quoted]) == [{"name": "notspecified", "title": "facts with citation"}]
    assert licences_of([replace(steel, park=replace(steel.park, licence=""))])[0]["title"] == "not stated"


def test_values_have_nine_significant_digits():
    assert rounded(np.array([1 / 3, 2e9 / 3, -0.0])).tolist() == [0.333333333, 666666667.0, 0.0]


def test_parks_of_one_id_are_refused_by_every_export(steel, tmp_path):
    other = replace(steel, park=replace(steel.park, name_zh="另一个园区", name_en="another"))
    for export in (lambda: gathered([steel, other]), lambda: write_datapackage(tmp_path, [steel, other], {}, {})):
        with pytest.raises(InputError, match="an id of its own for each park"):
            export()


def test_no_text_of_an_export_is_a_formula(steel, tmp_path):
    hostile = replace(steel.park, licence='=HYPERLINK("http://x.invalid","y")', source="@SUM(1)", name_zh="+1 园区")
    found = replace(steel, park=hostile)
    tables = gathered([found], "run")
    tables[0].loc[0, "Scenario"] = "=1+1"
    paths = write_iamc(*tables, tmp_path / "run")
    (tmp_path / "package").mkdir()
    paths += write_datapackage(tmp_path / "package", [found], {"results": tables[0]}, {"version": "1"})
    for path in paths:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                cells = [cell for line in csv.reader(file) for cell in line]
            assert not [cell for cell in cells if cell.startswith(("=", "@")) or cell.startswith("+1 ")], path.name
    book = openpyxl.load_workbook(tmp_path / "run.xlsx")
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("words", [("accounts", "--members"), ("tidy", "--account", "location")])
def test_options_that_a_format_does_not_have_are_refused(tmp_path, words):
    answer = CliRunner().invoke(export_command, [str(tmp_path), "--format", *words])
    assert answer.exit_code == 2
    assert words[1] in answer.output
    assert "--format accounts" in answer.output
