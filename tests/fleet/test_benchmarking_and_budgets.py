"""Parks beside their kind, and a budget shared out by every rule."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import pathway_models as pw
from pathway_models.core.errors import PathwayError
from pathway_models.fleet import sentences, tables
from pathway_models.fleet.benchmarking import INDICATORS, benchmark, groups, outliers
from pathway_models.fleet.fleet_results import RULES
from pathway_models.fleet.packages import cost_curve, share_budget
from pathway_models.intake.costs import read_costs

NAMES = ("demo-steel", "demo-electronics", "demo-cement", "demo-machinery")


@pytest.fixture(scope="module")
def parks():
    return [pw.read_park(name) for name in NAMES]


@pytest.fixture(scope="module")
def table(parks):
    return benchmark(parks)


def test_indicators_are_those_of_the_inventory(parks, table):
    steel = table.set_index("park_id").loc["demo-steel"]
    total = pw.take_inventory(parks[0]).total()
    assert steel["emissions"] == total[-1]
    assert steel["emissions_per_value_added"] == pytest.approx(total[-1] / parks[0].activity[:, -1].sum())
    assert steel["emissions_growth"] == pytest.approx(np.log(total[-1] / total[0]) / 4)
    assert 0 < steel["coal_share"] < 1


def test_distance_by_hand():
    """1, 2, 3, 4, 100: median 3, deviations 2 1 0 1 97 with median 1; 0.6745 * 97 = 65.4."""
    rows = pd.DataFrame(
        {
            "park_id": list("abcde"),
            **{name: [1.0, 2.0, 3.0, 4.0, 100.0] for name in INDICATORS},
            **{f"{name}_distance": 0.6745 * (np.array([1.0, 2, 3, 4, 100]) - 3) for name in INDICATORS},
        }
    )
    found = outliers(rows)
    assert set(found["park_id"]) == {"e"}
    assert found["distance"].iloc[0] == pytest.approx(0.6745 * 97)


def test_groups_part_what_is_unlike():
    close = [1.0, 1.1, 0.9, 10.0, 11.0]
    rows = pd.DataFrame({"park_id": list("abcde"), **{name: close for name in INDICATORS}})
    assert groups(rows, 2).tolist() == [1, 1, 1, 2, 2]
    assert groups(rows, 1).tolist() == [1] * 5
    rows.loc[0, "coal_share"] = np.nan
    assert groups(rows, 2).isna().tolist() == [True, False, False, False, False]
    with pytest.raises(PathwayError, match="5 groups of 4 parks"):
        groups(rows, 5)
    with pytest.raises(PathwayError, match="no indicator 'beauty'"):
        groups(rows, 2, ["beauty"])


def test_no_park_with_every_indicator_means_no_group_and_the_sentence_says_which_are_absent():
    rows = pd.DataFrame({"park_id": list("ab"), "kind": "park", **{name: [1.0, 2.0] for name in INDICATORS}})
    rows["emissions_per_tce"] = np.nan
    found = groups(rows, 1)
    assert found.isna().all()
    assert sentences.describe_groups(rows, found) == (
        "No groups: none of 2 parks has all the indicators (in no table: CO₂ per tonne of standard coal)."
    )
    assert sentences.describe_groups(rows, found, lang="zh").startswith("未分组：2个园区")
    ranked = tables.ranking(benchmark([pw.read_park("eu-antwerp-basf")]), None, pd.Series([pd.NA], dtype="Int64"))
    assert ranked["group"].tolist() == ["–"]
    with pytest.raises(PathwayError, match="0 groups"):
        groups(rows, 0)


def test_gdp_of_a_region_counts_beside_sectors_told_by_output_and_value_added_of_a_part_of_a_park_does_not(parks):
    hebei = pw.read_park("region-hebei")
    gdp = sum(hebei.activity[s, -1] for s, kind in enumerate(hebei.activity_kinds) if kind == "gdp")
    assert {"power_output", "gdp"} <= set(hebei.activity_kinds)
    row = benchmark([hebei]).iloc[0]
    assert row["value_added"] == pytest.approx(gdp)
    assert row["emissions_per_value_added"] == pytest.approx(row["emissions"] / gdp)
    assert np.isnan(benchmark([replace(hebei, kind="park", activity_kinds=_without_gdp(hebei))]).iloc[0]["value_added"])


def _without_gdp(park):
    return tuple("value_added" if kind == "gdp" else kind for kind in park.activity_kinds)


def test_shares_by_every_rule_add_up_to_the_tonne(parks):
    shares = share_budget(parks, 20_000_001, 2030, costs=read_costs(), members=40)
    assert set(shares.by_rule) == set(RULES)
    for tonnes in shares.by_rule.values():
        assert int(tonnes.sum()) == 20_000_001
        assert (tonnes >= 0).all()
    assert shares.table().iloc[-1][list(RULES)].tolist() == [20_000_001] * len(RULES)
    assert shares.left_out == {}


def test_rule_without_its_numbers_is_left_out_and_says_for_whom(parks):
    region = pw.read_park("region-d")
    lacking = benchmark([region])["value_added"].isna().all()
    shares = share_budget([*parks, region], 10**8, 2031)
    assert shares.left_out["marginal_cost"] == "no costs given"
    assert ("region-d" in shares.left_out.get("value_added", "")) == lacking


def test_curve_begins_without_a_package_and_cuts_from_there(parks):
    emissions, cost = cost_curve(parks[1], 2030, read_costs(), members=40)
    assert cost[0] == pytest.approx(0.0, abs=1e-9)
    assert emissions.min() < emissions[0]


def test_what_cannot_be_shared_is_refused_with_all_reasons(parks):
    with pytest.raises(PathwayError, match=r"budget = -1.*demo-steel is on record until 2020"):
        share_budget(parks, -1, 2019)
    with pytest.raises(PathwayError, match="no park"):
        share_budget([], 1, 2030)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_parks_of_other_industries_are_no_kind_and_nobody_is_called_unlike(parks, table, lang):
    """A cement park beside electronics, steel and machines is no outlier: it makes cement."""
    assert outliers(table).empty
    assert table["compared_with"].tolist() == [1] * len(parks)
    told = sentences.describe_benchmark(table, lang=lang)
    assert ("Unlike others of their kind" if lang == "en" else "与同类不同") not in told
    assert ("4 of 4 have fewer than 5 of their own industry" if lang == "en" else "4个在此处同行业不足5个") in told


def test_five_parks_of_one_industry_are_a_kind(parks):
    many = [replace(parks[2], park_id=f"cement-{at}", energy=parks[2].energy * (1 + at)) for at in range(5)]
    found = benchmark([*many, parks[1]])
    assert found["compared_with"].tolist() == [5] * 5 + [1]
    assert found["emissions_per_value_added_distance"].notna().tolist() == [True] * 5 + [False]
