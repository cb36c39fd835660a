"""Growth laws: found by name, scored by the same hindcasts, drawn from for parks; a new one is one file."""

import importlib.util
import re
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from builders import BAU, SEED
from click.testing import CliRunner
from data_reading import ROOT
from test_hindcast import panel_of

import pathway_models as pw
from pathway_models.baseline.laws.benchmarks import POINT_RULES
from pathway_models.baseline.laws.damped_trend import ASSUMED_PATH, FITTED_PRIOR, RIVAL
from pathway_models.baseline.laws.levels import LEVELS
from pathway_models.baseline.laws.register import law_named, law_names, laws_of, register
from pathway_models.baseline.plans import baseline_paths
from pathway_models.baseline.windows import Subject
from pathway_models.cli.main import main
from pathway_models.core.errors import PathwayError
from pathway_models.hindcast.evaluation import hindcast_windows, simulate, summarise
from pathway_models.records.growth_laws import FreshNormals, History, Windows

STEPS = 8


@pytest.fixture(scope="module")
def panel():
    rng = np.random.default_rng(3)
    return panel_of(np.cumsum(rng.normal(0.03, 0.08, (12, 24)), axis=1), first=1990)


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """The law of the recipe "Add a growth law", registered from a file of its own."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a growth law")[2]
    code, *_ = re.findall(r"```python\n(.*?)```", text.partition("\n## ")[0], flags=re.DOTALL)
    file = tmp_path_factory.mktemp("laws") / "fading_growth.py"
    file.write_text(textwrap.dedent(code), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("fading_growth", file)
    module = sys.modules["fading_growth"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return "fading_growth"


@pytest.fixture(scope="module")
def recipe_assumptions(recipe):
    return pw.with_law(pw.read_assumptions(), recipe)


def old_law():
    """Assumptions under the law that parks had in version 0.2."""
    return pw.with_law(pw.read_assumptions(), RIVAL)


# --- the recipe


def test_a_new_law_is_scored_by_the_hindcasts_of_all_others(recipe, panel):
    table = summarise(hindcast_windows(Subject(panel), 5, 3, seed=1, folds=3, law=recipe), (1, 3))
    assert table.coverage_90.between(0.8, 0.98).all()
    assert table.forecasts.min() > 100
    assert (table.crps > 0).all()


def test_a_law_is_not_taught_by_a_panel_that_begins_later(recipe, panel):
    rng = np.random.default_rng(4)
    later = Subject(panel_of(np.cumsum(rng.normal(0.03, 0.08, (12, 12)), axis=1), first=2002))
    cast = hindcast_windows(Subject(panel), 5, 3, "future", seed=1, law=recipe, teachers=[later])
    assert cast.windows.origin.min() < 2002
    assert all(np.isfinite(law.sd) for law in cast.laws)


@pytest.mark.parametrize("name", POINT_RULES)
def test_paths_of_a_rule_go_on_where_the_panel_knows_no_error_yet(panel, name):
    cast = hindcast_windows(Subject(panel), 5, 15, "future", seed=1, law=name)
    known = [np.isfinite(law.errors).all(axis=-1).sum() for law in cast.laws]
    assert min(known) < 6
    paths = simulate(cast, np.arange(len(cast.windows)), 6, 20, np.random.default_rng(1))
    assert np.isfinite(paths).all()


@pytest.mark.slow
def test_a_new_law_has_a_report_card_of_its_own_in_the_command(recipe, panel, tmp_path):
    rows = [(e, y, v) for e, line in zip(panel.entities, panel.values["emissions_tco2"], strict=True)
            for y, v in zip(panel.years, line, strict=True)]  # fmt: skip
    table = tmp_path / "mine.csv"
    pd.DataFrame(rows, columns=["entity", "year", "emissions_tco2"]).to_csv(table, index=False)
    words = ["hindcast", "--panel", table, "--law", recipe, "--quick", "--record", "5", "--horizon", "6"]
    result = CliRunner().invoke(main, [*map(str, words), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "mine, fading_growth, law own, region held out, 5 years" in result.output
    for name in ("summary", "deciles", "peaks", "reliability"):
        written = pd.read_csv(tmp_path / "out" / f"hindcast_{name}.csv")
        assert set(written.growth_law) == {recipe}, name
        assert set(written.law) == {"own", "parks"}, name


@pytest.mark.slow
def test_a_park_is_projected_by_a_new_law_and_says_so(recipe_assumptions, region_d, scenarios):
    chosen = scenarios.pick(["bau", "deep"])
    draws = pw.sample(region_d, chosen, members=300, seed=SEED, assumptions=recipe_assumptions)
    pathways = pw.project(region_d, chosen, draws)
    assert pathways.assumptions.startswith("own (")
    assert np.isfinite(pathways.emissions).all()
    shipped = pw.project(region_d, chosen, pw.sample(region_d, chosen, members=300, seed=SEED))
    # Growth of the record fades within years: the median of 2060 lies below that of the shipped law.
    assert np.median(pathways.total()[0, :, -1]) != pytest.approx(np.median(shipped.total()[0, :, -1]), rel=0.02)
    assert pw.find_peaks(pathways).p_peaked_by(2029)[1] >= pw.find_peaks(pathways).p_peaked_by(2029)[0]


@pytest.mark.slow
def test_what_a_law_shares_is_drawn_once_for_all_parks(recipe_assumptions, shipped_parks):
    chosen = [BAU]
    parks = [shipped_parks[name] for name in ("demo-steel", "demo-cement")]
    alone, shared = [], []
    for park in parks:
        for assumptions, found in ((old_law(), alone), (recipe_assumptions, shared)):
            draws = pw.sample(park, chosen, members=2000, seed=SEED, assumptions=assumptions)
            paths = baseline_paths(park, draws, slice(None), assumptions)
            found.append(np.log(paths.activity[:, 0, -1]))
            if assumptions is recipe_assumptions:
                assert "shared:nation" in draws.shocks
    # Half of the variance is the nation's; the law of version 0.2 has the share of `shared_activity`, .13.
    assert np.corrcoef(shared)[0, 1] == pytest.approx(0.5 + 0.5 * 0.1307, abs=0.06)
    assert np.corrcoef(alone)[0, 1] == pytest.approx(0.13, abs=0.06)


def test_draws_of_one_law_do_not_serve_another_that_needs_more(recipe_assumptions, region_d):
    draws = pw.sample(region_d, [BAU], members=3, seed=SEED, assumptions=old_law())
    with pytest.raises(PathwayError, match="nation was not drawn; sample with these assumptions"):
        pw.project(region_d, [BAU], draws, assumptions=recipe_assumptions)


# --- the register


def test_laws_are_found_by_name():
    assert {ASSUMED_PATH, FITTED_PRIOR, RIVAL, LEVELS, "persistence", "log_trend", "damped_holt", "regression"} <= set(
        law_names()
    )
    with pytest.raises(PathwayError, match=r"no growth law 'rising'; registered are .*persistence"):
        law_named("rising")
    result = CliRunner().invoke(main, ["hindcast", "--law", "rising", "--panel", "provinces"])
    assert result.exit_code != 0
    assert "no growth law 'rising'" in result.output


def test_a_name_is_registered_once():
    def other(use, assumptions):
        raise NotImplementedError

    with pytest.raises(PathwayError, match="registered already"):
        register("persistence")(other)


def test_a_law_without_parameters_must_be_fitted_before_parks_use_it():
    with pytest.raises(PathwayError, match=r"has no parameters for .*pw.with_law"):
        laws_of(replace(pw.read_assumptions(), law="persistence"))


def test_the_two_damped_trends_differ_in_what_growth_returns_to(region_d):
    shipped = old_law()
    fitted = replace(shipped, law=FITTED_PRIOR)
    assert laws_of(shipped)["activity"].long_run == shipped.baselines.knots["activity"]
    assert laws_of(fitted)["activity"].long_run is None
    draws = pw.sample(region_d, [BAU], members=200, seed=SEED, assumptions=shipped)
    last = [np.median(baseline_paths(region_d, draws, slice(None), one).activity[..., -1]) for one in (shipped, fitted)]
    # The shipped path falls from 5 to 2 % growth of activity, the panel's is 3.5 %.
    assert last[0] != pytest.approx(last[1], rel=0.01)


# --- every law by the same hindcasts


@pytest.mark.parametrize("name", sorted({*POINT_RULES, "regression"}))
def test_benchmarks_run_as_laws_and_score_what_they_score_as_rivals(name, panel):
    cast = hindcast_windows(Subject(panel), 5, 4, seed=1, folds=3, law=name)
    own = cast.crps
    if name in cast.rivals:
        np.testing.assert_array_equal(own, cast.rivals[name])
    known = np.isfinite(cast.windows.change)
    assert np.isfinite(own[known]).all()
    assert np.isnan(own[~known]).all()
    table = summarise(cast, (1, 4))
    assert table.coverage_90.between(0.7, 0.97).all()
    assert (table.half_width_90 > 0).all()


def test_the_regression_finds_the_share_of_the_slope_that_goes_on():
    rng = np.random.default_rng(1)
    slope = rng.normal(0.02, 0.05, (300, 1))
    time, ahead = np.arange(-4.0, 1.0), np.arange(1.0, 4.0)
    change = 0.01 * ahead + 0.5 * slope * ahead
    windows = Windows(np.arange(300), np.full(300, 2010), slope * time, change)
    fitted = law_named("regression").fit([windows])
    np.testing.assert_allclose(fitted.coefficients, np.outer(ahead, [0.01, 0.5]), atol=1e-9)
    # Beyond the horizon it was fitted to, the expected change grows with the years.
    np.testing.assert_allclose(fitted.points(windows.log_history, 6)[:, 5], 2.0 * change[:, 2], atol=1e-9)


def test_the_long_run_growth_assumed_is_that_of_the_years_after_each_origin(panel):
    law = law_named(ASSUMED_PATH, assumptions=pw.read_assumptions())
    record = np.zeros((2, 5)) + 0.01 * np.arange(5)
    early, late = law.forecast(History(record, np.array([2000, 2060])), 30).centre
    # Growth assumed is .022 until 2022 and -.003 from 2060 on.
    assert early[-1] - early[-2] == pytest.approx(0.022 - 0.025 * 8 / 38, abs=1e-3)
    assert late[-1] - late[-2] == pytest.approx(-0.003, abs=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["persistence", "regression", FITTED_PRIOR])
def test_paths_spread_as_the_forecast_says(name, panel):
    windows = Subject(panel).windows(5, STEPS)
    law = law_named(name).fit([windows])
    one = windows.take(np.array([7])).history
    rng = np.random.default_rng(0)
    paths = law.simulate(one, STEPS, FreshNormals(rng, (1, 20_000), STEPS))[0]
    asked = np.array([0.1, 0.5, 0.9])
    said = law.forecast(one, STEPS).quantiles(asked)[0]
    np.testing.assert_allclose(np.quantile(paths, asked, axis=0).T, said, atol=0.012)


def test_columns_beside_the_quantity_are_cut_along_and_absent_ones_are_missing(panel):
    values = {**panel.values, "gdp": 2.0 * panel.values["emissions_tco2"]}
    other = type(panel)(panel.name, panel.entities, panel.groups, panel.years, values)
    windows = Subject(other).windows(5, 3, ("gdp", "population"))
    np.testing.assert_allclose(windows.covariates["gdp"], windows.log_history + np.log(2.0))
    assert np.isnan(windows.covariates["population"]).all()
    kept = windows.known_by(2003).take(np.array([2, 0]))
    assert kept.history.covariates["gdp"].shape == (2, 5)
    np.testing.assert_array_equal(Windows.joined([kept, kept]).covariates["gdp"][:2], kept.covariates["gdp"])
