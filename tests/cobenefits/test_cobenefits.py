"""Air pollutants beside CO2: the example of docs/cobenefits.md by hand, exactness, consent, measured values, levers."""

import re
from dataclasses import replace

import builders
import numpy as np
import pytest
from builders import BAU, as_stated, coal_park, lever, mixed_park, quiet, scenario
from hypothesis import given
from hypothesis import strategies as st

import pathway_models as pw
from pathway_models.cobenefits import tables as cobenefit_tables
from pathway_models.cobenefits.records import CUMULATIVE
from pathway_models.cobenefits.scenarios import cobenefits, lever_cobenefits, prepare_basis, single_levers, unit_costs
from pathway_models.core.errors import PathwayError, ScenarioError
from pathway_models.engine.package_tree import BatchEvaluator
from pathway_models.engine.pollution import Fire, coefficients_of, member_factors
from pathway_models.engine.projecting import batches, lay_out
from pathway_models.intake.costs import read_costs
from pathway_models.intake.factors.tables import find_fuel, read_carriers
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.kernels.emissions import carbon_weight, equivalents
from pathway_models.levers.action import ENERGY_USES
from pathway_models.records.pollutants import Equipment

#: The round factors of the worked example, t/TJ = kg/GJ; here in kg/TJ, without controls.
EXAMPLE = """
burners:
  coal_cfb:
    name_en: coal of the example
    name_zh: 例中之煤
    fuel: bituminous
    factors: {so2: &so2 {value: 60, unit: kg/TJ, source: example, confidence: measured},
              nox: {value: 80, unit: kg/TJ, source: example, confidence: measured},
              pm: {value: 20, unit: kg/TJ, source: example, confidence: measured}, voc: *so2}
  gas_average:
    name_en: gas of the example
    name_zh: 例中之气
    fuel: natural_gas
    factors: {so2: &no {value: 0, unit: kg/TJ, source: example, confidence: measured},
              nox: {value: 40, unit: kg/TJ, source: example, confidence: measured}, pm: *no, voc: *no}
equipment:
  - {group: coal, burner: coal_cfb}
  - {group: gas, burner: gas_average}
"""
LOCAL = ("so2", "nox", "pm")


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    path = tmp_path_factory.mktemp("factors") / "example.yml"
    path.write_text(EXAMPLE, encoding="utf-8")
    return read_pollutants(path)


@pytest.fixture(scope="module")
def round_park():
    """1,000 TJ of coal a year at 90 tCO2/TJ; gas that a lever brings has the shipped factor, 15.3 tC/TJ at 99 %."""
    return coal_park()


def coal_to_gas(share=0.2, ratio=0.9):
    values = {"share": share, "energy_ratio": ratio}
    return lever("substitute", values, family="substitution", takes_from=("coal",), gives_to={"natural_gas": 1.0})


@pytest.fixture(scope="module")
def worked(example):
    """The example: gas at 50 tCO2/TJ needs gas in the table, so that its factor is the example's own."""
    with_gas = builders.park({"park": {"bituminous": np.full(6, 1000.0), "natural_gas": np.full(6, 0.0)}})
    chosen = [BAU, scenario(coal_to_gas())]
    draws = quiet(pw.sample(with_gas, chosen, members=4, seed=1, until=2040, assumptions=as_stated()))
    return with_gas, draws, cobenefits(with_gas, chosen, draws, factors=example, pollutants=LOCAL)


def test_record_of_the_worked_example_is_that_of_the_page(worked):
    _, _, found = worked
    assert found.emissions[0, :, 0, 5] == pytest.approx([60.0, 80.0, 20.0])
    assert found.apeq()[0, 0, 5] == pytest.approx(156.543, abs=5e-4)
    assert found.co2[0, 0, 5] == pytest.approx(90_000)


