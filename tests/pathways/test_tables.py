"""Tables: the summary others script against, and the tables people read."""

import re

import numpy as np
import pandas as pd
import pytest
from ensembles import hill, mixture, pathways_of, rising
from hypothesis import given
from hypothesis import strategies as st

from pathway_models import tables
from pathway_models.core.errors import InputError
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.parks import read_park
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.decomposition import decompose_past
from pathway_models.language.rounding import change_text, emissions_text, scale_of, share_text, significant, stable_text
from pathway_models.language.words import INVENTED
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.peaks import COLUMNS as COLUMNS_OF_HEADLINE

#: The contract of ``summary.csv``, written out.
COLUMNS = [
    "park_id",
    "name",
    "kind",
    "invented",
    "scenario",
    "last_observed_year",
    "emissions_last_tco2",
    "peak_status",
    "peak_year_p05",
    "peak_year_p50",
    "peak_year_p95",
    "share_censored",
    "p_peak_before_2030",
    "peak_value_p50_tco2",
    "members",
    "seed",
]
SCENARIOS = read_scenarios()


def rows_of(totals, park_id="region-d", **more):
    pathways = pathways_of(totals, park_id=park_id)
    return tables.summary_rows(read_park(park_id), find_peaks(pathways), pathways, **more)


def _stored(value):
    return "" if value != value else stable_text(value)


def summary_of(**parks):
    rows = [row for name, totals in parks.items() for row in rows_of(totals, name.replace("_", "-"))]
    return pd.DataFrame(rows)


# --- the summary ---------------------------------------------------------------------------------------------


def test_the_summary_has_the_columns_of_the_contract_first_and_in_order():
    (row,) = rows_of({"bau": rising()})
    assert list(row)[: len(COLUMNS)] == COLUMNS
    assert list(row)[len(COLUMNS)] == "p_peak_by_2030"


def test_a_park_that_rises_beyond_the_horizon_has_no_peak_year_in_the_summary():
    (row,) = rows_of({"bau": mixture((6, rising()), (4, hill(2035)))})
    years = [row[f"peak_year_{quantile}"] for quantile in ("p05", "p50", "p95")]
    assert (years, row["peak_status"], row["share_censored"]) == (["2035", ">2055", ">2055"], "not_within_horizon", 0.6)


def test_both_readings_of_before_2030_stand_in_the_summary():
    (row,) = rows_of({"bau": mixture((3, hill(2029)), (4, hill(2030)), (3, rising()))})
    assert (row["p_peak_before_2030"], row["p_peak_by_2030"]) == (0.3, 0.7)


#: What depends on the years asked for, behind everything else.
ASKED = ["before", "p_peak_before", "p_peak_by", "years_late_p50", "neutral", "net_p50_tco2", "p_net_zero"]
#: Columns that came later, behind all others.
LATER = ["country", "bridged_until", "peak_year_p25", "peak_year_p75"]


def test_the_year_asked_for_has_columns_of_its_own_and_leaves_the_contract():
    (row,) = rows_of({"bau": mixture((3, hill(2024)), (7, hill(2027)))}, before=2025)
    assert list(row)[: len(COLUMNS)] == COLUMNS
    assert list(row)[list(row).index("before") :][: len(ASKED)] == ASKED
    assert list(row)[-len([*COLUMNS_OF_HEADLINE, "peak_parts", *LATER]) :] == [
        *COLUMNS_OF_HEADLINE,
        "peak_parts",
        *LATER,
    ]
    assert (row["p_peak_before_2030"], row["p_peak_before"], row["before"]) == (1.0, 0.3, 2025)
    assert row["years_late_p50"] == "3"


def test_a_park_that_rises_is_later_than_the_horizon_can_say():
    (row,) = rows_of({"bau": rising()})
    assert (row["years_late_p50"], row["p_net_zero"]) == (">26", 0.0)


def test_net_emissions_stay_empty_where_the_horizon_ends_before_neutrality():
    (row,) = rows_of({"bau": hill(2030)}, neutral=2070)
    assert np.isnan([row["net_p50_tco2"], row["p_net_zero"]]).all()


def test_the_last_emissions_are_those_of_the_inventory():
    (row,) = rows_of({"bau": rising()})
    assert row["emissions_last_tco2"] == take_inventory(read_park("region-d")).total()[-1]
    assert (row["last_observed_year"], row["members"], row["seed"]) == (2020, 1, 1)


def test_invented_parks_are_marked_in_the_summary():
    assert rows_of({"bau": rising()}, "demo-steel")[0]["invented"] is True
    assert rows_of({"bau": rising()})[0]["invented"] is False


