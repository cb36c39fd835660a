"""Accounts of one ledger: five parks worked by hand for no. 910, a rule a test, bridges that close."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from builders import with_data

import pathway_models as pw
from pathway_models.compliance.judging import by_account, grid_of
from pathway_models.compliance.sentences import power_ways_sentence
from pathway_models.compliance.tables import bridge
from pathway_models.core.errors import InputError
from pathway_models.core.files import data_folder
from pathway_models.intake.rules import account_ids, profile_ids, read_account, read_profile
from pathway_models.inventory.accounts import energy_use, pathway_totals_beside, per_tonne, take_ledger, totals_beside

TCE = 0.0293076  # TJ
POWER = 0.8325  # tCO2/MWh, annex 4


def account_of(park, name="zero_carbon_910"):
    return pw.take_account(park, read_account(name))


@pytest.fixture(scope="module")
def electronics():
    return pw.read_park("demo-electronics")


def test_electronics_is_what_annex_4_gives_by_hand(electronics):
    """2020: 466,205 万kWh bought, 32,634.4 green; gas 6,279.02 x 10^4 Nm3; heat 1,108,530 GJ; diesel 4,895.49 t."""
    power = (466_205 - 32_634.4) * 10 * POWER
    gas = 6279.02 * 389.31 * 15.3e-3 * 0.99 * 44 / 12
    diesel = 4895.49 * 42.652 * 20.2e-3 * 0.98 * 44 / 12
    heat = 1_108_530 * 0.11
    assert account_of(electronics).total()[-1] == pytest.approx(power + gas + diesel + heat, rel=1e-6)
    fuel_tce = (6279.02 * 389.31 + 4895.49 * 42.652 + 1_108_530) / 29.3076
    for coefficient, expected in ((0.2856, 2.6594), (0.3024, 2.5240)):
        tce = fuel_tce + 466_205 * 10 * coefficient
        assert energy_use(electronics, coefficient * TCE)[-1] / TCE == pytest.approx(tce, rel=1e-6)
        assert (power + gas + diesel + heat) / tce == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize(
    "park_id", ["demo-electronics", "demo-steel", "demo-cement", "demo-mixed-chp", "demo-petrochemical"]
)
def test_no_910_counts_fuel_process_power_and_heat_and_nothing_else(park_id):
    park = pw.read_park(park_id)
    groups = np.array(park.groups)
    fuels = ~np.isin(groups, ["electricity", "green_electricity", "heat", "waste_heat"])
    by_hand = (park.energy * park.factors)[:, fuels].sum(axis=(0, 1))
    by_hand = by_hand + park.energy[:, groups == "electricity"].sum(axis=(0, 1)) / 0.0036 * POWER
    by_hand = by_hand + (park.energy * park.factors)[:, np.isin(groups, ["heat", "waste_heat"])].sum(axis=(0, 1))
    for process, output, factor in zip(park.processes, park.outputs, park.process_factors, strict=True):
        if process.name.startswith(("conversion_captured_", "conversion_fixed_")):
            continue
        if process.name == "conversion_exported_electricity":
            by_hand = by_hand - output / 0.0036 * POWER
        else:
            by_hand = by_hand + output * factor
    assert account_of(park).total() == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("park_id", with_data())
def test_bridges_between_all_accounts_close(shipped_parks, park_id):
    park = shipped_parks[park_id]
    amounts = take_ledger(park).amounts
    for first, second in combinations(map(read_account, account_ids()), 2):
        found = pw.bridge_accounts(park, first, second)
        assert found.gap.max() < 1e-9
        # Row by row: the quantity of the ledger times the change of its factor.
        by_row = amounts * (found.second.factors - found.first.factors)
        np.testing.assert_allclose(found.steps, by_row, rtol=1e-9, atol=1e-6)


def test_a_printed_bridge_adds_up_to_the_last_digit_shown():
    park = pw.read_park("demo-electronics")
    shown = bridge(pw.bridge_accounts(park, read_account("location"), read_account("zero_carbon_910")))
    first, *steps, second = (float(text.replace(",", "")) for text in shown.iloc[:, -1])
    assert first + sum(steps) == pytest.approx(second, abs=0.005 * (len(steps) + 2))
    assert len(steps) == 2


@pytest.mark.parametrize("park_id", ["demo-steel", "demo-electronics", "region-d"])
def test_the_account_by_location_is_the_inventory_with_green_power_at_the_grid(park_id):
    park = pw.read_park(park_id)
    inventory = pw.take_inventory(park)
    power = inventory.emissions[[row[1] == "electricity" for row in inventory.rows]].sum(axis=0)
    assert account_of(park, "location").total() == pytest.approx(
        inventory.total() - power + inventory.location_based, rel=1e-12
    )


def test_market_account_leaves_traded_green_power_out_of_the_rest(electronics):
    """Years with a published pair take its ratio; years without say so."""
    market = account_of(electronics, "market")
    assert market.without_residual == (2016, 2017, 2018, 2019, 2020)
    assert read_account("market").residual[2023] == pytest.approx(0.6096 / 0.5306)
    assert market.of_kind("green_electricity") == pytest.approx(np.zeros(5))


def test_green_at_zero_and_the_rest_at_the_residual_add_up_to_the_average():
    """Consistency only: the nation's traded volume was not seen, the ratio implies it."""
    for ratio in read_account("market").residual.values():
        green = 1 - 1 / ratio  # share of the power that is traded as green
        assert green * 0 + (1 - green) * ratio == pytest.approx(1.0)


