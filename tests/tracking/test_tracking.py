"""A new year re-weights the forecast, names what moved emissions, and sets next year's targets."""

import re
from dataclasses import replace

import numpy as np
import pytest

import pathway_models as pw
from pathway_models.core.errors import PathwayError, RecordError
from pathway_models.tracking.annual_report import answer, forecasts
from pathway_models.tracking.records import DRIVERS, joined, up_to
from pathway_models.tracking.updating import parts_of, reported_values, track

MEMBERS = 400


@pytest.fixture(scope="module")
def park():
    return pw.read_park("demo-machinery")


@pytest.fixture(scope="module")
def chosen(scenarios):
    return list(scenarios.pick(["bau", "moderate"]).values())


@pytest.fixture(scope="module")
def account(park, chosen):
    return track(up_to(park, 2019), park, chosen, members=MEMBERS, error=0.05)


def scaled(park, factor):
    """The park with the energy of its last year multiplied."""
    energy = park.energy.copy()
    energy[..., -1] *= factor
    return replace(park, energy=energy)


def test_drivers_add_up_to_the_deviation_in_every_member(park, account):
    total = sum(account.deviation[name] for name in DRIVERS)
    level = pw.take_inventory(park).total()
    draws = pw.sample(up_to(park, 2019), pw.read_scenarios().pick(["bau", "moderate"]), members=MEMBERS, seed=20240401)
    paths = pw.project(up_to(park, 2019), pw.read_scenarios().pick(["bau", "moderate"]), draws).total()[-1]
    planned = level[-2] * paths[:, 4] / paths[:, 3]
    assert total == pytest.approx(level[-1] - planned, rel=1e-9)


def test_weights_count_members_that_had_foreseen_the_year(account, park):
    outlook = account.updated["bau"]
    assert outlook.state == "re-weighted"
    assert outlook.weights.sum() == pytest.approx(1.0)
    assert 20 < outlook.effective < MEMBERS
    assert (account.base, account.known) == (2019, 2020)


def test_a_forecast_in_separate_parts_tells_them_with_the_weights_of_its_members(account):
    outlook = account.made["bau"]
    assert outlook.parts == ""
    weights = np.r_[np.full(300, 0.6 / 300), np.full(100, 0.4 / 100)]
    years = np.r_[np.full(300, 2018.0), np.full(100, np.inf)]
    assert parts_of(years, weights, 2055) == "2018 60 %; >2055 40 %"
    assert parts_of(years, np.r_[np.full(300, 0.95 / 300), np.full(100, 0.05 / 100)], 2055) == ""
    assert re.search(r"peak before 2030 .* \d+ % ±\d\.\d", " ".join(forecasts(account).to_string().split()))
    told = replace(account, updated={**account.updated, "bau": replace(outlook, parts="2018 60 %; >2055 40 %")})
    assert "2018 60 %; >2055 40 %" in forecasts(told).to_string()


@pytest.mark.parametrize(("as_of", "said"), [(2026, "tests nothing"), (2018, "for nine in ten members")])
def test_a_year_the_forecast_knew_already_is_said_to_test_nothing(chosen, as_of, said):
    """Up to 2019 the nowcast of a province is its own inventory."""
    park = up_to(pw.read_park("region-hebei"), 2019)
    found = track(
        up_to(park, 2018), park, chosen, members=100, error=0.05, assumptions=pw.read_assumptions(as_of=as_of)
    )
    assert said in " ".join(answer(found, lang="en"))


def test_worse_year_lowers_and_better_year_raises_the_probability(park, chosen):
    before = up_to(park, 2019)
    worse, better = (
        track(before, scaled(park, factor), chosen, members=MEMBERS, error=0.05) for factor in (1.04, 0.94)
    )
    assert better.updated["bau"].p_before > worse.updated["bau"].p_before
    assert worse.deviation["energy_per_activity"].mean() > better.deviation["energy_per_activity"].mean()
    assert worse.evidence("bau") <= 1.0 + 1e-9


