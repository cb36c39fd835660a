"""Budgets by hand, their overrun as shares of members, and carbon costs worked by hand."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import pathway_models as pw
from pathway_models.cli.main import main
from pathway_models.compliance.carbon_costs import (
    allowance_cost,
    border_cost,
    carbon_budget,
    carbon_costs,
    output_ahead,
)
from pathway_models.core.errors import InputError, PathwayError
from pathway_models.core.files import data_folder
from pathway_models.intake.rules import read_account, read_carbon_costs

YEARS = np.arange(2026, 2031)


@pytest.fixture(scope="module")
def pathways():
    park, scenarios = pw.read_park("demo-cement"), pw.read_scenarios().pick(["bau", "deep"])
    return pw.project(park, scenarios, pw.sample(park, scenarios, members=80, seed=20240401))


def flat(pathways, growth=0.0):
    """The same record with every member at 100 t a year, growing from 2026 on, and activity as it was in 2025."""
    total = np.full(pathways.emissions.shape, 0.0)
    steps = np.maximum(pathways.years - 2025, 0)
    total[:, :, 0] = 100.0 * (1 + growth) ** steps
    activity = np.ones_like(pathways.memo_items["activity"])
    return replace(pathways, emissions=total, memo_items={**pathways.memo_items, "activity": activity})


def test_budgets_by_hand(pathways):
    steady = flat(pathways)
    assert carbon_budget(steady, "hold").allowed == pytest.approx(np.full(5, 100.0))
    assert carbon_budget(steady, "neutral").allowed == pytest.approx(100 * (2060 - YEARS) / 35)
    cut = carbon_budget(steady, "intensity")
    assert cut.allowed[-1] == pytest.approx(83.0)
    assert cut.total == pytest.approx(100 * sum(0.83 ** (n / 5) for n in range(1, 6)))


def test_overrun_is_counted_from_the_first_year_on(pathways):
    assert carbon_budget(flat(pathways, 0.01), "hold").overrun() == pytest.approx(np.ones((2, 5)))
    assert carbon_budget(flat(pathways, -0.01), "hold").overrun() == pytest.approx(np.zeros((2, 5)))
    beyond = carbon_budget(flat(pathways, 0.01), "hold").overrun_of_total()
    assert beyond[0] == pytest.approx(np.full(3, 100 * sum(1.01**n for n in range(1, 6)) - 500))


def test_measures_lower_the_probability_of_an_overrun(pathways):
    found = carbon_budget(pathways, "intensity")
    assert not found.is_base_observed
    assert (found.overrun()[1] <= found.overrun()[0]).all()
    assert found.overrun()[1, -1] < found.overrun()[0, -1]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"rule": "fair"}, "one of intensity"),
        ({"first": 2031, "last": 2030}, "period 2031-2030"),
        ({"last": 2090}, "expected years"),
        ({"cut": 17}, "a share"),
    ],
)
def test_a_budget_that_cannot_be_is_refused(pathways, asked, told):
    with pytest.raises(PathwayError, match=told):
        carbon_budget(pathways, **asked)


def test_allowances_by_hand():
    """2024 is free; from 2025 on 0.8 t a tonne of 1,000 t are, and 200 t at 80 CNY are bought."""
    years, emissions = np.array([2024, 2025, 2026]), np.full((1, 1, 3), 1000.0)
    found = allowance_cost(years, emissions, np.full((1, 3), 1000.0), np.full(3, 80.0), {2025: 0.8})
    assert found.cost[0, 0] == pytest.approx([0.0, 16_000.0, 16_000.0])
    assert found.quantiles().shape == (1, 3, 3)
    with pytest.raises(PathwayError, match="benchmark"):
        allowance_cost(years, emissions, np.full((1, 3), 1000.0), np.full(3, 80.0), {})
    with pytest.raises(PathwayError, match="no allocation rule before 2024"):
        allowance_cost(years - 5, emissions, np.full((1, 3), 1000.0), np.full(3, 80.0), {2019: 1.0})


def test_border_adjustment_by_hand():
    """2 t a tonne less 0.5 t free, 100 t sold, 75.36 EUR; default values are marked up by a fifth in 2027."""
    years, embedded = np.array([2025, 2026, 2027]), np.full((1, 1, 3), 2.0)
    verified = border_cost(years, embedded, np.full(3, 100.0), free_benchmark=0.5)
    assert verified.cost[0, 0] == pytest.approx([0.0, 150 * 75.36, 150 * 75.36])
    default = border_cost(years, embedded, np.full(3, 100.0), free_benchmark=0.5, default_values=True)
    assert default.cost[0, 0, 2] == pytest.approx((2.4 - 0.5) * 100 * 75.36)
    with pytest.raises(PathwayError, match="0 or more"):
        border_cost(years, embedded, np.full(3, -1.0))


@pytest.fixture(scope="module")
def cement():
    """The cement works with its one sector called so, as a table of a covered branch has it."""
    park = replace(pw.read_park("demo-cement"), sectors=("cement",), memo_items={}, origins={})
    scenarios = pw.read_scenarios().pick(["bau", "deep"])
    return park, scenarios, pw.sample(park, scenarios, members=40, seed=20240401)


def test_costs_of_a_park_are_those_of_its_own_paths(cement):
    """Emissions less 0.8 t a tonne of clinker at the price drawn; exports carry the account of products."""
    park, scenarios, draws = cement
    found, _ = carbon_costs(
        park, scenarios.values(), draws, benchmark={2025: 0.8}, exported=100_000, free_benchmark=0.6
    )
    at, first = 2035 - int(found["allowances"].years[0]), int(park.years[0])
    pathways = pw.project(park, scenarios, draws)
    output = output_ahead(park, scenarios.values(), draws, read_account("product"))[:, :, 2035 - first]
    captured = pathways.emissions[:, :, pathways.sources.index("captured")]  # neither account has a rule for it
    bought = (pathways.scope(1) - captured)[:, :, 2035 - first] - 0.8 * output
    price = found["allowances"].cost[..., at] / bought
    assert price == pytest.approx(np.broadcast_to(price[0], price.shape))  # one price a member, whatever the scenario
    assert 62 < price.min() < price.max() < 98
    embedded = (pathways.total() - captured)[:, :, 2035 - first] / output
    border = found["border"]
    expected = np.maximum(embedded - 0.6, 0) * 100_000 * 75.36
    assert border.cost[..., 2035 - int(border.years[0])] == pytest.approx(expected)
    assert found["allowances"].cost[:, :, 0] == pytest.approx(0.0)  # 2024 is free


def test_output_is_that_of_the_record_and_falls_with_structure_alone(cement):
    park, scenarios, draws = cement
    output = output_ahead(park, scenarios.values(), draws, read_account("product"))
    known = park.years.size
    assert output[..., :known] == pytest.approx(np.broadcast_to(park.outputs[0], output[..., :known].shape))
    assert (output[1, :, -1] <= output[0, :, -1] * (1 + 1e-9)).all()
    assert (output[1, :, -1] < output[0, :, -1]).any()


def test_what_cannot_be_priced_says_why():
    def call(*words):
        return CliRunner().invoke(main, ["carboncost", *words, "--members", "4"])

    several = call("demo-electronics", "--exported", "3")
    assert several.exit_code == 1
    assert "do not separate branches" in several.stderr
    assert "does not make one product only" in several.stderr
    assert "a rule of China, but eu-leuna is in Germany" in call("eu-leuna").stderr
    assert call("demo-cement", "--benchmark", "0.8").exit_code == 2
    border = call("demo-cement", "--exported", "1000", "--format", "csv")
    assert border.stdout.splitlines()[0] == "park_id,cost,scenario,year,unit,p05,p50,p95"


def test_rules_of_ones_own_are_checked(tmp_path):
    text = (data_folder() / "carbon_costs.yml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yml"
    path.write_text(text.replace("value: 75.36", "value: -3"), encoding="utf-8")
    with pytest.raises(InputError, match="-3"):
        read_carbon_costs(path)