def test_capture_fixed_carbon_and_sinks_do_not_count_in_no_910():
    account = read_account("zero_carbon_910")
    assert set(account.left_out) == {"captured", "fixed", "sinks"}
    assert all(reason.en and reason.zh for reason in account.left_out.values())


def test_carbon_market_needs_a_split_by_branch(electronics):
    assert not account_of(electronics, "ets").applies
    steel = account_of(pw.read_park("demo-steel"), "ets")
    assert steel.applies
    assert 0 < steel.total()[-1] < account_of(pw.read_park("demo-steel"), "location").total()[-1]


def test_a_tonne_of_clinker_carries_what_the_cement_works_emits():
    """By hand, demo-cement 2020: 5,007,681 t over its clinker, the purchases at the mean of the grid included."""
    park = pw.read_park("demo-cement")
    found = account_of(park, "product")
    (key,) = per_tonne(park, found)
    assert key == ("park", "clinker")
    assert per_tonne(park, found)[key] == pytest.approx(found.total() / park.outputs[0])
    assert found.total()[-1] == pytest.approx(5_007_681, rel=1e-6)
    assert per_tonne(park, account_of(park, "location")) == {}
    steel = pw.read_park("demo-steel")  # limestone, dolomite and electrodes are consumed, not made
    assert per_tonne(steel, account_of(steel, "product")) == {}


def test_on_site_power_is_energy_use_and_no_purchase(electronics):
    made = {("generation", "park", "renewable"): {2020: 1000.0}}  # MWh
    with_roofs = replace(electronics, memo_items={**electronics.memo_items, **made})
    more = energy_use(with_roofs, 0.3024 * TCE) - energy_use(electronics, 0.3024 * TCE)
    assert more == pytest.approx([0, 0, 0, 0, 302.4 * TCE])
    assert account_of(with_roofs).total() == pytest.approx(account_of(electronics).total())


def test_the_ledger_has_every_row_of_the_inventory():
    park = pw.read_park("demo-mixed-chp")
    ledger, inventory = take_ledger(park), pw.take_inventory(park)
    rows = [row for row in ledger.rows if row[2] != "sinks"]
    assert [row[:2] for row in rows] == [row[:2] for row in inventory.rows]
    assert (ledger.amounts * ledger.factors)[: len(rows)] == pytest.approx(inventory.emissions)


