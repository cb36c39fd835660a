"""Published estimates come out as recorded: reproduced, near, or not, each with its cause."""

import csv
import math
import re
from pathlib import Path

import nbformat
import pytest
from data_reading import DATA, ROOT, bib_keys, rows_of
from hypothesis import given
from hypothesis import strategies as st

from pathway_models.core.errors import InputError, PathwayError
from pathway_models.intake.published import COLUMNS, Estimate, list_studies, read_estimates, read_study
from pathway_models.reproduction.comparison import TABLE, VERDICTS, verdict_of
from pathway_models.reproduction.register import STUDIES, compare_with_published, reproduce, reproduce_all
from pathway_models.reproduction.studies.chongqing_fyp14 import elasticities

pytestmark = [pytest.mark.reproduction, pytest.mark.slow]

STUDY_NAMES = list_studies()
EXACT = 1e-6  # 万tCO2: sums of fifteen-digit numbers


@pytest.fixture(scope="module")
def results():
    return reproduce_all()


def values(result):
    return {row.estimate.key: row for row in result.rows}


def of_quantity(result, quantity):
    (row,) = [row for row in result.rows if row.estimate.quantity == quantity]
    return row


@pytest.mark.parametrize("study", STUDY_NAMES)
def test_verdicts_are_those_recorded_with_the_study(results, study):
    assert results[study].counts() == results[study].study.about.expected


@pytest.mark.parametrize("study", STUDY_NAMES)
def test_every_row_has_a_verdict_and_a_cause(results, study):
    table = results[study].table()
    assert tuple(table.columns) == TABLE
    assert set(table["verdict"]) <= set(VERDICTS)
    assert (table["cause"].str.len() > 10).all()
    assert results[study].table(folded=True)["values"].sum() == len(table)


def test_every_study_has_values_a_folder_and_a_computation():
    folders = {path.parent.name for path in (DATA / "published").glob("*/study.yml")}
    assert set(STUDY_NAMES) == folders == set(STUDIES)


# Region D


def test_four_sectors_of_region_d_are_exact_in_every_year(results):
    rows = [row for row in results["region_d_2023"].rows if row.estimate.quantity.startswith("emissions")]
    others = [row for row in rows if row.estimate.scope.split(", ")[1] not in ("industry", "total")]
    assert len(others) == 5 * 11
    assert max(abs(row.difference) for row in others) < EXACT


def test_industry_of_region_d_is_close_to_2019_and_contradicts_the_sheet_in_2020(results):
    gaps = {
        row.estimate.quantity[-4:]: row.difference
        for row in results["region_d_2023"].rows
        if row.estimate.scope == "region D, industry"
    }
    last = gaps.pop("2020")
    assert max(map(abs, gaps.values())) == pytest.approx(0.65, abs=0.005)
    assert last == pytest.approx(-297.2, abs=0.05)
    assert -last / values(results["region_d_2023"])[
        "region D, industry", "record", "emissions_2020"
    ].estimate.value == pytest.approx(0.0056, abs=5e-5)


def test_total_of_region_d_in_2019(results):
    row = values(results["region_d_2023"])["region D, total", "record", "emissions_2019"]
    assert row.ours == pytest.approx(74_096.33, abs=0.005)


def test_effects_of_region_d_add_up_to_the_change_of_its_total(results):
    effects = results["region_d_2023"].tables["decomposition"]
    assert (effects["sum"] - effects["change_of_total"]).abs().max() < EXACT
    assert len(effects) == 10


# Chongqing


def test_elasticity_of_chongqing_is_a_ratio_of_five_year_growths(results):
    readings = results["chongqing_fyp14"].tables["elasticities"]["elasticity"]
    assert readings.iloc[0] == pytest.approx(0.446, abs=5e-4)
    assert readings.iloc[1] == pytest.approx(0.475, abs=5e-4)


def test_all_readings_of_elasticity_agree_when_energy_grows_with_the_economy():
    assert elasticities(1.3, 1.3)["elasticity"].tolist() == pytest.approx([1.0, 1.0, 1.0])


# The peak that did not hold


def test_maximum_moves_from_2013_to_2019(results):
    result = results["guan2018"]
    assert of_quantity(result, "peak_year").ours == 2013
    series = result.study.table().set_index("year")["total_mtco2"]
    assert series.idxmax() == 2019
    assert series.max() / 1e3 == pytest.approx(9.79, abs=0.005)
    assert series[2016] - series[2015] == pytest.approx(2.7, abs=0.05)


