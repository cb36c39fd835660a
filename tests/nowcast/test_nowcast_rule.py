"""The rule of docs/nowcast.md on tables whose answer is known, and what is stored is what the rule gives."""

import numpy as np
import pytest

from pathway_models.baseline.bridges import errors, raked, region_paths, walk_correlation
from pathway_models.core.errors import InputError
from pathway_models.intake.fitted import read_activity, read_nowcast
from pathway_models.nowcast.scoring import HORIZONS, LAST_YEAR, NATIONAL, REGIONS, score
from pathway_models.nowcast.site_changes import PRIOR, SECTORS, Changes, fit_nowcast, held_out_centre, windows
from pathway_models.records.nowcast import RegionalActivity

YEARS = np.arange(2000, 2013)
TRUE = {"power": 0.5, "iron": 0.9, "cement": 1.0, "rest": 0.25}


def invented(elasticity=TRUE, regions=12, seed=1):
    """Regions whose sectors do exactly what the rule says, the nation's rest growing 3 % a year."""
    rng = np.random.default_rng(seed)
    output = {
        column: np.exp(np.cumsum(rng.normal(0.03, 0.05, (regions, YEARS.size)), axis=1))
        for column in ("thermal_gwh", "pig_iron_t", "cement_t")
    }
    behind = dict(zip(SECTORS, ("thermal_gwh", "pig_iron_t", "cement_t", "cement_t"), strict=True))
    size = rng.uniform(5e6, 5e7, (len(SECTORS), regions))
    sectors = np.empty((len(SECTORS), regions, YEARS.size))
    sectors[..., 0] = size
    for y in range(1, YEARS.size):
        for s, name in enumerate(SECTORS):
            growth = np.log(output[behind[name]][:, y] / output[behind[name]][:, y - 1])
            mean = growth @ sectors[s, :, y - 1] / sectors[s, :, y - 1].sum()
            nation = mean if name != "rest" else 0.03
            sectors[s, :, y] = sectors[s, :, y - 1] * np.exp(nation + elasticity[name] * (growth - mean))
    values = {f"co2_{name}_t": sectors[s] for s, name in enumerate(SECTORS[:3])} | output
    values["crude_steel_t"] = np.full((regions, YEARS.size), np.nan)
    names = tuple(f"r{at:02d}" for at in range(regions))
    total = sectors.sum(axis=0)
    return RegionalActivity(names, names, YEARS, total, values, 2.0 * total.sum(axis=0))


def test_elasticities_are_found_where_sectors_follow_the_rule():
    changes = windows(invented(), 1, first=2000)
    found = changes.elasticities(np.ones(changes.total.shape, bool))
    # Ten of 144 windows are the prior's.
    share = 10 / (10 + changes.total.size)
    expected = [(1 - share) * TRUE[name] + share * PRIOR[name] for name in SECTORS]
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_centre_of_a_year_is_the_sum_of_its_sectors():
    activity = invented()
    changes = Changes(activity, 1, np.array([2005]))
    elasticity = np.array([TRUE[name] for name in SECTORS])
    centre = changes.centre(elasticity)[0]
    # Emissions were made by this very rule but for the rest of the nation, whose growth is not in the centre.
    assert np.sum(changes.weights[0] * np.exp(centre)) == pytest.approx(1.0)
    before, after = activity.emissions[:, 5], activity.emissions[:, 6]
    rest = before - sum(activity.values[f"co2_{name}_t"][:, 5] for name in SECTORS[:3])
    g = np.log(activity.values["cement_t"][:, 6] / activity.values["cement_t"][:, 5])
    own = rest * np.exp(TRUE["rest"] * (g - g @ rest / rest.sum()))
    without_growth = after - own * np.exp(0.03) + own
    by_hand = np.log(without_growth / before)
    by_hand -= np.log(without_growth.sum() / before.sum())
    np.testing.assert_allclose(centre, by_hand, atol=1e-12)


def test_a_region_whose_output_is_missing_moves_as_the_nation():
    activity = invented()
    thermal = activity.values["thermal_gwh"].copy()
    thermal[3, 6] = np.nan
    lacking = RegionalActivity(
        activity.regions, activity.names, activity.years, activity.emissions.copy(),
        {**{k: v.copy() for k, v in activity.values.items()}, "thermal_gwh": thermal}, activity.nation.copy(),
    )  # fmt: skip
    changes = Changes(lacking, 1, np.array([2005]))
    assert changes.departure[0, 0, 3] == 0
    assert np.isnan(changes.output[0, 0, 3])
    assert changes.departure[0, 0, 2] != 0


def test_crude_steel_stands_for_iron_only_where_iron_is_missing():
    activity = read_activity()
    beijing = activity.regions.index("Beijing")
    changes = Changes(activity, 1, np.array([2008]))
    steel = activity.values["crude_steel_t"][beijing]
    at = activity.at(2008)
    assert np.isnan(activity.values["pig_iron_t"][beijing, at])
    assert changes.output[1, 0, beijing] == pytest.approx(np.log(steel[at + 1] / steel[at]))


def test_wind_power_after_2017_is_missing_and_not_zero():
    activity = read_activity()
    wind = activity.values["wind_gwh"]
    assert np.isnan(wind[:, activity.at(2018) :]).all()
    assert not (wind == 0).any()