def test_a_summary_is_read_back_as_it_was_written(tmp_path):
    rows = rows_of({"bau": rising(), "deep": hill(2025)}) + rows_of({"bau": rising(), "deep": hill(2025)}, "demo-steel")
    texts = pd.DataFrame([{name: _stored(value) for name, value in row.items()} for row in rows])
    texts.to_csv(tmp_path / "summary.csv", index=False, encoding="utf-8-sig")
    again = tables.read_summary(tmp_path)
    assert again["invented"].tolist() == [False, False, True, True]
    assert again["peak_year_p50"].tolist() == [">2055", "2025"] * 2
    assert again["p_peak_before_2030"].tolist() == [0.0, 1.0] * 2
    pd.testing.assert_frame_equal(again, tables.read_summary(tmp_path / "summary.csv"))


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(InputError, match=re.escape("expected a results folder with summary.csv; name a run")):
        tables.read_summary(tmp_path)


def test_a_summary_that_lacks_columns_is_refused_with_their_names(tmp_path):
    pd.DataFrame([{"park_id": "region-d"}]).to_csv(tmp_path / "summary.csv", index=False)
    with pytest.raises(InputError, match=re.escape("the columns name, kind, invented")):
        tables.read_summary(tmp_path)


def test_parks_are_summarised_here_and_now_like_in_a_run():
    chosen = SCENARIOS.pick(["bau", "deep"])
    summary = tables.summarise_parks(["region-d", "demo-steel"], chosen, members=20, seed=0, until=2045)
    alone = tables.summarise_parks(["demo-steel"], chosen, members=20, seed=0, until=2045)
    assert summary["park_id"].tolist() == ["region-d"] * 2 + ["demo-steel"] * 2
    pd.testing.assert_frame_equal(summary.iloc[2:].reset_index(drop=True), alone)


def test_peak_years_are_read_as_numbers():
    assert tables.year_number("2031") == 2031.0
    assert tables.year_number(">2060") == np.inf


def test_a_table_of_all_parks_has_one_row_a_park_and_marks_the_invented():
    summary = summary_of(region_d={"bau": rising(), "deep": hill(2025)}, demo_steel={"bau": rising(), "deep": rising()})
    shown = tables.parks(summary)
    assert shown.index.tolist() == ["region-d", "demo-steel"]
    assert [name.startswith(f"[{INVENTED}]") for name in shown["name"]] == [False, True]
    assert shown["peak, Business as usual"].tolist() == [">2055 (>2055 – >2055)"] * 2
    assert shown["before 2030, Deep reduction"].tolist() == ["100 %", "0 %"]


# --- tables people read --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("park_id", ["region-d", "demo-steel", "region-jiangsu"])
def test_the_parts_of_an_inventory_add_up_to_its_total(park_id, lang):
    shown = tables.inventory(read_park(park_id), lang=lang)
    values = shown.iloc[:, 3].str.replace(",", "").astype(float)
    assert values.iloc[:-1].sum() == pytest.approx(values.iloc[-1], abs=0.005 * len(values))
    assert shown.iloc[-1, -1] == ("100.0 %" if lang == "en" else "100.0%")


def test_small_sources_of_an_inventory_stand_in_one_row_and_nothing_is_lost():
    park = read_park("region-jiangsu")
    whole, short = tables.inventory(park), tables.inventory(park, least=0.005)
    assert 3 < len(short) < len(whole)
    assert short.iloc[-1].equals(whole.iloc[-1])
    values = short.iloc[:, 3].str.replace(",", "").astype(float)
    assert values.iloc[:-1].sum() == pytest.approx(values.iloc[-1], abs=0.005 * len(values))
    assert short.index[-2][0] == f"{len(whole) - len(short) + 1} others"


def test_every_source_of_an_inventory_names_its_factor():
    shown = tables.inventory(read_park("demo-cement"))
    assert (shown["factor"].iloc[:-1] != "").all()


def test_factors_are_shown_with_unit_and_origin():
    shown = tables.factors(read_park("demo-steel"))
    assert shown.loc["coke", "source of the factor"] == "GB/T 32151-2024"
    assert shown.loc["purchased electricity", "source of the factor"] == "national grid, 2021"
    assert shown.loc["limestone", "unit"] == "tCO2/t"


def test_the_table_of_peaks_shows_censored_quantiles_as_later_than_the_horizon():
    peaks = find_peaks(pathways_of({"bau": mixture((6, rising()), (4, hill(2035)))}))
    row = tables.peaks(peaks).loc["Business as usual"]
    headline, years = row.tolist()[:7], row.tolist()[7:]
    assert headline == ["0 % ±0.0", "0 %", "0 %", "100 %", "0 % ±0.0", "0 %", "0 %"]
    assert years == ["2035", ">2055", ">2055", "60 %", "18.8", "no peak within the horizon"]


