"""Costs: textbook money, one price year, unknown stays unknown, known adds up by lever and carrier."""

import re
from dataclasses import replace

import numpy as np
import pytest
from builders import as_stated, coal_park, lever, mixed_park, quiet, scenario
from data_reading import bib_keys
from hypothesis import given
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.core.errors import InputError, PathwayError, RecordError
from pathway_models.decisions.package_cost import (
    carbon_exposure,
    draw_rates,
    draw_unit_costs,
    package_cost,
    package_economics,
)
from pathway_models.intake.costs import read_costs, uncounted_savings, unknown_costs
from pathway_models.kernels.costs import (
    along_years,
    annuity,
    capital_per_energy,
    discount_factors,
    levelised,
    net_present_value,
    price_index,
)
from pathway_models.records.costs import Amount, LeverCost
from pathway_models.records.levers import Triangle


@pytest.fixture(scope="module")
def costs():
    return read_costs()


def amount(value, unit="million CNY/TJ"):
    return Amount(((0, Triangle(value, value, value)),), unit, "made for a test", "invented", "invented")


@given(st.floats(0.0, 0.3), st.floats(1.0, 60.0))
def test_annuity_repays_the_capital_exactly(rate, lifetime):
    years = int(lifetime)
    paid = float(annuity(rate, years)) * discount_factors(np.arange(1, years + 1), rate, 0).sum()
    assert paid == pytest.approx(1.0, rel=1e-9)


def test_annuity_at_zero_and_tiny_rates_spreads_the_capital_evenly():
    assert annuity([0.0, 1e-12], 20).tolist() == pytest.approx([0.05, 0.05], rel=1e-9)
    with pytest.raises(ValueError, match="rate of 0 or more"):
        annuity(-0.01, 20)
    with pytest.raises(ValueError, match="lifetime above 0"):
        annuity(0.05, 0)


def test_price_index_and_discounting_meet_their_base_year():
    index = price_index({2021: 0.1, 2022: -0.05}, 2022)
    assert index[2022] == 1.0
    assert index[2020] == pytest.approx(1 / (1.1 * 0.95))
    assert discount_factors([2024], 0.06, 2024) == [1.0]
    with pytest.raises(ValueError, match="without a gap"):
        price_index({2020: 0.1, 2022: 0.1}, 2020)
    with pytest.raises(ValueError, match="not to 2030"):
        price_index({2020: 0.1}, 2030)
    with pytest.raises(ValueError, match="expected 0 or more"):
        discount_factors([2024], -0.1, 2024)


def test_capital_per_kw_becomes_capital_per_energy():
    assert capital_per_energy(3.6, 1000) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="full-load hours"):
        capital_per_energy(1.0, 9000)


def test_amounts_run_straight_between_anchors_and_stay_beyond():
    assert along_years([2020, 2030, 2040, 2050], [2030, 2050], [10.0, 30.0]).tolist() == [10, 10, 20, 30]
    assert along_years([2020, 2050], [2030], [[7.0], [8.0]]).tolist() == [[7, 7], [8, 8]]


def test_cost_per_tonne_is_not_given_where_nothing_is_avoided():
    assert np.isnan(levelised([5.0, 5.0], [0.0, -1.0])).all()
    assert levelised(6.0, 3.0) == 2.0


def test_shipped_costs_name_a_source_for_every_amount(costs):
    keys = bib_keys()
    amounts = [*costs.prices.values(), *(one for _, one in costs.premiums.values()), costs.carbon_price]
    amounts += [one for own in costs.levers.values() for one in own.amounts.values()]
    for one in amounts:
        assert one.source in keys or one.source.startswith(("ASSUME: ", "definition: ")), one.stated
        # Wind and sun alone are free, and say so.
        assert all(corners.low > 0 for _, corners in one.anchors) or one.source.startswith("definition: "), one.stated
        assert one.confidence in ("seen", "seen_multi", "derived", "assumed"), one.stated
        for key in re.findall(r"\((\w+_\w+)\)", one.note):
            assert key in keys, one.note


def test_every_lever_of_the_library_has_an_entry_known_or_not(costs, levers):
    assert set(costs.levers) == set(levers)
    for name, own in costs.levers.items():
        assert own.known or own.note, name


def test_units_come_out_in_million_cny_of_the_price_year(costs):
    """5.66 CNY for a certificate of one MWh; 700 CNY (2021) for a tonne of 23.03 GJ; 192 CNY (2022) a tonne."""
    _, premium = costs.premiums["green_electricity"]
    assert premium.mode == pytest.approx(5.66e-6 / 0.0036)
    assert costs.prices["coal"].mode == pytest.approx(700e-6 / 0.02303 * 1.02 * 1.002 * 1.002)
    assert costs.levers["ccus"].running[0].mode == pytest.approx(192e-6 * 1.002 * 1.002)