def test_rules_that_called_the_peak_in_2016_take_it_back_in_2019(results):
    verdicts = results["guan2018"].tables["verdicts"].set_index(["rule", "as_of"])
    assert verdicts.loc[("guan2018", 2016), "verdict"] == "peaked"
    assert verdicts.loc[("guan2018", 2016), "peak_year"] == 2013
    assert verdicts.loc[("pathway", 2016), "verdict"] == "peaked"
    assert not (verdicts.xs(2019, level="as_of")["verdict"] == "peaked").any()
    assert verdicts.loc[("bersalli2023", 2016), "verdict"] == "not_peaked"


# Worked examples


def test_pace_of_the_vignette_also_holds_its_derived_sentences(results):
    sentence = results["gilligan2024"].sentences["united_states"]
    assert "(1.2 times as fast)" in sentence
    assert "(1.8 times as fast)" in sentence


def test_rates_of_china_add_up(results):
    rate = results["gilligan2024"].tables["china"].set_index("quantity")["rate"]
    assert rate["F"] == pytest.approx(rate[["P", "g", "e", "f"]].sum())
    assert rate["ef wanted"] == pytest.approx(rate["F wanted"] - rate["P"] - rate["g"])


# Bootstrap


def test_p_values_differ_by_simulation_noise_only(results):
    gaps = [abs(row.difference) for row in results["grant2026"].rows if row.ours is not None]
    assert len(gaps) == 81
    assert sum(gaps) / 81 == pytest.approx(0.004, abs=5e-4)
    assert max(gaps) <= 0.0125


# Near, and not


def test_counts_of_decoupled_countries_by_reading(results):
    counts = results["hausfather2021"].tables["conditions"].set_index("conditions")["countries"]
    assert counts["all four conditions"] == 30
    assert counts["a missing GDP counts as a rising one"] == 31


def test_later_algorithm_finds_more_countries_with_sustained_reductions(results):
    counts = results["lamb2022"].tables["vintage"].set_index("last_year")
    assert counts.loc[2018].tolist() == [33, 31, 29]
    assert counts.loc[2022, "named_left_out"] == 36


def test_settings_that_an_abstract_leaves_open_span_the_published_counts(results):
    settings = results["zhang2022"].tables["settings"]
    assert settings["peaked"].min() <= 42 <= settings["peaked"].max()
    usual = settings.set_index(["inventory", "last_year", "gap", "level"])["peaked"]
    assert usual["Global Carbon Budget 2023", 2020, 5, 0.05] == 56
    assert usual["Global Carbon Budget 2023", 2018, 10, 0.01] == 38


def test_open_city_file_gives_39_or_53_cities_when_years_are_counted_back_from_2019(results):
    found = (
        results["shan2022"].tables["settings"].set_index(["gap_before", "fewest_years", "gap", "level"])["declining"]
    )
    assert (found["2019", 3, 5, 0.05], found["2019", 3, 5, 0.10]) == (39, 53)
    assert found["the city's last year", 6, 5, 0.05] == 38


def test_inventory_decides_the_cut_of_carbon_intensity(results):
    cuts = results["china_intensity"].tables["inventories"].round(1).groupby("inventory")["cut"].apply(list)
    assert cuts["CEADs, energy and process"] == [41.6, 43.9, 18.1]
    assert cuts["Global Carbon Budget 2023"] == [42.3, 43.6, 15.9, 43.9]
    assert cuts["Energy Institute, energy"] == [48.2, 49.5, 16.3, 49.6]
    assert cuts["EDGAR 2024, fossil"] == [39.5, 41.5, 14.9, 42.0]


def test_results_known_from_abstracts_are_never_called_reproduced(results):
    assert set(results["park_abstracts"].table()["verdict"]) == {"text only"}
    needs = results["park_abstracts"].tables["needs"]["scope"].tolist()
    assert needs[0] == "Nanjing (park)"
    assert set(needs) == {estimate.scope for estimate in results["park_abstracts"].study.estimates}


# Data behind them


def test_published_values_are_those_of_the_raw_tables():
    estimates = {(e.study, *e.key): e.value for e in read_estimates()}
    sheet = [row for row in rows_of(DATA / "raw" / "region_d" / "published.csv")]
    shipped = sorted(v for k, v in estimates.items() if k[0] == "region_d_2023" and k[3].startswith("emissions"))
    assert shipped == sorted(float(row["value"]) for row in sheet)
    table = rows_of(DATA / "raw" / "published" / "structural_peak_published.csv")
    shipped = sorted(v for k, v in estimates.items() if k[0] == "grant2026" and k[3] == "slope_p_value")
    assert shipped == sorted(float(row["slope_p_value"]) for row in table)
    guan = {row["quantity"]: row["value"] for row in rows_of(DATA / "raw" / "published" / "guan2018_published.csv")}
    assert estimates["guan2018", "China", "1997-2016", "peak_emissions"] == float(guan["peak_emissions"])


