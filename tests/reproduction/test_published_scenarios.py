"""Published scenario tables run through the engine: paths, peaks, contradictions, templates, STIRPAT."""

import csv
import runpy
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from data_reading import DATA, ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.baseline.scenario_drivers import stirpat_drivers, stirpat_level
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.intake.published import read_study, read_templates, template_scenarios
from pathway_models.records.levers import Scenario
from pathway_models.records.plans import DriverPath
from pathway_models.reproduction.command import reproduce_command
from pathway_models.reproduction.comparison import answer_scenarios, drive, record_of_totals
from pathway_models.reproduction.register import reproduce

pytestmark = [pytest.mark.reproduction, pytest.mark.slow]

KAYA = ("population", "gdp_per_head", "energy_per_gdp", "co2_per_energy")
BUILD = runpy.run_path(str(ROOT / "scripts" / "build_published_scenarios.py"))


def by_key(result):
    return {row.estimate.key[1:]: row for row in result.rows}


def test_china_by_rates_meets_every_value_to_the_last_digits():
    result = reproduce("china_kaya_2026")
    rows = [row for row in result.rows if row.estimate.quantity.startswith("co2_")]
    assert len(rows) == 66
    assert max(abs(row.difference) / row.estimate.value for row in rows) < 1e-9
    peaks = {key[0]: row.ours for key, row in by_key(result).items() if key[1] == "peak_year"}
    assert peaks == {"baseline": 2030, "low_carbon": 2024, "strengthened": 2024}
    assert "no peak ahead" in by_key(result)["low_carbon", "peak_year"].cause
    assert "no peak ahead" not in by_key(result)["baseline", "peak_year"].cause


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-5, 8)] * 4), min_size=1, max_size=3))
def test_a_record_of_totals_follows_closed_form_rates(rates):
    """Four growth rates by periods of five years, exact: the path and its highest year to 1e-9."""
    park = record_of_totals("r", range(2018, 2021), [5e6, 6e6, 7e6])
    paths, expected = [], [1.0]
    for at, values in enumerate(rates):
        first = 2021 + 5 * at
        paths += [
            DriverPath(n, "", "", first, first + 4, "growth", v, "%/yr") for n, v in zip(KAYA, values, strict=True)
        ]
        for _ in range(5):
            expected.append(expected[-1] * np.prod([1 + v / 100 for v in values]))
    found = drive(park, [Scenario("x", "x", "x", drivers=tuple(paths))], 2020 + 5 * len(rates))
    assert found.emissions["x"].to_numpy() == pytest.approx(expected, rel=1e-9)
    assert found.spread < 1e-9 * max(expected)


def test_city_peaks_and_has_a_second_hump_after_a_step_of_its_coal_share():
    result = reproduce("xiamen_stirpat_2022")
    assert result.counts() == {"reproduced": 33}
    path = result.tables["path"]["co2"]
    assert path.idxmax() == 2025
    assert path[2028] > path[2027]
    assert path[2028] > path[2029]
    assert "2028" in result.sentences["peak"]
    assert "15.34 to 11.25" in result.sentences["peak"]


def test_nine_scenarios_of_five_provinces_peak_as_published_and_sizes_are_near():
    result = reproduce("northwest_stirpat_2019")
    years = [row for row in result.rows if row.estimate.quantity.startswith("highest")]
    assert [row.difference for row in years] == [0.0] * 9
    sizes = [row for row in result.rows if row.estimate.quantity.startswith("co2_") and row.ours is not None]
    gaps = sorted(row.difference / row.estimate.value for row in sizes)
    assert gaps == pytest.approx([0.0022, 0.0062, 0.0109, 0.0161], abs=1e-4)
    recovered = result.tables["recovered"]
    assert (recovered["ours"] / recovered["published"] - 1).abs().max() < 2e-5


def test_readings_of_the_steel_model_are_told_and_one_meets_the_figure():
    result = reproduce("steel_stock_2025")
    assert result.tables["readings"]["values_met"].tolist() == [15, 14, 14, 12]
    paths = result.tables["paths"]
    assert paths["production"].idxmax() == 2020
    assert paths["stock"].idxmax() == 2042
    # Steel that goes in either stays or leaves as scrap.
    into = paths["stock"].diff() + paths["scrap"]
    assert (into.loc[2025:] > 0).all()


def test_claims_about_region_d_contradict_their_own_parameters():
    result = reproduce("region_d_mbd")
    rows = by_key(result)
    found = {name: rows[name, "peak_year_claimed"].ours for name in ("natural", "baseline", "ambitious")}
    assert found == {"natural": 2038, "baseline": 2032, "ambitious": 2024}
    assert {rows[name, "neutral_year_claimed"].verdict for name in found} == {"not reproduced"}
    claims = result.tables["claims"].set_index("scenario")
    assert claims["co2_then"].round(0).to_dict() == {"natural": 76723, "baseline": 70128, "ambitious": 56288}
    assert (claims["peak"] - claims["peak_by_sector"]).tolist() == [0, 1, 0]


def test_a_picture_of_region_d_shows_another_scenario():
    result = reproduce("region_d_dknt0")
    rows, paths = by_key(result), result.tables["paths"]
    assert rows["ambitious", "co2_2060"].verdict == "not reproduced"
    drawn = rows["ambitious", "co2_2060"].estimate.value
    assert abs(paths.at[2060, "on_time"] - drawn) < abs(paths.at[2060, "ambitious"] - drawn) / 5
    assert paths.loc[2021:, "natural"].idxmax() == 2036
    assert paths.loc[2060].round(0).to_dict() == {"ambitious": 10788, "natural": 90243, "on_time": 20439}