def test_levers_without_a_source_are_unknown_with_a_reason(costs, levers):
    unknown = unknown_costs(costs, levers)
    assert set(unknown) == {
        "low_carbon_industries", "retire_outdated_capacity", "energy_management", "low_carbon_behaviour",
        "electric_vehicles", "clinker_ratio", "waste_heat", "process_change", "green_areas",
        "furnace_injection", "renewable_heat", "hydrogen_feedstock",
    }  # fmt: skip
    assert all(unknown.values())


def test_lever_that_buys_something_without_a_price_is_unknown_too(costs, levers):
    without_gas = replace(costs, prices={name: price for name, price in costs.prices.items() if name != "gas"})
    assert unknown_costs(without_gas, levers)["coal_to_gas"] == "price of natural_gas not known"


def test_structure_costs_need_an_activity_in_money(costs, levers):
    known = costs.with_lever("low_carbon_industries", LeverCost(running=(amount(0.1),)))
    assert "low_carbon_industries" not in unknown_costs(known, levers, mixed_park())
    indexed = mixed_park(kind="energy_index")
    assert "not in money" in unknown_costs(known, levers, indexed)["low_carbon_industries"]


def test_carriers_without_a_price_are_named(costs):
    assert uncounted_savings(costs, mixed_park()) == ("heat",)


def saving_costs(costs, **more):
    return replace(costs, prices={"coal": amount(0.03)}, premiums={}, levers={"tried": LeverCost(**more)})


def test_saved_coal_is_paid_for_by_hand(costs):
    """1,000 TJ of coal less a fifth from 2022 on: 200 TJ at 0.03 million CNY saved, 200 TJ at 0.05 spent."""
    park, tried = coal_park(), scenario(lever("reduce_intensity", {"reduction": 0.2}))
    draws = quiet(pw.sample(park, [tried], members=2, seed=1, assumptions=as_stated()))
    found = package_cost(park, tried, draws, saving_costs(costs, running=(amount(0.05),)), rate=0.0)
    use = pw.project(park, [tried], draws).memo_items["energy"][0][:, park.years.size :]
    assert found.quantities["tried"] == pytest.approx(np.where(found.years >= 2022, use * 0.25, 0.0), rel=1e-9)
    assert found.yearly() == pytest.approx(found.quantities["tried"] * (0.05 - 0.03), rel=1e-9)
    assert found.present_value() == pytest.approx(found.yearly().sum(axis=1))
    per_tonne = (0.05 - 0.03) / 90.0 * 1e6
    assert found.per_tonne() == pytest.approx([per_tonne, per_tonne], rel=1e-9)


def test_capital_is_paid_as_an_annuity_with_upkeep(costs):
    park, tried = coal_park(), scenario(lever("reduce_intensity", {"reduction": 0.2}))
    draws = pw.sample(park, [tried], members=3, seed=1)
    own = {"capital": amount(1.0), "lifetime": amount(20.0, "yr"), "upkeep": amount(0.03, "share/yr")}
    levers = {"tried": tried.measures[0].lever}
    rates = draw_rates(saving_costs(costs, **own), levers, draws, rate=0.06)
    assert rates.levers["tried"] == pytest.approx(np.full((3, 40), float(annuity(0.06, 20)) + 0.03))
    assert rates.discount[0] == pytest.approx(1.06 ** (costs.price_year - 2021))


def test_what_a_plant_delivers_scales_its_cost(costs):
    """A kilowatt of 3,600 million CNY at 1,000 hours is a TJ a year for 1,000 GJ; a unit replaced needs 0.4 of it."""
    park, tried = coal_park(), scenario(lever("reduce_intensity", {"reduction": 0.2}))
    draws = pw.sample(park, [tried], members=3, seed=1)
    own = {
        "capital": amount(3.6, "million CNY/kW"), "full_load_hours": amount(1000.0, "h/yr"),
        "lifetime": amount(20.0, "yr"), "output": amount(0.4, "TJ/TJ"), "running": (amount(0.5),),
    }  # fmt: skip
    unit = draw_unit_costs(saving_costs(costs, **own), {"tried": tried.measures[0].lever}, draws)["tried"]
    assert unit.capital == pytest.approx(np.full((3, 40), 0.4 * 1000.0))
    assert unit.running == pytest.approx(np.full((3, 40), 0.4 * 0.5))
    assert unit.yearly(0.06) == pytest.approx(0.4 * (1000.0 * float(annuity(0.06, 20)) + np.full((3, 40), 0.5)))


