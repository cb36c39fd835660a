"""Years between the last table and today: regions follow their nowcast, parks their nation and province."""

from dataclasses import replace
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from builders import without_factor_errors

import pathway_models as pw
from pathway_models.baseline.bridges import sector_shares
from pathway_models.baseline.paths import free_paths
from pathway_models.core.errors import RecordError
from pathway_models.engine.sampling import bridge_of
from pathway_models.exports.tidy import to_tidy
from pathway_models.records.nowcast import Bridge, position_of

SEED, MEMBERS = 20240401, 60


@pytest.fixture(scope="module")
def hebei():
    return pw.read_park("region-hebei")


@pytest.fixture(scope="module")
def pathways(hebei, bau):
    return pw.project(hebei, bau, pw.sample(hebei, bau, members=MEMBERS, seed=SEED, until=2035))


@pytest.fixture(scope="module")
def bau():
    return {"bau": pw.read_scenarios()["bau"]}


def ended(park, last):
    """Cut a park's table after a year."""
    count = int(last - park.years[0]) + 1
    cut = {
        name: getattr(park, name)[..., :count]
        for name in ("years", "activity", "energy", "factors", "outputs", "process_factors", "sinks", "green_share")
        if hasattr(park, name) and np.shape(getattr(park, name))[-1:] == park.years.shape
    }
    return replace(park, **cut)


def as_park(region, name):
    return replace(region, park_id=name, kind="park")


def test_a_region_is_its_nowcast_to_the_digit(pathways):
    members = pw.nowcast(["Hebei"], members=MEMBERS, seed=SEED)
    at = pathways.years.tolist().index(2019)
    grown = pathways.total()[0][:, at : at + 6] / pathways.total()[0][:, at : at + 1]
    told = members.emissions[0][:, members.years >= 2019]
    np.testing.assert_allclose(grown, told / told[:, :1], rtol=1e-12)


def test_bridged_years_are_marked_everywhere(hebei, pathways):
    assert pathways.bridged_until == 2024
    status = dict(zip(pathways.years.tolist(), pathways.status, strict=True))
    issued = pathways.issue_year
    assert [status[year] for year in (2019, 2020, 2024)] == ["observed", "nowcast", "nowcast"]
    assert [status[year] for year in (2025, issued, issued + 1)] == ["bridged_by_law", "bridged_by_law", "projected"]
    assert "nowcast to 2024" in repr(pathways)
    tidy = to_tidy(pathways, hebei)
    told = tidy.groupby("year")["year_status"].unique().map(list)
    assert (told[2019], told[2022], told[2030]) == (["observed"], ["nowcast"], ["projected"])
    figure = pw.plotting.fan(pathways, "bau", park=hebei)
    drawn = {line.get_label(): list(line.get_xdata()) for line in figure.axes[0].artists + figure.axes[0].get_lines()}
    assert drawn["nowcast"] == [2020, 2021, 2022, 2023, 2024]
    assert drawn["growth law"] == list(range(2025, issued + 1))
    plt.close(figure)


def test_without_a_nowcast_the_law_makes_every_year(hebei, bau):
    assumed = replace(pw.read_assumptions(), nowcast=None)
    draws = pw.sample(hebei, bau, members=10, seed=SEED, until=2030, assumptions=assumed)
    assert draws.bridge is None
    assert pw.project(hebei, bau, draws).bridged_until == 2019


def test_first_members_are_the_same_however_many_are_drawn(hebei, bau, pathways):
    few = pw.project(hebei, bau, pw.sample(hebei, bau, members=20, seed=SEED, until=2035))
    np.testing.assert_allclose(few.total(), pathways.total()[:, :20], rtol=1e-12)


def test_members_agree_whatever_the_horizon(hebei, bau, pathways):
    short = pw.project(hebei, bau, pw.sample(hebei, bau, members=20, seed=SEED, until=2022))
    assert short.bridged_until == 2022
    np.testing.assert_allclose(short.total()[0], pathways.total()[0, :20, : short.years.size], rtol=1e-12)