def test_cuts_of_the_worked_example_are_those_of_the_page(worked):
    """Every year is the example times the coal then used; the swap acts as its ramp states, from 2022."""
    _, _, found = worked
    size = found.co2[0, 0, 6:] / 90_000
    carbon, pollution = (cut[0, 6:] / size for cut in found.cut("tried"))
    assert carbon[1:] == pytest.approx(np.full(carbon.size - 1, 9_000))
    assert pollution[1:] == pytest.approx(np.full(carbon.size - 1, 23.730), abs=5e-4)
    cut = (found.emissions[0] - found.emissions[1])[:, 0, -1] / size[-1]
    assert cut == pytest.approx([12.0, 8.8, 4.0])
    assert found.elasticity("tried")[0, -1] == pytest.approx(1.516, abs=5e-4)


def test_swapping_coal_for_gas_lies_in_the_first_quadrant(worked):
    _, _, found = worked
    assert found.quadrants("tried", 2030).tolist() == [0, 1, 0, 0, 0]


@pytest.mark.parametrize("park_id", ["demo-steel", "demo-mixed-chp", "demo-petrochemical"])
def test_coal_to_gas_of_the_library_lies_in_the_first_quadrant_of_a_park(park_id, levers):
    park = pw.read_park(park_id)
    chosen = [scenario((levers["coal_to_gas"], "strong"))]
    found = cobenefits(park, chosen, pw.sample(park, chosen, members=60, seed=1), allow_background=True)
    assert found.quadrants("tried", 2035)[1] > 0.9
    assert found.table(2035)[1]["co2_cut_tco2"] > 0 < found.table(2035)[1]["equivalents_cut"]


def test_unit_costs_of_the_worked_example_are_those_of_the_page():
    weight = carbon_weight(70.0, 1.4)
    cut = 12 / 0.95 + 8.8 / 0.95 + 4 / 2.18
    combined = cut + weight * 9_000
    assert (weight, combined) == (pytest.approx(0.05), pytest.approx(473.730, abs=5e-4))
    per_tonne = 1e6 / 9_000
    assert per_tonne == pytest.approx(111.1, abs=0.05)
    assert 1e3 / cut == pytest.approx(42.14, abs=5e-3)
    assert 1e3 / combined == pytest.approx(2.111, abs=5e-4)


def test_factor_by_hand_is_that_of_the_shipped_coefficients():
    """Bituminous coal of 0.8 % sulphur in a fluidised bed behind 95 %: 0.03066 t/TJ at the modes."""
    shipped, coal = read_pollutants(), coal_park()
    fire = Fire(0, 0, "bituminous", "coal", shipped.rule("park", "bituminous", "coal"))
    own, sulphur, control = coefficients_of(fire, "so2", shipped)
    energy = find_fuel(coal.factor_set, read_carriers()["bituminous"]).tj_per_unit
    by_hand = own.corners.mode * sulphur.corners.mode * (1 - control.corners.mode) / energy / 1000
    assert by_hand == pytest.approx(0.03066, abs=5e-6)
    draws = pw.sample(coal, [BAU], members=4000, seed=1, until=2016 + 10)
    drawn = member_factors(coal, [fire], ("so2",), shipped, draws)[0, :, 0, 0]
    assert np.quantile(drawn, 0.1) < by_hand < np.quantile(drawn, 0.9)


def test_average_gas_boiler_meets_the_special_limit_of_the_boiler_standard():
    """15.87 kg in 107,753 Nm3 of flue gas: 147 mg/Nm3, below the 150 of GB 13271-2014 (both background)."""
    nox = read_pollutants().burners["gas_average"].factors["nox"].corners.mode
    assert 140 < nox * 1e6 / 107_753 < 150