def test_statuses_are_shares_of_all_members():
    peaks = find_peaks(pathways_of({"bau": mixture((1, rising()), (2, hill(2035)), (1, hill(2018)))}))
    assert tables.statuses(peaks).loc["Business as usual"].tolist() == ["25 %", "0 %", "0 %", "50 %", "25 %", "0 %"]


def test_every_lever_stands_with_unit_years_and_source():
    shown = tables.levers(SCENARIOS.values()).reset_index()
    assert not (shown == "").any(axis=None)
    assert shown["family"].nunique() == 7
    assert not shown.duplicated().any()


def test_a_scenario_without_levers_has_an_empty_table():
    assert tables.levers(SCENARIOS["bau"]).empty


def test_the_effects_of_a_decomposition_are_shown_beside_the_change():
    shown = tables.decomposition(decompose_past(read_park("region-d")))
    assert shown.loc["sum of effects", "Mt CO₂"] == shown.loc["change in inventory", "Mt CO₂"] == "+159.76"


def test_a_comparison_leaves_out_the_reference():
    pathways = pathways_of({"bau": hill(2032), "deep": hill(2025)})
    shown = tables.compare(pathways, find_peaks(pathways), SCENARIOS)
    assert shown.index.tolist() == ["Deep reduction"]
    assert shown.iloc[0, -1] == "+100"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_tables_are_made_in_both_languages(lang):
    park = read_park("demo-cement")
    pathways = pathways_of({"bau": hill(2032), "deep": hill(2025)})
    peaks = find_peaks(pathways)
    shown = [
        tables.peaks(peaks, lang=lang),
        tables.statuses(peaks, lang=lang),
        tables.factors(park, lang=lang),
        tables.levers(SCENARIOS["deep"], lang=lang),
        tables.decomposition(decompose_past(park), lang=lang),
        tables.compare(pathways, peaks, SCENARIOS, lang=lang),
    ]
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for table in shown:
        heads = [*table.columns, *table.index.names]
        assert any(chinese.search(head) for head in heads) == (lang == "zh")


# --- rounding ------------------------------------------------------------------------------------------------


@given(st.floats(0, 1))
def test_only_none_is_zero_percent_and_only_all_are_a_hundred(share):
    said = share_text(share, "en")
    assert (said == "100 %") == (share == 1)
    assert (said == "0 %") == (share == 0)


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(ValueError, match=re.escape(f"a share lies between 0 and 1, not at {share}")):
        share_text(share, "en")


@given(st.floats(1e-12, 1e15).flatmap(lambda value: st.sampled_from([value, -value])))
def test_stable_text_keeps_six_digits_and_no_powers(value):
    text = stable_text(value)
    assert "e" not in text
    assert float(text) == pytest.approx(value, rel=5.1e-6)


@given(st.integers(100_000, 999_999), st.integers(-6, 9))
def test_the_last_bits_of_a_sum_do_not_reach_a_file(digits, power):
    value = digits * 10.0**power
    assert stable_text(np.nextafter(value, 0)) == stable_text(value) == stable_text(np.nextafter(value, np.inf))


@pytest.mark.parametrize(
    ("value", "text"), [(-0.0, "0"), (None, ""), (np.bool_(False), "false"), (7, "7"), (">2060", ">2060")]
)
def test_stable_text_of_other_values(value, text):
    assert stable_text(value) == text


@given(st.floats(1e-6, 1e12))
def test_significant_digits_keep_the_size(value):
    text = significant(value)
    assert float(text.replace(",", "")) == pytest.approx(value, rel=5.1e-3)


def test_rounding_up_to_the_next_power_keeps_the_digits():
    assert significant(999.6) == "1,000"
    assert significant(0.09996) == "0.100"


@pytest.mark.parametrize(
    ("emissions", "lang", "text"),
    [
        (7.2336e8, "en", "723 Mt CO₂"),
        (9.4e5, "en", "940 kt CO₂"),
        (7.2336e8, "zh", "72,300万tCO₂"),
        (9.4e5, "zh", "94.0万tCO₂"),
    ],
)
def test_emissions_are_written_in_a_unit_of_their_size(emissions, lang, text):
    assert emissions_text(emissions, lang) == text
    assert scale_of(emissions, lang).unit in text


def test_no_change_has_no_sign():
    assert change_text(-1e-9, "en") == "0.0 %"
    assert change_text(-0.021, "en", sign="-") == "-2.1 %"
    assert change_text(0.021, "en", sign="-") == "2.1 %"