def test_a_bridge_ends_with_the_issue_year(hebei):
    assert list(bridge_of(hebei, pw.read_assumptions(as_of=2022), SEED, 5, 2060).years) == [2020, 2021, 2022]
    assert bridge_of(hebei, pw.read_assumptions(as_of=2019), SEED, 5, 2060) is None


def test_a_table_that_ends_before_the_inventories_follows_them_first(hebei):
    early = ended(hebei, 2016)
    assumed = pw.read_assumptions()
    bridge = bridge_of(early, assumed, SEED, 8, 2060)
    assert list(bridge.years) == list(range(2017, 2025))
    fit = assumed.nowcast
    observed = fit.observed[fit.regions.index("Hebei")]
    before = np.log(observed[-3:] / observed[-4])
    np.testing.assert_allclose(bridge.log_change[:, :3], np.tile(before, (8, 1)))
    late = bridge_of(hebei, assumed, SEED, 8, 2060)
    np.testing.assert_allclose(bridge.log_change[:, 3:] - before[-1], late.log_change)


def test_a_table_that_ends_within_the_nowcast_keeps_its_changes():
    assumed = pw.read_assumptions()
    fit = assumed.nowcast
    late = SimpleNamespace(
        park_id="x", kind="region", province="河北省", country="CN", archetype="", last_observed_year=2022,
        sectors=("park",),
    )  # fmt: skip
    whole = SimpleNamespace(**{**vars(late), "last_observed_year": 2019})
    one, two = (bridge_of(park, assumed, SEED, 8, 2060) for park in (late, whole))
    np.testing.assert_allclose(one.log_change, two.log_change[:, 3:] - two.log_change[:, 2:3])
    late.last_observed_year = int(fit.years[-1])
    assert bridge_of(late, assumed, SEED, 8, 2060) is None


def test_a_park_without_a_province_follows_its_nation(hebei):
    assumed = pw.read_assumptions(as_of=2026)
    fit, park = assumed.nowcast, pw.read_park("demo-steel")
    assert (park.country, park.province, park.last_observed_year) == ("CN", "", 2020)
    bridge = bridge_of(park, assumed, SEED, 4000, 2060)
    assert list(bridge.years) == [2021, 2022, 2023, 2024]
    # Both of its sectors make iron and steel: nation and iron from 2020 on.
    iron = fit.nation_tilts[list(fit.sector_ids).index("iron")]
    by_hand = (fit.nation_change + iron)[1:] - (fit.nation_change + iron)[0]
    np.testing.assert_allclose(bridge.middle, by_hand, atol=1e-12)
    # Its nation is that of the regions, member by member; what is left is its own, with the measured spread.
    regions = np.stack(
        [bridge_of(replace(hebei, province=name), assumed, SEED, 4000, 2060).log_change for name in fit.names]
    )
    nation = np.log(np.einsum("r,rms->ms", fit.weights, np.exp(regions)))
    own = bridge.log_change - (nation[:, 1:] - nation[:, :1] + iron[1:] - iron[0])
    at, spread = [0.05, 0.25, 0.75, 0.95], assumed.park_spread
    for step in (0, 3):
        expected = np.interp(at, spread.probabilities, spread.quantiles[step])
        np.testing.assert_allclose(np.quantile(own[:, step], at), expected, atol=0.04)


def test_an_undivided_park_does_as_its_kind_of_works():
    assumed = pw.read_assumptions(as_of=2026)
    fit, park = assumed.nowcast, pw.read_park("demo-cement")
    bridge = bridge_of(park, assumed, SEED, 5, 2060)
    cement = fit.nation_tilts[list(fit.sector_ids).index("cement")]
    np.testing.assert_allclose(bridge.tilts, [cement[1:] - cement[0]], atol=1e-12)