def energy_under(evaluator, one):
    """Energy of one scenario by sector and carrier, lever by lever: (sector, carrier, year, member), TJ."""
    frame, known = evaluator.batch.frame, evaluator.batch.frame.known
    own, groups = evaluator.batch.use[:, None] * evaluator.batch.shares, np.array(frame.groups)
    sectors, uses = frame.assumptions.sectors, ("", *ENERGY_USES)
    kinds = sectors.of(frame.park)
    energy = np.zeros((own.shape[0], len(uses), len(frame.carriers), *own.shape[2:]))
    for s, _kind in enumerate(kinds):
        for c, carrier in enumerate(frame.park.carriers):
            for use, part in sectors.uses_in(frame.park, s, carrier, groups[c]).items():
                energy[s, uses.index(use), c] = part * own[s, c]
    energy = energy[..., known:, :]
    for measure in one.measures:
        drawn = evaluator.batch.values(measure)
        if measure.lever.acts.part != "mix":
            energy = energy * measure.lever.acts.left(drawn)
            continue
        reached = np.array([[measure.lever.reaches(kind, use) for use in uses] for kind in kinds])
        takes = reached[..., None, None, None] & np.isin(groups, measure.lever.takes_from)[:, None, None]
        taken = np.where(takes, energy * (drawn["share"] * drawn["phase"]), 0.0)
        given = np.array([measure.lever.gives_to.get(name, 0.0) for name in frame.carriers])[:, None, None]
        energy = energy - taken + given * drawn["energy_ratio"] * taken.sum(axis=2, keepdims=True)
    return energy.sum(axis=1)


def test_pollutants_equal_energy_by_sector_and_carrier_times_factors_of_the_same_member(levers):
    """The tree of packages against single sectors and carriers, lever by lever; no capture here."""
    park = mixed_park()
    names = (
        "low_carbon_industries",
        "energy_efficiency",
        "electrification",
        "coal_to_gas",
        "biomass",
        "green_hydrogen",
    )
    chosen = [BAU, scenario(*((levers[name], "strong") for name in names))]
    draws = pw.sample(park, chosen, members=20, seed=3)
    found = cobenefits(park, chosen, draws, allow_background=True)
    factors = prepare_basis(park, chosen, draws, None, None, True).factors
    (batch,) = batches(lay_out(park, chosen, 2060, pw.read_assumptions()), draws)
    evaluator = BatchEvaluator(batch)
    for at, one in enumerate(chosen):
        direct = np.einsum("pmsc,scym->pmy", factors, energy_under(evaluator, one)[:, : factors.shape[3]])
        np.testing.assert_allclose(found.emissions[at][..., 6:], direct, rtol=1e-9)


def test_co2_is_that_of_the_projection(region_d, scenarios):
    draws = pw.sample(region_d, scenarios, members=20, seed=5)
    found = cobenefits(region_d, scenarios, draws, allow_background=True)
    np.testing.assert_allclose(found.co2, pw.project(region_d, scenarios, draws).total(), rtol=1e-9)


def test_heat_of_capture_burns_the_mean_of_what_is_burnt(example):
    plant = {
        "equipped_share": 0.5, "capture_rate": 0.9, "heat_penalty": 3.0, "electricity_penalty": 0.4,
        "stored_share": 1.0,
    }  # fmt: skip
    park, chosen = coal_park(), [BAU, scenario(lever("capture", plant, family="ccus", takes_from=("coal",)))]
    draws = quiet(pw.sample(park, chosen, members=2, seed=1, until=2040, assumptions=as_stated()))
    found = cobenefits(park, chosen, draws, factors=example, pollutants=("so2",))
    # 45 % of 90 t/TJ captured, 3 GJ each: 0.1215 TJ of heat for one TJ burnt.
    np.testing.assert_allclose(found.emissions[1, 0, :, 8:], 1.1215 * found.emissions[0, 0, :, 8:])
    assert found.quadrants("tried", 2035).tolist() == [0, 0, 0, 0, 1]


def test_purchased_electricity_has_no_pollutants_in_the_park(example):
    powered = builders.park({"park": {"electricity": np.full(6, 500.0), "bituminous": np.full(6, 10.0)}})
    green = lever(
        "substitute", {"share": 0.5, "energy_ratio": 1.0}, family="substitution",
        takes_from=("electricity",), gives_to={"green_electricity": 1.0},
    )  # fmt: skip
    chosen = [BAU, scenario(green)]
    found = cobenefits(
        powered, chosen, pw.sample(powered, chosen, members=8, seed=1), factors=example, pollutants=LOCAL
    )
    carbon, pollution = found.cut("tried")
    assert (carbon[:, -1] > 0).all()
    assert np.abs(pollution).max() == 0
    assert found.quadrants("tried", 2035)[0] == 1