def test_shipped_accounts_and_profiles_can_be_read():
    assert account_ids() == ("ets", "location", "market", "product", "zero_carbon_910")
    assert {read_profile(name).account for name in profile_ids()} <= set(account_ids())


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("  heat: {factor: own}", "  #", "without rule ['heat']"),
        ("{factor: zero}", "{factor: none}", "none"),
        ("value: 0.8325, unit", "value: -1, unit", "-1"),
        ("confidence: seen", "confidence: seen\nspeed: 3", "speed"),
    ],
)
def test_an_account_of_ones_own_is_checked(tmp_path, wrong, right, told):
    text = (data_folder() / "accounts" / "zero_carbon_910.yml").read_text(encoding="utf-8")
    assert wrong in text
    path = tmp_path / "mine.yml"
    path.write_text(text.replace(wrong, right, 1), encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_account(path)
    assert told in str(error.value)


@pytest.mark.parametrize(("lang", "told"), [("en", "shows consistency and is not a check"), ("zh", "不是检验")])
def test_what_tells_the_ways_to_count_power_apart_is_told_in_numbers(lang, told):
    said = power_ways_sentence(pw.read_park("demo-electronics"), read_account("market"), lang=lang)
    assert told in said
    # 0.6096 / 0.5306, and the share of traded power that implies.
    assert all(number in said for number in ("7.0%", "14.9%", "13%", "2022", "2023"))


def test_both_other_totals_stand_beside_the_one_as_reported(electronics):
    """Located, all 466,205 万kWh of 2020 count at the factor; as reported the 32,634.4 green ones do not."""
    park = electronics
    beside, reported = totals_beside(park), pw.take_inventory(park)
    by_hand = 32_634.4 * 10 * float(park.factors[0, park.carriers.index("electricity"), -1]) * 0.0036
    assert beside["location"][-1] - reported.total()[-1] == pytest.approx(by_hand, rel=1e-6)
    power = np.isin(park.groups, ["electricity", "green_electricity"])
    bought, green = park.energy[:, power].sum(axis=(0, 1)), park.energy[:, np.array(park.groups) == "green_electricity"]
    factor = park.factors[0, park.carriers.index("electricity")]
    assert set(beside) == {"location", "market"}
    np.testing.assert_allclose(beside["location"] - reported.total(), green.sum(axis=(0, 1)) * factor, rtol=1e-9)
    np.testing.assert_allclose(reported.location_based, bought * factor, rtol=1e-9)
    np.testing.assert_array_equal(beside["market"], reported.total())  # no pair of factors before 2022
    assert totals_beside(pw.read_park("eu-linz")) == {}


def test_pathways_have_the_same_totals_beside_them_as_the_account_command(electronics):
    park, chosen = electronics, pw.read_scenarios().pick(["bau", "deep"])
    draws = pw.sample(park, chosen, members=20, seed=1)
    pathways = pw.project(park, chosen, draws)
    beside = pathway_totals_beside(pathways)
    grid = grid_of(park, draws, pathways.scenarios, chosen)[..., : pathways.years.size]
    ahead = pathways.years > pathways.last_observed_year
    for name, values in beside.items():
        by_rule = by_account(park, pathways, grid, read_account(name))
        np.testing.assert_allclose(values[..., ahead], by_rule[..., ahead], rtol=1e-9)
    at = [pathways.sources.index(name) for name in ("electricity", "capture_electricity")]
    electricity = pathways.emissions[:, :, at, -1].sum(axis=2)
    known = read_account("market").residual
    ratio = known[max(known)]
    np.testing.assert_allclose((beside["market"] - pathways.total())[..., -1], electricity * (ratio - 1), rtol=1e-9)
    names = {"en": ("as reported", "location-based", "market-based"), "zh": ("填报口径", "基于位置", "基于市场")}
    for lang, words in names.items():
        said = pw.sentences.account_totals(pathways, "bau", lang=lang)
        assert all(word in said for word in words)
