"""The cheapest package for a core indicator: that of a projection, of all packages the cheapest, or out of reach."""

import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from package_grids import small_grid

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.compliance.judging import core_ahead
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.indicator_packages import IndicatorEngine, cheapest_for_indicator
from pathway_models.decisions.priced_grid import PricedGrid
from pathway_models.intake.costs import read_costs
from pathway_models.intake.rules import read_profile
from pathway_models.records.inventory import Limit

YEAR, MEMBERS, SEED = 2040, 40, 20240401


def eased(limit):
    """The profile of zero-carbon parks with a core limit for parks of every size."""
    profile = read_profile("zero_carbon_910")
    core = replace(profile.indicators[0], classes=(), limit=Limit(limit, is_upper=True))
    return replace(profile, indicators=(core, *profile.indicators[1:]))


@pytest.fixture(scope="module", params=["demo-electronics", "demo-steel"])
def case(request):
    """Every package of a small grid, with its indicator by the projection and by the engine of packages."""
    park, grid = pw.read_park(request.param), small_grid()
    draws = pw.sample(park, [grid.everything()], members=MEMBERS, seed=SEED)
    scenarios = [replace(grid.scenario(code), scenario_id=str(at)) for at, code in enumerate(grid.codes())]
    ahead = core_ahead(park, pw.project(park, scenarios, draws), draws)
    return park, grid, draws, ahead.values[..., YEAR - int(park.years[0])]


def test_packages_have_the_indicator_of_their_projection(case):
    park, grid, draws, values = case
    profile = read_profile("zero_carbon_910")
    found = IndicatorEngine(park, grid, profile, profile.indicators[0], draws, YEAR).found(grid.codes())
    assert found.medians == pytest.approx(np.median(values, axis=2).T, rel=1e-9)
    assert np.ptp(found.medians[:, 0]) > 0.01  # the levers do something


def test_the_best_is_the_cheapest_of_all_packages(case):
    park, grid, draws, values = case
    limit = float(np.quantile(values.max(axis=0), 0.4))
    share = (values <= limit).all(axis=0).mean(axis=1)
    wanted = float(np.median(np.unique(share)))
    found = cheapest_for_indicator(
        park, eased(limit), YEAR, wanted, grid=grid, members=MEMBERS, seed=SEED, fresh=0, correlations=True
    )
    priced = PricedGrid(park, found.grid, read_costs(), draws, 2060, None)
    codes = found.grid.codes()
    cost, steps = priced.costs_of(codes), priced.steps_of(codes)
    by_label = dict(zip((grid.label(code) for code in grid.codes()), share, strict=True))
    fine = [at for at, code in enumerate(codes) if by_label[found.grid.label(code)] >= wanted]
    best = min(fine, key=lambda at: (steps[at], cost[at]))
    assert found.reached
    assert found.closest.label == found.grid.label(codes[best])
    assert found.closest.probability == pytest.approx(by_label[found.closest.label])


def test_out_of_reach_the_lowest_value_is_the_closest(case):
    park, grid, _, values = case
    found = cheapest_for_indicator(park, "zero_carbon_910", YEAR, 0.9, grid=grid, members=MEMBERS, seed=SEED, fresh=0)
    assert not found.reached
    assert found.closest.probability == 0.0
    assert max(found.closest.values) == pytest.approx(np.median(values, axis=2).max(axis=0).min(), rel=1e-6)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"year": 2015}, "expected a year from 2021"),
        ({"probability": 0}, "above 0"),
        ({"profile": "hj274_2015"}, "no indicator of CO2 per energy"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, told):
    with pytest.raises(PathwayError, match=told):
        cheapest_for_indicator(pw.read_park("demo-electronics"), **asked)


def decide(*words):
    return CliRunner().invoke(main, ["decide", *words, "--by", "family", "--members", "30", "--fresh", "40"])


def test_command_tells_the_account_both_coefficients_and_ends_with_one_out_of_reach():
    done = decide("demo-electronics", "--indicator", "zero_carbon_910=2035")
    assert done.exit_code == 1
    assert "None of" in done.output
    assert "Account: zero-carbon park account (no. 910); electricity at 0.2856" in done.output
    record = json.loads(decide("demo-electronics", "--indicator", "zero_carbon_910=2035", "--format", "json").output)
    assert record["account"] == "zero_carbon_910"
    assert set(record["closest"]["median"]) == {"kgce_0.2856", "kgce_0.3024"}
    assert not record["reached"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("demo-electronics", "--indicator", "2035"), "such as zero_carbon_910=2035"),
        (("demo-electronics", "--indicator", "zero_carbon_910=2035", "--cap", "3"), "--indicator does without --cap"),
        (("eu-ludwigshafen", "--indicator", "zero_carbon_910=2035"), "the profile applies only in China"),
        (("region-anhui", "--indicator", "zero_carbon_910=2035"), "inputs are missing"),
    ],
)
def test_wrong_calls_end_with_two_and_no_traceback(words, told):
    done = decide(*words)
    assert done.exit_code == 2
    assert told in done.output