def test_prices_of_elsewhere_are_turned_into_ours(costs, tmp_path):
    stated = "unit: CNY/tCO2, price_year: 2024, source: own, confidence: seen"
    path = tmp_path / "own.yml"
    path.write_text(
        "location_factors:\n  elsewhere: {low: 0.5, mode: 0.6, high: 1, unit: ratio, source: own, confidence: seen,"
        ' note: "ASSUME: so"}\n'
        "levers:\n  process_change:\n    running:\n"
        f"      - {{low: 100, mode: 200, high: 300, location: elsewhere, {stated}}}\n",
        encoding="utf-8",
    )
    (found,) = read_costs(path).levers["process_change"].running
    corners = found.anchors[0][1]
    assert [corners.low, corners.mode, corners.high] == pytest.approx([50e-6, 120e-6, 300e-6])
    assert found.assumed  # the factor is supposed in part
    assert "0.5 / 0.6 / 1" in found.stated
    path.write_text(path.read_text(encoding="utf-8").replace("location: elsewhere", "location: nowhere"), "utf-8")
    with pytest.raises(InputError, match="a location of europe, elsewhere"):
        read_costs(path)


def test_a_cash_flow_keeps_investment_and_energy_apart(costs):
    """Parts add up to the whole, at the prices of the package's cost; equipment is bought the year before it works."""
    park = coal_park()
    tried = scenario(lever("reduce_intensity", {"reduction": 0.2}))
    draws = quiet(pw.sample(park, [tried], members=3, seed=1, assumptions=as_stated()))
    own = {"capital": amount(0.2), "lifetime": amount(15.0, "yr"), "upkeep": amount(0.03, "share/yr")}
    priced = saving_costs(costs, **own)
    whole = package_cost(park, tried, draws, priced)
    found = package_economics(park, tried, draws, priced)
    values = found.present_values()
    assert values["net"] == pytest.approx(found.flow() @ found.discount, rel=1e-9)
    assert found.annuity == pytest.approx(whole.mean() / whole.discount.sum())
    assert values["energy_saved"] == pytest.approx(-float(whole.weights @ whole.energy["coal"] @ whole.discount))
    assert values["energy_bought"] == 0
    quantity = whole.mean_quantity("tried")
    first = int(np.flatnonzero(quantity)[0])
    assert found.years[0] == whole.years[0] - 1
    assert found.investment[first] == pytest.approx(0.2 * quantity[first])  # bought in the year before
    assert found.investment[first + 15] > 0  # replaced after fifteen years
    # Capital, idle where the saving shrinks, costs no less than the annuities of what works.
    assert -values["net"] >= whole.mean() - 1e-9
    for rate in found.internal_rates():
        assert net_present_value(found.flow(), rate) == pytest.approx(0, abs=1e-6)
    assert found.payback() < np.inf


def test_a_cash_flow_leaves_out_what_has_no_price(costs, scenarios):
    park = mixed_park()
    draws = pw.sample(park, scenarios, members=10, seed=4)
    assert package_economics(park, scenarios["management"], draws, costs) is None
    part = package_economics(park, scenarios["moderate"], draws, costs, idle=("clinker_ratio",))
    assert "energy_efficiency" in part.priced
    assert {"energy_management", "process_change"} <= set(part.left_out)
    assert "clinker_ratio" not in part.left_out + part.priced
    assert set(part.by_lever) <= set(part.priced)


def test_green_power_costs_its_premium_whatever_the_price_of_electricity(costs, scenarios):
    park = mixed_park()
    only = scenarios["substitution"]
    green = replace(only, measures=tuple(m for m in only.measures if m.lever.lever_id == "green_power"))
    draws = pw.sample(park, [green], members=20, seed=4)
    found = package_cost(park, green, draws, costs)
    moved = found.quantities["green_power"].sum(axis=1)
    premium = found.yearly().sum(axis=1) / moved * 0.0036 * 1e6
    assert ((premium >= 4.61 - 1e-9) & (premium <= 20 + 1e-9)).all()
    assert not found.unknown


def test_lever_of_unknown_cost_is_listed_and_costs_nothing_of_its_own(costs, scenarios):
    park = mixed_park()
    draws = pw.sample(park, scenarios, members=10, seed=4)
    found = package_cost(park, scenarios["management"], draws, costs)
    assert set(found.unknown) == {"energy_management", "low_carbon_behaviour"}
    assert found.levers == {}
    assert (found.quantities["energy_management"] >= 0).all()


def test_prices_are_the_same_in_all_parks_and_lever_costs_are_not(costs, levers):
    rates = []
    for name in ("one", "two"):
        park = mixed_park(park_id=name)
        rates.append(draw_rates(costs, levers, pw.sample(park, [], members=5, seed=9)))
    assert np.array_equal(rates[0].prices["coal"], rates[1].prices["coal"])
    assert not np.array_equal(rates[0].levers["ccus"], rates[1].levers["ccus"])