def test_without_consent_nothing_is_told_and_everything_missing_is_named(round_park):
    draws = pw.sample(round_park, [BAU], members=4, seed=1)
    with pytest.raises(PathwayError, match=re.escape("burners.coal_cfb.factors.so2, quality.sulphur.coal")):
        cobenefits(round_park, [BAU], draws)


def test_own_factors_of_some_pollutants_need_no_consent(round_park, tmp_path):
    path = tmp_path / "mine.yml"
    guess = EXAMPLE.replace("80, unit: kg/TJ, source: example, confidence: measured",
                            "80, unit: kg/TJ, source: a guess, confidence: background")  # fmt: skip
    path.write_text(guess, encoding="utf-8")
    draws = pw.sample(round_park, [BAU], members=4, seed=1)
    found = cobenefits(round_park, [BAU], draws, factors=read_pollutants(path))
    assert [one.key for one in found.basis.pollutants] == ["so2", "pm"]
    assert [one.name for one in found.basis.unknown["nox"]] == ["burners.coal_cfb.factors.nox"]
    assert [one.name for one in found.basis.unknown["voc"]] == ["pollutants.voc.equivalent"]
    assert "not known: nox, voc" in repr(found)


def measured(park, **values):
    """The park with measured pollutants of its observed years, t; NaN where there is none."""
    years = park.years.tolist()
    rows = {
        ("pollutant", "park", key): {y: v for y, v in zip(years, row, strict=True) if v == v}
        for key, row in values.items()
    }
    return replace(park, memo_items=rows)


NAN = np.nan


def test_what_a_table_states_is_shown_without_consent(round_park):
    assert cobenefit_tables.measured(round_park) is None
    own = measured(round_park, so2=[NAN] * 5 + [250.0])
    shown = cobenefit_tables.measured(own)
    assert list(shown.columns) == [str(round_park.last_observed_year)]
    assert shown.loc["SO2"].tolist() == ["250.0"]
    assert cobenefit_tables.measured(own, lang="zh").index.tolist() == ["二氧化硫"]


def test_measured_value_is_met_by_every_member_and_carried_with_fuel(round_park):
    park = measured(round_park, nox=[NAN, NAN, 100, NAN, 250, NAN])
    draws = pw.sample(round_park, [BAU], members=30, seed=1)
    found = cobenefits(park, [BAU], draws, allow_background=True, pollutants=("nox",))
    assert (found.emissions[0, 0, :, 2] == 100).all()
    np.testing.assert_allclose(found.emissions[0, 0, :, 4], 250)
    np.testing.assert_allclose(found.emissions[0, 0, :, 5], 250)  # the same coal was burnt a year later
    coal = found.co2[0] / found.co2[0, :, 5:6]
    np.testing.assert_allclose(found.emissions[0, 0, :, 6:], 250 * coal[:, 6:])
    assert found.basis.calibrated["nox"].year == 2019
    assert found.basis.calibrated["nox"].measured == 250


def test_measured_voc_beyond_fuel_follows_activity_and_structure(round_park, levers):
    park = measured(round_park, voc=[NAN] * 5 + [900])
    closing = lever("retire_activity", {"share": 0.25}, family="structure")
    saving = lever("reduce_intensity", {"reduction": 0.5})
    chosen = [BAU, scenario(closing, scenario_id="close"), scenario(saving, scenario_id="save")]
    draws = pw.sample(round_park, chosen, members=12, seed=1)
    found = cobenefits(park, chosen, draws, allow_background=True, pollutants=("voc",))
    without, closed, saved = found.emissions[:, 0, :, -1]
    fuel = np.median(found.basis.factors[0, :, 0, 0]) * 1000
    assert found.basis.calibrated["voc"].rest == pytest.approx(900 - fuel, rel=0.01)
    np.testing.assert_allclose(closed, 0.75 * without)
    # Half of the fuel's part is saved; the rest, by far the most, stays.
    assert (saved > 0.9 * without).all()
    assert (saved < without).all()