@pytest.mark.parametrize(("name", "last", "until"), [("eu-linz", 2018, 2022), ("eu-fawley", 2017, 2020)])
def test_a_european_table_is_bridged_as_far_as_sites_report(name, last, until):
    assumed, park = pw.read_assumptions(as_of=2026), ended(pw.read_park(name), last)
    sites, follow = assumed.park_spread.sites, assumed.park_spread.follow
    assert bridge_of(pw.read_park(name), assumed, SEED, 5, 2060) is None
    bridge = bridge_of(park, assumed, SEED, 5, 2060)
    assert list(bridge.years) == list(range(last + 1, until + 1))
    at, to = (list(sites.years).index(year) for year in (last, until))
    growth = {sector: np.log(values[to] / values[at]) for sector, values in sites.sectors.items()}
    country = np.log(sites.countries[park.country][to] / sites.countries[park.country][at])
    whole = growth["industry"] + follow[until - last - 1] * (country - growth["industry"])
    kinds = ["power" if s == "power_station" else "chp_mixed" if s == "mixed_chp" else "industry" for s in park.sectors]
    mix = np.log(sector_shares(park) @ np.exp([growth[kind] - growth["industry"] for kind in kinds]))
    assert bridge.middle[-1] == pytest.approx(whole + mix, abs=1e-12)


def test_a_country_whose_sites_are_few_follows_its_continent():
    sites = pw.read_assumptions().park_spread.sites
    assert sites.last_of("EE") == 2022
    assert (sites.growth("EE", 2015, 2020)[1] == 0).all()
    assert (sites.growth("DE", 2015, 2020)[1] != 0).all()
    assert sites.last_of("US") is None


def test_where_nothing_is_known_nothing_is_bridged(hebei):
    assumed = pw.read_assumptions()
    assert bridge_of(pw.read_park("region-d"), assumed, SEED, 5, 2060) is None
    assert bridge_of(replace(hebei, province="西藏"), assumed, SEED, 5, 2060) is None
    without = replace(assumed, park_spread=None)
    assert bridge_of(as_park(hebei, "one"), without, SEED, 5, 2060) is None
    assert bridge_of(hebei, without, SEED, 5, 2060) is not None


def test_parks_share_nation_and_province_and_have_their_own_departure(hebei):
    assumed, members = pw.read_assumptions(), 4000
    one, two = (bridge_of(as_park(hebei, name), assumed, SEED, members, 2060) for name in ("one", "two"))
    own = one.log_change - two.log_change
    # The shared part cancels: what is left is the difference of two independent departures.
    spread = assumed.park_spread
    wide = np.interp(0.75, spread.probabilities, spread.quantiles[4]) - np.interp(
        0.25, spread.probabilities, spread.quantiles[4]
    )
    found = np.subtract(*np.quantile(one.log_change[:, 4] - one.middle[4], [0.75, 0.25]))
    assert found == pytest.approx(wide, rel=0.15)
    assert own.std(axis=0)[4] > one.log_change.std(axis=0)[4]
    shared = (one.log_change + two.log_change) / 2
    assert np.corrcoef(shared[:, 0], shared[:, 1])[0, 1] > 0.4


def test_centre_of_a_park_is_nation_and_a_part_of_its_province(hebei):
    assumed = pw.read_assumptions()
    fit, spread = assumed.nowcast, assumed.park_spread
    bridge = bridge_of(as_park(hebei, "one"), assumed, SEED, 5, 2060)
    weights = fit.weights[:, None]
    row = fit.regions.index("Hebei")
    departure = fit.centre[row] - np.log(np.sum(weights * np.exp(fit.centre), axis=0))
    # Its sectors do as the nation's, weighted by their emissions: 36 % power, 45 % iron, 4 % cement.
    kinds = [position_of(name, "", fit.sector_ids) for name in hebei.sectors]
    weighted = np.bincount(kinds, weights=sector_shares(hebei))
    assert weighted == pytest.approx([0.361, 0.452, 0.043, 0.144], abs=0.001)
    mix = np.log(weighted @ np.exp(fit.nation_tilts))
    np.testing.assert_allclose(bridge.middle, fit.nation_change + spread.follow[:5] * departure + mix, atol=1e-12)