def test_accounts_of_the_simulator_add_up_and_drive_the_engine():
    result = reproduce("eps_low_bau_2024")
    paths = result.tables["paths"].dropna()
    assert (paths["engine"] / paths["accounts"] - 1).abs().max() < 1e-9
    gaps = [row.difference / row.estimate.value for row in result.rows if row.estimate.quantity == "gdp_2025"]
    assert all(-0.008 < gap < -0.004 for gap in gaps)


# Templates


def test_templates_cannot_be_judged_and_say_what_is_missing():
    templates = read_templates()
    assert set(templates["verdict"]) == {"cannot be judged"}
    assert (templates["missing"].str.len() > 40).all()
    files = {path.name for path in (DATA / "published" / "templates").glob("*.csv")} - {"missing.csv"}
    assert set(templates["table"]) - {""} == files


@pytest.mark.parametrize(("table", "last"), [("scirep2023.csv", 2040), ("bth2023.csv", 2045)])
def test_templates_run_on_a_park(table, last):
    scenarios = template_scenarios(table)
    paths = drive(pw.read_park("demo-steel"), scenarios, last).emissions
    assert np.isfinite(paths.to_numpy()).all()
    assert paths.iloc[-1].nunique() == len(scenarios)


def test_an_unknown_template_is_refused_by_name():
    with pytest.raises(InputError, match=r"scirep2023\.csv, bth2023\.csv"):
        template_scenarios("mine.csv")


# STIRPAT


@settings(max_examples=30, deadline=None)
@given(
    st.floats(-2, 2), st.floats(-1, 2), st.lists(st.tuples(st.floats(1, 9), st.floats(1, 9)), min_size=2, max_size=6)
)
def test_growth_of_driver_paths_is_that_of_the_equation(constant, b, pairs):
    elasticities = {"p": b, "q": 0.5}
    drivers = {"p": [pair[0] for pair in pairs], "q": [pair[1] for pair in pairs]}
    level = stirpat_level(constant, elasticities, drivers)
    paths = stirpat_drivers(elasticities, drivers, 2020)
    rates = [path.value for path in paths if path.driver == "co2_per_energy"]
    assert level[0] * np.cumprod(1 + np.array(rates) / 100) == pytest.approx(level[1:], rel=1e-9)
    assert {path.value for path in paths if path.driver != "co2_per_energy"} == {0.0}


def test_all_faults_of_a_stirpat_table_are_told_at_once():
    with pytest.raises(PathwayError) as error:
        stirpat_level(0.0, {"gdp": 1.0, "coal": 0.1}, {"gdp": [1, 0], "heads": [1, 2, 3]})
    for told in ("heads has no elasticity", "coal has no levels", "gdp: levels must be above zero", "numbers of years"):
        assert told in str(error.value)


# A study of one's own


def own_study(tmp_path, rows, record=((2020, 10.0), (2021, 11.0), (2022, 12.0)), scenario="low"):
    done = CliRunner().invoke(reproduce_command, ["new", "--study", "mine", "--scenarios", "--folder", str(tmp_path)])
    assert done.exit_code == 0, done.output
    folder = Path(tmp_path) / "mine"

    def append(name, lines):
        with (folder / name).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)

    append("inputs.csv", [("co2", "", year, value, "Mt", "table 1") for year, value in record])
    append("scenarios.csv", rows)
    reason, place = "a year is met or not", "table 3"
    append("estimates.csv", [("mine", "Here", scenario, "peak_year", 2025, "year", 0, 1, reason, place, "seen", "CC0")])
    return folder


OWN = [
    ("low", "gdp", "", "", 2023, 2025, "growth", 5, "%/yr", "", "table 2"),
    ("low", "gdp", "", "", 2026, 2030, "growth", 2, "%/yr", "", "table 2"),
    ("low", "energy_per_gdp", "", "", 2023, 2030, "growth", -3, "%/yr", "", "table 2"),
    ("low", "co2_per_energy", "", "", 2023, 2030, "growth", 0, "%/yr", "", "table 2"),
]


def test_a_study_of_ones_own_comes_to_a_verdict(tmp_path):
    result = reproduce(own_study(tmp_path, OWN), answer_scenarios)
    assert result.counts() == {"reproduced": 1}
    assert result.tables["paths"].at[2025, "low"] == pytest.approx(12 * (1.05 * 0.97) ** 3, rel=1e-9)


def test_a_gap_in_the_record_and_a_scenario_without_rows_are_refused(tmp_path):
    gap = own_study(tmp_path / "a", OWN, ((2019, 1.0), (2020, 1.0), (2022, 1.0)))
    with pytest.raises(PathwayError, match="without a gap"):
        reproduce(gap, answer_scenarios)
    with pytest.raises(PathwayError, match="no rows of high; it has low"):
        reproduce(own_study(tmp_path / "b", OWN, scenario="high"), answer_scenarios)


def test_a_wrong_row_of_ones_own_table_is_refused_by_its_line(tmp_path):
    wrong = [OWN[0], (*OWN[1][:4], 2027, *OWN[1][5:]), (*OWN[2][:8], "tce", *OWN[2][9:])]
    with pytest.raises(InputError) as error:
        reproduce(own_study(tmp_path, wrong), answer_scenarios)
    assert "line 3" in str(error.value)
    assert "line 4" in str(error.value)


# How the tables were made


def test_parabola_goes_through_its_three_points():
    assert [BUILD["parabola"](year) for year in (2020, 2035, 2060)] == pytest.approx([1, 2, 4])


def test_names_of_scenarios_are_translated():
    assert [BUILD["named"](name) for name in ("高低", "强化低碳", "中")] == ["high_low", "strengthened", "mid"]


def test_every_built_study_is_shipped():
    assert {read_study(name).study for name in BUILD["BUILDERS"]} == set(BUILD["FOLDERS"])