def test_measured_value_keeps_relative_cuts_of_a_single_fuel(round_park):
    chosen = [BAU, scenario(lever("reduce_intensity", {"reduction": 0.3}))]
    draws = pw.sample(round_park, chosen, members=10, seed=1, assumptions=as_stated())
    plain = cobenefits(round_park, chosen, draws, allow_background=True, pollutants=("so2",))
    fitted = cobenefits(measured(round_park, so2=[NAN] * 5 + [77]), chosen, draws,
                        allow_background=True, pollutants=("so2",))  # fmt: skip
    np.testing.assert_allclose(plain.elasticity("tried")[:, 10:], 1.0)
    np.testing.assert_allclose(fitted.elasticity("tried")[:, 10:], 1.0)


@pytest.fixture(scope="module")
def shared(scenarios):
    park = pw.read_park("demo-steel")
    draws = pw.sample(park, scenarios, members=40, seed=1)
    whole = cobenefits(park, [BAU, scenarios["deep"]], draws, allow_background=True)
    return park, draws, whole, lever_cobenefits(park, scenarios["deep"], draws, orders=3, allow_background=True)


def test_lever_shares_add_up_to_the_scenario_in_every_member_and_quantity(shared):
    _, _, whole, parts = shared
    gap = np.abs(parts.shares.sum(axis=0) - (parts.without - parts.reached))
    assert (gap <= 1e-12 * np.abs(parts.without)).all()
    carbon, pollution = whole.cut("deep")
    found = [values.sum(axis=0) for values in parts.coordinates(2035)]
    np.testing.assert_allclose(found[0], carbon[:, whole.at(2035)], rtol=1e-9)
    np.testing.assert_allclose(found[1], pollution[:, whole.at(2035)], rtol=1e-9)
    total = carbon[:, whole.years > whole.last_observed_year].sum(axis=1)
    np.testing.assert_allclose(parts.coordinates(CUMULATIVE)[0].sum(axis=0), total, rtol=1e-9)
    by_year = pollution[:, whole.years > whole.last_observed_year].T @ whole.weights
    np.testing.assert_allclose(parts.equivalents_by_year().sum(axis=0), by_year, rtol=1e-9)


def test_lever_alone_is_the_scenario_of_that_lever(shared, scenarios):
    park, draws, _, parts = shared
    each = cobenefits(park, single_levers(scenarios["deep"]), draws, allow_background=True)
    for at, player in enumerate(parts.players):
        carbon, pollution = (values[:, each.at(2030)] for values in each.cut(player))
        alone = [values[at] for values in parts.coordinates(2030, "alone")]
        scale = each.co2[0, :, each.at(2030)]
        assert np.abs(alone[0] - carbon).max() < 1e-9 * scale.max()
        assert np.abs(alone[1] - pollution).max() < 1e-9 * scale.max()


def test_family_shares_are_exact_and_sinks_change_nothing(shared, scenarios):
    park, draws, _, _ = shared
    found = lever_cobenefits(park, scenarios["deep"], draws, by="family", allow_background=True)
    assert found.standard_error is None
    sinks = found.table()[found.players.index("sinks")]
    assert (sinks["co2_cut_tco2"], sinks["equivalents_cut"], sinks["elasticity_p50"]) == (0, 0, None)


def test_unknown_cost_is_never_a_number(shared, scenarios):
    park, draws, _, _ = shared
    each = cobenefits(park, single_levers(scenarios["deep"]), draws, allow_background=True)
    for one in unit_costs(park, each, draws, read_costs(), tax_rate=4.0):
        told = [value for value in one.ranges().values() if value is not None]
        # A lever that finds nothing of its uses in the park cuts nothing, and has no cost per tonne.
        assert bool(told) == (one.known and not np.isnan(one.per_carbon).any())