def test_sectors_of_a_park_add_up_to_its_bridge(bau):
    park = replace(pw.read_park("demo-steel"), province="河北", kind="park")
    draws = pw.sample(park, bau, members=12, seed=SEED, until=2030)
    drawn, flat = without_factor_errors(draws), np.ones((draws.members, park.years.size + draws.years.size))
    paths = free_paths(park, drawn, slice(None), pw.read_assumptions(), (flat, flat))
    known, count = park.years.size, draws.bridged
    assert count == 4
    energy = paths.activity * paths.intensity
    grown = energy[..., known : known + count] / energy[..., known - 1 : known]
    whole = np.einsum("s,msy->my", sector_shares(park), grown)
    np.testing.assert_allclose(np.log(whole), draws.bridge.log_change, atol=1e-12)
    # Iron did worse than the rest of the nation, and so do the park's ironworks.
    iron, rest = park.sectors.index("ironmaking"), [s for s, n in enumerate(park.sectors) if n != "ironmaking"]
    assert pw.read_assumptions().nowcast.nation_tilts[1, -1] < 0
    assert len(rest) > 0
    assert (grown[:, iron, -1] <= grown[:, rest, -1].max(axis=1) + 1e-12).all()


def test_errors_of_factors_move_shares_of_sectors_and_not_the_sum(hebei):
    """By hand: with the coal factor half as high again, the coal of each sector counts half as much again."""
    errors = {group: np.ones((2, 1)) for group in {*hebei.groups, "process"}}
    errors["coal"] = np.array([[1.0], [1.5]])
    emitted = hebei.energy[..., -1] * hebei.factors[..., -1]
    coal = emitted[:, [group == "coal" for group in hebei.groups]].sum(axis=1)
    whole = emitted.sum(axis=1)
    for process, output, factor in zip(hebei.processes, hebei.outputs, hebei.process_factors, strict=True):
        whole[process.sector] += output[-1] * factor[-1]
    wanted = [whole / whole.sum(), (whole + 0.5 * coal) / (whole + 0.5 * coal).sum()]
    assert abs(wanted[1] - wanted[0]).max() > 0.005
    np.testing.assert_allclose(sector_shares(hebei, errors), wanted, rtol=1e-12)
    np.testing.assert_allclose(sector_shares(hebei), wanted[0], rtol=1e-12)


@pytest.mark.parametrize("law", [None, "parks_0_2"])
def test_a_region_follows_its_nowcast_whichever_law_leads(hebei, bau, law):
    assumed = pw.read_assumptions() if law is None else pw.with_law(pw.read_assumptions(), law)
    draws = pw.sample(hebei, bau, members=10, seed=SEED, until=2030, assumptions=assumed)
    pathways = pw.project(hebei, bau, draws, assumptions=assumed)
    at = pathways.years.tolist().index(2019)
    grown = np.log(pathways.total()[0][:, at + 1 : at + 6] / pathways.total()[0][:, at : at + 1])
    np.testing.assert_allclose(grown, draws.bridge.log_change, atol=1e-12)


def test_shares_of_sectors_sum_to_one_even_without_emissions(hebei):
    assert sector_shares(hebei).sum() == pytest.approx(1.0)
    still = replace(hebei, factors=np.zeros_like(hebei.factors), process_factors=np.zeros_like(hebei.process_factors))
    assert sector_shares(still).sum() == pytest.approx(1.0)


def test_a_bridge_that_does_not_begin_the_years_is_refused(hebei, bau):
    draws = pw.sample(hebei, bau, members=3, seed=1, until=2030)
    wrong = Bridge(np.array([2021]), np.zeros((3, 1)), np.zeros(1), np.zeros((1, 1)), "elsewhere")
    with pytest.raises(RecordError, match="does not begin"):
        replace(draws, bridge=wrong)