def test_carbon_price_is_paid_on_bought_allowances_only(costs, scenarios):
    park = mixed_park()
    draws = pw.sample(park, scenarios, members=10, seed=4)
    full = carbon_exposure(park, scenarios["deep"], draws, costs, covered_share=1.0, free_share=0.0)
    part = carbon_exposure(park, scenarios["deep"], draws, costs, covered_share=0.5, free_share=0.9)
    assert part.without == pytest.approx(0.05 * full.without)
    assert (full.with_package <= full.without + 1e-9).all()
    assert ((full.price >= 62.36e-6) & (full.price <= 97.49e-6)).all()
    with pytest.raises(PathwayError, match=re.escape("free_share = 1.2")):
        carbon_exposure(park, scenarios["deep"], draws, costs, covered_share=1.0, free_share=1.2)


def test_draws_without_the_levers_of_a_package_are_refused(costs, scenarios):
    park = mixed_park()
    draws = pw.sample(park, [scenarios["bau"]], members=5, seed=4)
    with pytest.raises(PathwayError, match="no draws for energy_efficiency"):
        package_cost(park, scenarios["efficiency"], draws, costs)


OWN = """
levers:
  energy_efficiency:
    running:
      - {low: 20, mode: 30, high: 40, unit: CNY/GJ, price_year: 2023, source: own, confidence: seen}
prices:
  heat: {low: 60, mode: 70, high: 80, unit: CNY/GJ, price_year: 2023, source: own, confidence: seen}
"""


def test_own_file_is_laid_over_the_shipped_costs(costs, levers, tmp_path):
    path = tmp_path / "own.yml"
    path.write_text(OWN, encoding="utf-8")
    own = read_costs(path)
    assert "energy_efficiency" not in unknown_costs(own, levers)
    assert own.prices["heat"].mode == pytest.approx(70e-3 * 1.002)
    assert own.levers["ccus"] == costs.levers["ccus"]
    assert [name for name, _ in own.files] == ["costs.yml", "own.yml"]


def test_all_faults_of_a_cost_file_are_told_with_their_lines(tmp_path):
    path = tmp_path / "own.yml"
    path.write_text(
        "prices:\n"
        "  coal: {low: 1, mode: 2, high: 3, unit: CNY/t, price_year: 2020, source: own, confidence: seen}\n"
        "  oil: {low: 3, mode: 2, high: 1, unit: CNY/GJ, price_year: 2020, source: own, confidence: seen}\n"
        "  gas: {low: 1, mode: 2, high: 3, unit: YEN/GJ, price_year: 2020, source: own, confidence: seen}\n"
        "  heat: {low: 1, mode: 2, high: 3, unit: CNY/GJ, price_year: 1990, source: own, confidence: seen}\n"
        "levers:\n"
        "  ccus: {known: true}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_costs(path)
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 5
    for line, words in (
        (2, "gj_per_t"),
        (3, "low <= mode <= high"),
        (4, "CNY, USD, EUR"),
        (5, "price_year from"),
        (7, "known"),
    ):
        assert any(f"line {line}," in one and words in one for one in told), (line, told)


def test_a_misspelt_name_of_a_cost_file_is_a_fault_and_not_a_cost_nobody_counts(tmp_path):
    path = tmp_path / "own.yml"
    text = OWN.replace("energy_efficiency", "energy_eficiency").replace("heat:", "haet:")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_costs(path)
    assert [(fault.place, fault.value, fault.code) for fault in caught.value.faults] == [
        ("line 7, prices.haet", "haet", "cost_name"),
        ("line 4, levers.energy_eficiency", "energy_eficiency", "cost_name"),
    ]
    assert "heat" in caught.value.faults[0].expected
    own = OWN.replace("energy_efficiency", "my_own_lever")
    path.write_text(own, encoding="utf-8")
    assert read_costs(path, levers=["my_own_lever"]).levers["my_own_lever"].running


def test_amounts_and_levers_that_make_no_sense_are_refused():
    with pytest.raises(RecordError, match="anchor years must rise"):
        Amount((), "yr", "nothing", "invented", "invented")
    with pytest.raises(RecordError, match="needs a lifetime"):
        LeverCost(capital=amount(1.0))
    with pytest.raises(RecordError, match="full_load_hours"):
        LeverCost(capital=amount(1.0, "million CNY/kW"), lifetime=amount(20.0, "yr"))


def test_costs_are_read_again_when_their_file_has_changed(tmp_path):
    path = tmp_path / "own.yml"
    text = "discount_rate: {{low: 0.01, mode: 0.0{}, high: 0.12, unit: share/yr, confidence: seen, source: test}}\n"
    rates = []
    for mode in (3, 35):
        path.write_text(text.format(mode), encoding="utf-8")
        rates.append(read_costs(path).discount_rate.mode)
        assert read_costs(path) is read_costs(path)
    assert rates == [0.03, 0.035]
