"""What a poorer table would tell, what that costs, and whether an inventory closes."""

import re
from dataclasses import replace

import numpy as np
import pytest
from workbook_maker import Filled, examined

import pathway_models as pw
from pathway_models.intake.naming import factor_set_name
from pathway_models.inventory import figures as inventory_plots
from pathway_models.inventory import sentences as inventory_sentences
from pathway_models.inventory import tables as inventory_tables
from pathway_models.inventory.decomposition import (
    errors_by_group,
    graded,
    mean_error,
    parts_present,
    totals_only,
    without_sectors,
)
from pathway_models.inventory.tables import BalanceCheck

LANGS = ("en", "zh")


SIZES = pw.read_assumptions().uncertainties.factor_errors


@pytest.fixture(scope="module")
def park():
    return pw.read_park("demo-mixed-chp")


@pytest.fixture(scope="module")
def told(park):
    return pw.detail_loss(park, pw.read_scenarios()["bau"], members=60, seed=3, until=2050)


@pytest.mark.parametrize("park_id", ["region-d", "demo-cement", "demo-steel", "region-hebei"])
def test_a_coarser_table_tells_the_same_emissions(park_id):
    park = pw.read_park(park_id)
    total = pw.take_inventory(park).total()
    for coarse in (without_sectors(park), totals_only(park, SIZES)):
        np.testing.assert_allclose(pw.take_inventory(coarse).total(), total, rtol=1e-12)
        np.testing.assert_allclose(coarse.energy.sum(axis=(0, 1)), park.energy.sum(axis=(0, 1)), rtol=1e-12)
    assert without_sectors(park).tier in ("medium", "poor")
    assert totals_only(park, SIZES).tier == "poor"


def test_without_sectors_a_carrier_has_the_mean_of_its_factors_by_use(park):
    coarse = without_sectors(park)
    for c in range(len(park.carriers)):
        emitted = (park.energy[:, c] * park.factors[:, c]).sum(axis=0)
        np.testing.assert_allclose(coarse.energy[0, c] * coarse.factors[0, c], emitted, rtol=1e-12)
    np.testing.assert_allclose(coarse.activity[0], park.activity.sum(axis=0))


def test_a_region_with_residents_keeps_its_value_added_as_the_activity():
    region = pw.read_park("region-d")
    coarse = without_sectors(region)
    assert coarse.activity_kinds == ("value_added",)
    np.testing.assert_allclose(coarse.activity[0], region.activity[:4].sum(axis=0))


def test_shares_of_the_groups_add_up_and_their_errors_join_by_share(park):
    sizes = errors_by_group(replace(park, activity_errors={"coal": 0.3}), SIZES)
    assert sum(share for *_, share in sizes.values()) == pytest.approx(1.0)
    by_hand = sum(share * np.hypot(factor, activity) for factor, activity, share in sizes.values())
    assert mean_error(replace(park, activity_errors={"coal": 0.3}), SIZES) == pytest.approx(by_hand)
    assert sizes["coal"][1] == 0.3


def test_totals_cost_width_of_the_level_and_grades_do_in_their_order(told):
    width = {one.key: one.width("now") for one in told}
    assert width["totals_only"] > width["as_given"]
    assert width["as_given"] < width["grade_A"] < width["grade_B"] < width["grade_C"] < width["grade_D"]
    assert [one.key for one in told][:3] == ["as_given", "without_sectors", "totals_only"]


def test_a_value_nobody_graded_counts_as_grade_c_in_a_workbook(tmp_path):
    filled = Filled()
    for lines in filled.lines.values():
        for line in lines.values():
            line.pop("grade", None)
    park = examined(filled, tmp_path).park
    of_c = graded(park, "C", SIZES).activity_errors
    assert park.activity_errors == pytest.approx({group: of_c[group] for group in park.activity_errors})


def test_a_poor_table_is_not_made_poorer():
    poor = totals_only(pw.read_park("demo-cement"), SIZES)
    keys = [one.key for one in pw.detail_loss(poor, pw.read_scenarios()["bau"], members=5, seed=1, until=2035)]
    assert keys == ["as_given", "grade_A", "grade_B", "grade_C", "grade_D"]