def test_year_nobody_had_foreseen_makes_the_forecast_anew(park, chosen):
    surprise = scaled(park, 2.5)
    account = track(up_to(park, 2019), surprise, chosen, members=MEMBERS)
    assert {one.state for one in account.updated.values()} == {"re-fitted"}
    fresh = pw.find_peaks(pw.project(surprise, chosen, pw.sample(surprise, chosen, members=MEMBERS, seed=20240401)))
    assert account.updated["bau"].p_before == pytest.approx(float(fresh.p_before(2030)[0]))
    assert account.updated["bau"].known == 2020


def test_targets_are_those_of_members_that_work(account, park):
    values = reported_values(park)
    for target in account.targets:
        assert target.year == 2021
        assert target.reported == values[target.quantity]
    emissions = {target.quantity: target for target in account.targets}["emissions"]
    assert 0.7 * emissions.reported < emissions.target < 1.2 * emissions.reported


def test_reported_values_by_hand(park):
    values = reported_values(park)
    energy = park.energy[..., -1].sum()
    coal = sum(park.energy[:, c, -1].sum() for c, group in enumerate(park.groups) if group == "coal")
    assert values["coal_share"] == pytest.approx(coal / energy)
    assert values["emissions"] == pw.take_inventory(park).total()[-1]
    assert values["energy_per_activity"] == pytest.approx(energy / park.activity[:, -1].sum())


def test_restated_years_are_named(park, chosen):
    before = up_to(park, 2019)
    energy = park.energy.copy()
    energy[..., 2] *= 1.1
    account = track(before, replace(park, energy=energy), chosen, members=60)
    assert list(account.restated) == [2018]


def test_what_cannot_be_tracked_is_refused_with_all_reasons(park, chosen):
    other = pw.read_park("demo-steel")
    with pytest.raises(PathwayError, match=r"new record is of demo-steel"):
        track(up_to(park, 2019), other, chosen, members=10)
    with pytest.raises(PathwayError, match="ends in 2020, which was known already"):
        track(park, park, chosen, members=10)
    with pytest.raises(PathwayError, match="no scenario"):
        track(up_to(park, 2019), park, [], members=10)


def only(park, year):
    """One year of a park, as a table of that year alone would give it."""
    first = int(park.years[0])
    at = slice(year - first, year - first + 1)
    arrays = ("activity", "energy", "factors", "outputs", "process_factors")
    cut = {name: getattr(park, name)[..., at] for name in arrays}
    return replace(park, **cut, years=park.years[at], sinks=park.sinks[at], memo_items={}, origins={})


def test_record_cut_and_joined_again_is_the_record(park):
    again = joined(up_to(park, 2019), only(park, 2020))
    for name in ("years", "activity", "energy", "factors", "outputs", "process_factors", "sinks"):
        assert np.array_equal(getattr(again, name), getattr(park, name))
    assert pw.take_inventory(again).total() == pytest.approx(pw.take_inventory(park).total(), rel=1e-12)


def test_carrier_of_the_new_year_alone_has_no_use_before(park):
    fresh = only(park, 2020)
    name = next(c for c, group in enumerate(park.groups) if group == "gas")
    kept = [c for c in range(len(park.carriers)) if c != name]
    before = up_to(park, 2019)
    before = replace(
        before,
        carriers=tuple(before.carriers[c] for c in kept),
        groups=tuple(before.groups[c] for c in kept),
        energy=before.energy[:, kept],
        factors=before.factors[:, kept],
    )
    again = joined(before, fresh)
    at = again.carriers.index(park.carriers[name])
    assert again.energy[:, at, :-1].sum() == 0
    assert again.energy[:, at, -1] == pytest.approx(park.energy[:, name, -1])
    assert (again.factors[:, at] == park.factors[:, name, -1:]).all()


def test_records_that_do_not_follow_one_another_are_refused(park):
    with pytest.raises(RecordError, match=r"begins in 2020, expected 2019"):
        joined(up_to(park, 2018), only(park, 2020))
    with pytest.raises(RecordError, match=r"ends in 2018, expected a year after 2020"):
        joined(park, only(park, 2018))
    with pytest.raises(RecordError, match="sectors"):
        joined(up_to(park, 2019), replace(only(park, 2020), sectors=tuple("x" + name for name in park.sectors)))
    with pytest.raises(RecordError, match="2050 is not on record"):
        up_to(park, 2050)