def test_no_background_value_ships_and_each_says_its_terms():
    estimates = read_estimates()
    assert {estimate.confidence for estimate in estimates} <= {"seen", "seen_multi", "derived"}
    assert all(estimate.licence and estimate.locator for estimate in estimates)


@pytest.mark.parametrize("study", STUDY_NAMES)
def test_sources_of_a_study_have_an_entry(study):
    about = read_study(study).about
    assert about.source
    assert [key for key in about.source if key not in bib_keys()] == []


def test_each_compared_study_has_a_notebook_that_names_it():
    texts = [
        cell.source
        for path in (ROOT / "notebooks" / "reproductions").glob("*.ipynb")
        for cell in nbformat.read(path, as_version=4).cells
        if "parameters" in cell.metadata.get("tags", [])
    ]
    assert [name for name in STUDY_NAMES if not any(f'"{name}"' in text for text in texts)] == ["wri2017"]


def test_page_of_the_studies_tells_the_recorded_verdicts():
    lines = (ROOT / "docs" / "reproductions.md").read_text(encoding="utf-8").splitlines()
    told = {m[1]: m[2] for line in lines if (m := re.match(r"\| `(\w+)` \| [^|]+ \| ([^|]+) \|", line))}
    recorded = {
        name: ", ".join(f"{count} {verdict}" for verdict, count in read_study(name).about.expected.items())
        for name in STUDY_NAMES
    }
    assert told == recorded


# Verdicts and faults


def an_estimate(value=10.0, tolerance=0.5, near=1.0):
    text = dict.fromkeys(COLUMNS, "x")
    return Estimate(**{**text, "value": value, "tolerance": tolerance, "near_within": near})


@given(
    st.floats(-1e6, 1e6),
    st.floats(0, 1e3),
    st.floats(0, 1e3),
    st.floats(-1e4, 1e4),
    st.floats(0, 1),
)
def test_a_closer_value_never_has_a_worse_verdict(value, tolerance, more, difference, share):
    estimate = an_estimate(value, tolerance, tolerance + more)
    far, close = (verdict_of(estimate, value + part) for part in (difference, difference * share))
    assert VERDICTS.index(close) <= VERDICTS.index(far)


def test_half_a_printed_digit_agrees_in_spite_of_binary_rounding():
    assert verdict_of(an_estimate(2.37, 0.005, 0.1), 2.365) == "reproduced"


def test_without_a_tolerance_or_a_value_nothing_is_judged():
    assert verdict_of(an_estimate(tolerance=math.nan), 10.0) == "text only"
    assert verdict_of(an_estimate(), None) == "text only"
    assert verdict_of(an_estimate(), None, "not reproduced") == "not reproduced"


def test_answer_to_a_value_that_was_not_published_is_refused():
    with pytest.raises(PathwayError, match=re.escape("no published value for China / 1997-2016 / peak_decade")):
        compare_with_published("guan2018", {("China", "1997-2016", "peak_decade"): 2010})


def test_unknown_study_is_told_which_there_are():
    with pytest.raises(InputError, match="guan2018"):
        reproduce("guan2081")


def test_every_fault_of_a_table_of_estimates_is_listed(tmp_path):
    path = tmp_path / "estimates.csv"
    good = ["s", "China", "all", "peak_year", "2013", "year", "0", "1", "a year", "abstract", "seen", "facts"]
    lines = [
        COLUMNS,
        good,
        good,  # twice
        [*good[:3], "a", "about 9", *good[5:]],
        [*good[:3], "b", *good[4:6], "-1", *good[7:]],
        [*good[:3], "c", *good[4:8], "", *good[9:]],
        [*good[:3], "d", *good[4:10], "background", good[11]],
        good[:5],
    ]
    with Path(path).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(lines)
    with pytest.raises(InputError) as caught:
        read_estimates(path)
    assert [fault.code for fault in caught.value.faults] == [
        "twice", "number", "number", "reason", "confidence", "fields",
    ]  # fmt: skip


def test_repr_tells_citation_verdicts_and_causes(results):
    text = repr(results["hausfather2021"])
    assert "1 near" in text
    assert "Breakthrough Institute" in text
    assert "difference -2" in text
    assert "31 when a missing GDP counts as a rising one" in " ".join(text.split())