def test_what_is_missing_is_what_the_table_does_not_state(tmp_path):
    found = parts_present(examined(Filled(), tmp_path).park)
    assert {key for key, there in found.items() if not there} == {
        "sectors", "own_factors", "own_grid_factor", "stated_total", "uses",
    }  # fmt: skip


@pytest.mark.parametrize("park_id", ["region-d", "demo-mixed-chp", "region-anhui"])
def test_every_sum_of_a_shipped_inventory_closes(park_id):
    closings = pw.check_balances(pw.read_park(park_id))
    assert {"ledger", "scopes", "drivers"} <= {one.key for one in closings}
    assert all(one.closes for one in closings)


def test_a_stated_total_is_held_against_the_carriers(tmp_path):
    """5 % more than the carriers is outside what closes; on-site power counts in, sold power comes off."""
    filled = Filled()
    for year, growth in {2018: 1.0, 2019: 1.05, 2020: 1.08}.items():
        energy = 10000 * 19.57 + 300 * 42.652 + 500 * 389.31 + 1800 * 36 + 50000 + 100 * 36
        filled.lines[year]["renewable_power"] = {"value": 100 * growth}
        filled.lines[year]["total_energy"] = {"value": energy * growth * (1.08 if year == 2019 else 1), "unit": "GJ"}
    park = examined(filled, tmp_path).park
    stated = next(one for one in pw.check_balances(park) if one.key == "stated_energy")
    assert (stated.year, stated.closes) == (2019, False)
    assert stated.difference == pytest.approx(1 - 1 / 1.08)
    words = inventory_sentences.balance_checks(pw.check_balances(park), park)
    assert "not closed: sum of carriers = stated total energy" in words
    assert "1 warning to review" in words


def test_the_difference_of_a_closing_is_relative_to_what_is_expected():
    assert BalanceCheck("ledger", 2019, 99.0, 100.0, "t", 0.02).closes
    assert not BalanceCheck("ledger", 2019, 97.0, 100.0, "t", 0.02).closes


@pytest.mark.parametrize("lang", LANGS)
def test_tables_and_sentences_say_the_same_numbers_in_both_languages(park, told, lang):
    table = inventory_tables.data_detail(told, lang=lang)
    said = inventory_sentences.data_detail(told, "bau", lang=lang)
    assert len(table) == len(told)
    for one in told[1:3]:
        assert one.peak[1] in said
        assert re.search(rf"{100 * one.width('then'):.0f} ?%", said)
    for make in (inventory_tables.quality, inventory_tables.missing_data, inventory_tables.dual_reporting):
        assert not make(park, lang=lang).empty
    assert factor_set_name(park.factor_set, lang) in inventory_sentences.factor_choices(park, lang=lang)
    assert "national_2021" in inventory_sentences.quality(park, lang=lang)
    other = inventory_tables.indicator_table(park, lang=lang)
    assert any("910" in text for text in other.iloc[:, -1])


@pytest.mark.parametrize(("lang", "said"), [("en", "names no factor set"), ("zh", "未指定排放因子集")])
def test_a_table_without_a_factor_set_is_said_to_have_none(lang, said):
    assert said in inventory_sentences.factor_choices(pw.read_park("eu-chemelot"), lang=lang)


def test_a_swapped_factor_set_is_shown_beside_the_parks_own(park):
    table = inventory_tables.factor_choices(park.park_id, park)
    assert table.loc[park.factor_set, "remark"] == "chosen by the park"
    other = pw.take_inventory(pw.read_park(park.park_id, factor_set="NDRC_steel_2013")).total()[-1]
    ratio = other / pw.take_inventory(park).total()[-1] - 1
    assert table.loc["NDRC_steel_2013", "against the park's choice"] == f"{100 * ratio:+.2f} %"


@pytest.mark.parametrize("lang", LANGS)
def test_the_figure_of_detail_has_a_row_for_each_way_of_telling(park, told, lang):
    figure = inventory_plots.data_detail(told, park, until=2050, lang=lang)
    left, right = figure.axes
    assert len(left.get_yticks()) == len(told)
    assert len([text for text in right.texts if text.get_text().endswith("%")]) == len(told)