def test_what_is_stored_is_what_the_rule_gives():
    stored, fitted = read_nowcast(), fit_nowcast(read_activity())
    assert (stored.regions, stored.names, stored.version) == (fitted.regions, fitted.names, fitted.version)
    for name in ("observed", "centre", "quantiles", "correlation", "nation_change", "nation_error"):
        np.testing.assert_allclose(getattr(stored, name), getattr(fitted, name), rtol=1e-9, atol=1e-9, err_msg=name)


def test_no_region_teaches_itself():
    """Changing what a region did changes the forecasts of other folds only."""
    activity = read_activity()
    moved = activity.emissions.copy()
    moved[0, activity.at(2010) :] *= 1.5
    other = RegionalActivity(
        activity.regions, activity.names, activity.years, moved,
        {name: array.copy() for name, array in activity.values.items()}, activity.nation.copy(),
    )  # fmt: skip
    before, after = (windows(one, 1) for one in (activity, other))
    known = np.ones(before.origins.size, bool)
    # Origin 2009: shares of that year are the same in both.
    at = int(np.flatnonzero(before.origins == 2009)[0])
    one, two = held_out_centre(before, known)[at], held_out_centre(after, known)[at]
    same_fold = np.arange(30) % 6 == 0
    np.testing.assert_allclose(one[same_fold] - one[0], two[same_fold] - two[0], atol=1e-12)
    assert np.abs(one - two)[~same_fold].max() > 1e-6


def test_errors_have_the_quantiles_they_are_drawn_from():
    normals = np.random.default_rng(3).standard_normal((20_000, 1))
    probabilities = np.array([0.005, 0.25, 0.5, 0.75, 0.995])
    drawn = errors(normals, probabilities, np.array([[-0.5, -0.1, 0.0, 0.2, 0.6]]))
    np.testing.assert_allclose(np.quantile(drawn, [0.25, 0.5, 0.75]), [-0.1, 0.0, 0.2], atol=0.01)
    assert drawn.min() >= -0.5
    assert drawn.max() <= 0.6


def test_every_member_adds_up_to_its_nation():
    fit = read_nowcast()
    rng = np.random.default_rng(4)
    own, nation = rng.standard_normal((30, 50, 5)), rng.standard_normal((50, 5))
    paths = region_paths(fit, own, nation)
    total = np.log(np.einsum("r,rms->ms", fit.weights, np.exp(paths)))
    drift = nation @ np.linalg.cholesky(walk_correlation(5)).T
    np.testing.assert_allclose(total, fit.nation_change + fit.nation_error * drift, atol=1e-12)


def test_raking_keeps_differences_between_regions():
    change, weights = np.array([0.1, -0.2, 0.4]), np.array([0.5, 0.3, 0.2])
    shifted = raked(change, weights)
    np.testing.assert_allclose(np.diff(shifted), np.diff(change))
    assert weights @ np.exp(shifted) == pytest.approx(1.0)


@pytest.mark.slow
def test_both_benchmarks_are_beaten_and_bands_hold():
    table = score(read_activity())
    assert list(table["horizon"]) == [*HORIZONS, *HORIZONS]
    assert (table[[f"skill_{LAST_YEAR}", f"skill_{NATIONAL}"]] > 0.2).all(axis=None)
    assert (table[[f"mae_skill_{LAST_YEAR}", f"mae_skill_{NATIONAL}"]] > 0.2).all(axis=None)
    own = table[table["holdout"] == REGIONS].set_index("horizon")
    for level, within in ((50, 0.06), (80, 0.04), (90, 0.03)):
        assert (own[f"coverage_{level}"] - level / 100).abs().max() < within
    # The yardstick: a plain index had .68 and .051 after one year, .81 over five.
    assert own.loc[1, "correlation"] > 0.74
    assert own.loc[1, "residual_sd"] < 0.046
    assert own.loc[5, "correlation"] > 0.85


def test_a_table_without_a_column_is_refused_by_its_name(tmp_path, monkeypatch):
    (tmp_path / "china").mkdir()
    (tmp_path / "china" / "provinces.csv").write_text("province,year,co2_t\nHebei,2019,1\n", encoding="utf-8")
    (tmp_path / "china" / "nation.csv").write_text("year,co2_t\n2019,1\n", encoding="utf-8")
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
    with pytest.raises(InputError) as refused:
        read_activity()
    assert "thermal_gwh" in str(refused.value)
    assert "cement_t" in str(refused.value)


def test_a_stored_fit_whose_lists_do_not_match_is_refused(tmp_path, monkeypatch):
    text = "version: '1'\nunits: log\nfirst_observed: 2018\nyears: [2020]\nsectors: {rest: []}\n"
    text += "nation: {change: [0.1], error: [0.1], tilts: [[0.0]], source: x}\n"
    text += "errors: {probabilities: [0.1, 0.9], quantiles: {1: [0.0]}, correlation: [[1.0]], source: x}\n"
    text += "regions: {A: {name: 甲, observed: [1.0, 1.0], centre: [0.0], tilts: [[0.0]]}}\n"
    (tmp_path / "nowcast.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("PATHWAY_DATA", str(tmp_path))
    with pytest.raises(InputError, match="quantiles"):
        read_nowcast()