@pytest.mark.slow
def test_unit_costs_relate_as_the_cuts_do(shared, scenarios):
    """Cost per tonne times tonnes is cost per equivalent times equivalents: each carries the whole cost."""
    park, draws, _, _ = shared
    each = cobenefits(park, single_levers(scenarios["deep"]), draws, allow_background=True)
    one = next(u for u in unit_costs(park, each, draws, read_costs(), tax_rate=4.0) if u.scenario == "electrification")
    assert one.known
    assert (one.per_combined < one.per_carbon).all()
    assert (one.per_combined < one.per_equivalent).all()
    taxed = unit_costs(park, each, draws, read_costs(), tax_rate=12.0)
    dear = next(u for u in taxed if u.scenario == "electrification")
    # A dearer equivalent makes CO2 worth fewer of them.
    assert (dear.per_combined > one.per_combined).all()


@pytest.mark.slow
@given(st.floats(0.01, 0.9), st.floats(0.5, 1.2))
def test_a_larger_swap_never_cuts_less(share, ratio):
    park, draws = _swap_park()
    chosen = [BAU, scenario(coal_to_gas(share, ratio), scenario_id="some"),
              scenario(coal_to_gas(min(1.0, 1.1 * share), ratio), scenario_id="more")]  # fmt: skip
    found = cobenefits(park, chosen, draws, allow_background=True, pollutants=("so2",))
    some, more = (found.cut(name)[1][:, -1] for name in ("some", "more"))
    assert (more >= some - 1e-9).all()


def _swap_park():
    park = coal_park()
    return park, pw.sample(park, [scenario(coal_to_gas())], members=5, seed=1, until=2030)


def test_same_seed_gives_the_same_and_first_members_stay_the_same(scenarios):
    park = pw.read_park("demo-cement")
    few, many = (
        cobenefits(park, scenarios, pw.sample(park, scenarios, members=n, seed=7), allow_background=True)
        for n in (5, 9)
    )
    np.testing.assert_array_equal(few.emissions, many.emissions[:, :, :5])


def test_equivalents_are_those_of_the_law():
    shipped = read_pollutants().pollutants
    assert [shipped[key].equivalent.corners.mode for key in LOCAL] == [0.95, 0.95, 2.18]
    assert equivalents([0.95, 0.0], [0.95, 4.0]) == pytest.approx(1.0)


def test_wrong_questions_are_refused(shared, scenarios):
    park, draws, whole, parts = shared
    with pytest.raises(ScenarioError, match="no scenario 'nowhere'"):
        whole.cut("nowhere")
    with pytest.raises(PathwayError, match="year 1990"):
        whole.table(1990)
    with pytest.raises(PathwayError, match=re.escape("no lever shares for 2040; there are 2030, 2035, cumulative")):
        parts.table(2040)
    with pytest.raises(PathwayError, match="no reading 'both'"):
        parts.table(2035, "both")
    with pytest.raises(PathwayError, match=re.escape("no pollutant smell")):
        cobenefits(park, scenarios, draws, pollutants=["smell"], allow_background=True)
    with pytest.raises(PathwayError, match=re.escape("periods [2019]")):
        lever_cobenefits(park, scenarios["deep"], draws, periods=[2019], allow_background=True)
    with pytest.raises(PathwayError, match="tax_rate = 0"):
        unit_costs(park, whole, draws, read_costs(), tax_rate=0.0)


def test_equipment_rules_of_a_sector_come_first(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text("equipment:\n  - {group: coal, sector: works, burner: coal_grate}\n", encoding="utf-8")
    found = read_pollutants(path)
    assert found.rule("works", "bituminous", "coal") == Equipment("coal", "coal_grate", sector="works")
    assert found.rule("offices", "bituminous", "coal").burner == "coal_cfb"
