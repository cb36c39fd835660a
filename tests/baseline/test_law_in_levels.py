"""The law in levels: what each level claims, and that levels and drivers add up."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from builders import BAU, SEED

import pathway_models as pw
from pathway_models.baseline.laws import levels
from pathway_models.baseline.laws.levels import SHAPE_NORMALS, Level, Levels, brownian, shaped
from pathway_models.baseline.laws.register import laws_of
from pathway_models.baseline.plans import baseline_paths
from pathway_models.baseline.windows import rolling_origins
from pathway_models.kernels.growth import SHAPE, fit_horizons, forecast_horizons, weighted_quantiles
from pathway_models.records.growth_laws import FreshNormals, History

STEPS = 6


@pytest.fixture(scope="module")
def walks():
    """Random walks with a drift of their own noise: a panel whose truth is known."""
    rng = np.random.default_rng(5)
    noise = np.exp(rng.normal(-3.0, 0.5, (300, 1)))
    logs = np.cumsum(0.02 + noise * rng.standard_normal((300, 20)), axis=1)
    return rolling_origins(logs, np.arange(2000, 2020), 8, STEPS)


def test_a_level_finds_the_drift_and_the_noise_of_each_record(walks):
    fit = Level().fit([walks])
    found = fit.forecast(walks.history, STEPS)
    assert np.mean(found.quantiles([0.5])[:, 4]) == pytest.approx(0.10, abs=0.02)
    noisy = np.diff(walks.log_history, axis=1).std(axis=1) > 0.06
    assert found.scale[noisy].mean() > 1.5 * found.scale[~noisy].mean()


def test_bands_of_entities_left_out_hold_what_they_say(walks):
    held = walks.entity % 3 == 0
    found = Level().fit([walks.take(~held)]).forecast(walks.take(held).history, STEPS)
    pit = found.pit(walks.take(held).change)
    known = np.isfinite(pit)
    assert np.mean(np.abs(pit[known] - 0.5) <= 0.45) == pytest.approx(0.9, abs=0.02)
    crps = found.crps(walks.take(held).change)
    assert (crps[known] > 0).all()


def test_paths_have_the_spread_of_the_forecast_at_every_horizon(walks):
    fit, one = Level().fit([walks]), walks.take(np.array([7]))
    paths = fit.simulate(one.history, STEPS, FreshNormals(np.random.default_rng(1), (1, 20_000), STEPS))[0]
    wanted = fit.forecast(one.history, STEPS).quantiles([0.1, 0.5, 0.9])[0]
    assert np.allclose(np.quantile(paths, [0.1, 0.5, 0.9], axis=0).T, wanted, atol=0.01)
    # A path wanders like a Brownian motion: neighbouring horizons go together.
    assert np.corrcoef(paths[:, 0], paths[:, 1])[0, 1] == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_beyond_the_last_knot_the_centre_stays_and_errors_grow_by_the_stated_power(walks):
    fit = replace(Level(), widening=0.42).fit([walks])
    found = fit.forecast(walks.take(np.array([0])).history, 20)
    last = fit.fitted.knots[-1]
    assert np.allclose(found.centre[0, last - 1 :], found.centre[0, last - 1])
    assert found.scale[0, 19] / found.scale[0, last - 1] == pytest.approx((20 / last) ** 0.42)


def test_what_is_not_known_of_a_record_says_nothing():
    rng = np.random.default_rng(2)
    x, knots = rng.normal(size=(400, 2)), np.array([1])
    y = (0.5 * x[:, 0] + 0.1 * rng.normal(size=400))[:, None]
    fit = fit_horizons(x, x, y, knots, np.arange(400) % 5, np.ones(400))
    blank = np.array([[0.0, np.nan], [np.nan, np.nan]])
    found = forecast_horizons(fit, blank, blank, 1)
    assert found.centre[1, 0] == pytest.approx(np.mean(y), abs=0.02)
    assert found.centre[0, 0] == pytest.approx(fit.centre[0, 0] - fit.centre[0, 1] * fit.x_mean[0] / fit.x_sd[0])


def test_nothing_can_be_fitted_to_nothing():
    with pytest.raises(ValueError, match="too few records"):
        fit_horizons(
            np.zeros((4, 1)), np.zeros((4, 1)), np.full((4, 1), np.nan), np.array([1]), np.zeros(4), np.ones(4)
        )


def test_quantiles_follow_their_weights():
    assert weighted_quantiles([1.0, 2.0], [0.5], [1.0, 3.0])[0] == pytest.approx(1.75)


def test_a_shape_is_read_at_its_own_normals():
    shape = np.sort(np.random.default_rng(0).normal(size=(3, SHAPE.size)))
    assert np.allclose(shaped(np.repeat(SHAPE_NORMALS[:, None], 3, axis=1), shape), shape.T)
    assert brownian(np.ones((1, 4)))[0].tolist() == pytest.approx([1.0, np.sqrt(2), np.sqrt(3), 2.0])


# --- parks and regions


def drawn(park, members=400, until=2060, **more):
    draws = pw.sample(park, [BAU], members=members, seed=SEED, until=until, **more)
    return baseline_paths(park, draws, slice(None), pw.read_assumptions())


@pytest.fixture(scope="module")
def steel():
    return drawn(pw.read_park("demo-steel"))


def test_activity_and_intensity_add_up_to_the_law_of_emissions(steel):
    energy = steel.activity * steel.intensity
    growth = energy[..., 5:] / energy[..., 4:5]
    # The sectors of a park share its growth, and its mix stays.
    assert np.allclose(growth[:, 0], growth[:, 1])
    assert np.allclose(steel.shares[..., 5:], steel.shares[..., 4:5])


def test_years_of_the_nation_that_are_known_are_the_same_in_every_member():
    """2021-2024: what the nation did is certain, so that parks spread less than half a nation more."""
    china = pw.read_assumptions().levels.nations["CN"]
    assert china.origin == 2024
    law = pw.read_assumptions()
    park = History(np.log(np.array([100.0, 104, 103, 108, 110])), 2020, country="CN", kind="park")
    shock = np.random.default_rng(0).standard_normal((50, 10))
    change, past = laws_of(law)["emissions"].nation(park, 10, shock)
    assert np.ptp(change[:, :4], axis=0).max() == 0.0
    assert np.ptp(change[:, 4:], axis=0).min() > 0.0
    known = china.emissions[np.searchsorted(china.years, [2020, 2024])]
    assert change[0, 3] == pytest.approx(known[1] - known[0])
    assert past[-1] == 0.0


def test_provinces_add_up_to_the_nation_member_by_member():
    """Weighted by the last year known of all, what they do beyond the nation is nothing."""
    shipped = pw.read_assumptions().levels
    law = laws_of(pw.read_assumptions())["emissions"]
    rng, steps = np.random.default_rng(3), 12
    shocks = {f"region:{name}": rng.standard_normal((40, steps)) for name in shipped.regions}
    nation = rng.standard_normal((40, steps))

    class Normals:
        def yearly(self, name):
            return nation if name == "nation" else shocks[name]

    total, base = 0.0, 0.0
    for name, record in shipped.regions.items():
        history = History(record.emissions, record.origin, province=name, kind="region", country="CN")
        total = total + np.exp(record.emissions[-1]) * np.exp(law.simulate(history, steps, Normals()))
        base += np.exp(record.emissions[-1])
    change, _ = law.nation(History(np.zeros(5), 2019, country="CN", kind="region"), steps, nation)
    assert np.allclose(total / base, np.exp(change))


ABOVE = ("nation", "region", "economy")


@pytest.mark.parametrize("same", [("nation",), ABOVE, (*ABOVE, "shock")])
def test_draws_that_all_members_share_give_what_those_of_each_give(same):
    """Where a stream is one array broadcast to all members it is worked out once; the numbers are the same bits."""
    law = laws_of(pw.read_assumptions())["emissions"]
    park = History(np.log(np.array([100.0, 104, 103, 108, 110])), 2020, country="CN", kind="park")
    rng = np.random.default_rng(4)
    own = {name: rng.standard_normal((30, 9)) for name in (*ABOVE, "shock")}
    shared = own | {name: np.broadcast_to(own[name][:1], (30, 9)) for name in same}
    of_each = {name: np.ascontiguousarray(values) for name, values in shared.items()}
    once, by_member = (SimpleNamespace(yearly=drawn.__getitem__) for drawn in (shared, of_each))
    emissions = law.simulate(park, 9, by_member)
    assert np.array_equal(law.simulate(park, 9, once), emissions)
    found = law.activity(park, 9, once, emissions)
    assert np.array_equal(np.broadcast_to(found, emissions.shape), law.activity(park, 9, by_member, emissions))


def test_the_correction_of_provinces_is_that_of_the_law_in_use():
    """Corrections are cached; those of a law that is gone must not serve another one with the same draws."""
    shipped = pw.read_assumptions().levels
    fit, (place, record) = shipped.fits["region"], next(iter(shipped.regions.items()))
    history = History(record.emissions, record.origin, province=place, kind="region", country="CN")
    draws = {f"region:{name}": np.full((5, 3), 0.1 * at) for at, name in enumerate(shipped.regions)}
    normals = SimpleNamespace(yearly=lambda name: draws.get(name, np.zeros((5, 3))))

    def simulated(width):
        law = Levels(replace(shipped, fits={**shipped.fits, "region": replace(fit, shape=width * fit.shape)}))
        return law.simulate(history, 3, normals)

    expected = []
    for width in range(1, 13):
        levels._raked.clear()
        expected.append(simulated(width))
    levels._raked.clear()
    assert np.array_equal([simulated(width) for width in range(1, 13)], expected)


def test_parks_of_one_province_share_their_region_and_those_of_none_do_not():
    steel, cement = (pw.read_park(name) for name in ("demo-steel", "demo-cement"))
    together = [replace(park, province="河北") for park in (steel, cement)]
    for parks, are_equal in ((together, True), ((steel, cement), False)):
        first, second = (pw.sample(park, [BAU], members=8, seed=SEED).shocks["province:region"] for park in parks)
        assert np.array_equal(first, second) == are_equal


def test_the_far_spread_is_bounded():
    park = pw.read_park("demo-steel")
    total = pw.project(park, [BAU], pw.sample(park, [BAU], members=400, seed=SEED)).total()[0]
    low, middle, high = np.quantile(total[:, -1] / total[:, 4], [0.05, 0.5, 0.95])
    assert 0.5 < middle < 2.0
    # The law of 0.2 had 20 and more between the ends.
    assert high / low < 12.0
