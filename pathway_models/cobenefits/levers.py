"""CO2 and pollutants that each lever cuts, and the unit costs of cutting both.

Shapley shares add up in every member; beside them stands each lever alone.  Unit costs are per tonne of CO2, per
pollution equivalent, and per both together.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from pathway_models.cobenefits.records import CUMULATIVE, Basis, Cobenefits, LeverCobenefits, UnitCost
from pathway_models.cobenefits.scenarios import prepare_basis, run
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.attribution import coalition, drawn_orders, families_of, names_of, players_of, share_out
from pathway_models.decisions.package_cost import package_cost
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.kernels.costs import levelised
from pathway_models.kernels.pollutants import KG_PER_T, carbon_weight
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Park
from pathway_models.records.pollutants import PollutantFactors

#: Coalitions worked out at a time, so that memory does not grow with their number.
TOGETHER = 64


def lever_cobenefits(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    *,
    by: str = "lever",
    periods: Sequence[int] = (2030, 2035),
    factors: PollutantFactors | None = None,
    pollutants: Iterable[str] | None = None,
    allow_background: bool = False,
    until: int | None = None,
    orders: int = 15,
) -> LeverCobenefits:
    """Share out a scenario's cuts of CO2 and pollutants among its levers or families.

    Parameters
    ----------
    park, scenario, draws
    by : {"lever", "family"}
    periods : sequence of int
        Years looked at member by member; the sum over all years is always added.
    factors, pollutants, allow_background, until
        As in `cobenefits`.
    orders : int
        Sampled orders, each taken both ways, where there are more than ten players.

    Raises
    ------
    ScenarioError
        The scenario has no measures, or ``by`` is unknown.
    PathwayError
        A period is not projected, or no pollutant can be told without consent.
    """
    players = players_of(scenario, by)
    basis = prepare_basis(park, [scenario], draws, factors, pollutants, allow_background)
    engine = PackageEngine(park, scenario, draws, until=until)
    years = engine.years[1:]
    strange = [year for year in periods if year not in years]
    if strange:
        raise PathwayError(f"periods {strange}: projected years are {years[0]} to {years[-1]}")
    measures = list(players.values())
    reach = _CoalitionEmissions(engine, basis, measures, [int(year - years[0]) for year in periods])
    shared = share_out(reach, drawn_orders(draws, len(players), orders))
    names_en, names_zh = names_of(players, by)
    (single, yearly), (alone_single, _) = reach.split(-shared.shares), reach.split(-shared.alone)
    without, reached = reach.split(np.stack([shared.without, shared.reached]))[0]
    return LeverCobenefits(
        identity=park.identity, scenario=scenario.scenario_id, players=tuple(players), names_en=names_en,
        names_zh=names_zh, families=families_of(players, by), basis=basis,
        years=years, periods=(*periods, CUMULATIVE), shares=single + 0.0,
        alone=alone_single + 0.0, yearly=yearly + 0.0, without=without, reached=reached,
        standard_error=None if shared.standard_error is None else reach.split(shared.standard_error)[1],
        weights=reach.weights,
    )  # fmt: skip


class _CoalitionEmissions:
    """Emissions of coalitions: single members in the periods, then means by year, in one row a coalition."""

    def __init__(
        self, engine: PackageEngine, basis: Basis, measures: list[tuple[Measure, ...]], columns: list[int]
    ) -> None:
        self.engine, self.basis, self.measures, self.columns = engine, basis, measures, columns
        self.weights, self.known = engine.central(), engine.park.years.size
        self.quantities = 1 + len(basis.pollutants)

    def __call__(self, members: np.ndarray) -> np.ndarray:
        rows = []
        for start in range(0, len(members), TOGETHER):
            packages = [coalition(self.measures, inside) for inside in members[start : start + TOGETHER]]
            emitted, co2 = run(self.engine, self.basis, packages)
            levels = np.concatenate([co2[:, None], emitted], axis=1)[..., self.known :]
            single = np.concatenate([levels[..., self.columns], levels.sum(axis=-1, keepdims=True)], axis=-1)
            means = np.einsum("cqmy,m->cqy", levels, self.weights)
            rows.append(np.hstack([single.reshape(len(packages), -1), means.reshape(len(packages), -1)]))
        return np.concatenate(rows)

    def split(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Split rows into (row, quantity, period, member) and (row, quantity, year)."""
        looked, count = len(self.columns) + 1, self.weights.size
        single = self.quantities * looked * count
        by_member = values[:, :single].reshape(-1, self.quantities, count, looked).swapaxes(-1, -2)
        return by_member, values[:, single:].reshape(len(values), self.quantities, -1)


def single_levers(scenario: Scenario) -> list[Scenario]:
    """Build a scenario without levers, and one for every measure of a scenario by itself."""
    alone = [Scenario(m.lever.lever_id, m.lever.name_en, m.lever.name_zh, measures=(m,)) for m in scenario.measures]
    return [NOTHING, *alone]


def unit_costs(
    park: Park,
    found: Cobenefits,
    draws: Draws,
    costs: Costs,
    *,
    tax_rate: float | None = None,
    rate: float | None = None,
) -> list[UnitCost]:
    """Work out unit abatement costs of all scenarios with levers of some co-benefits.

    Parameters
    ----------
    park : Park
    found : Cobenefits
        Worked out with ``draws``.
    draws : Draws
    costs : Costs
    tax_rate : float, optional
        CNY per equivalent, the province's; without one the statutory range is drawn evenly.
    rate : float, optional
        Real discount rate; that of the costs by default.

    Raises
    ------
    PathwayError
        The tax rate is not above zero.
    """
    if tax_rate is not None and tax_rate <= 0:
        raise PathwayError(f"tax_rate = {tax_rate}: expected CNY per equivalent above zero")
    projected = found.years > found.last_observed_year
    years = found.years[projected]
    corners = found.basis.used.tax_rate.corners
    # ASSUME: without the province's rate every rate that the law allows is as likely as any other.
    uniform = stream(draws.seed, SHARED, "pollutant:tax_rate").random(draws.members)
    taxes = np.full(draws.members, tax_rate) if tax_rate else corners.low + uniform * (corners.high - corners.low)
    price = costs.carbon_price.draw(stream(draws.seed, SHARED, "cost:carbon_price").random(draws.members), years)
    weight = carbon_weight(1e6 * price, taxes[:, None])
    done = []
    for scenario in found.scenarios:
        if not scenario.measures:
            continue
        money = package_cost(park, scenario, draws, costs, until=int(years[-1]), rate=rate)
        value = 1e6 * money.present_value()
        carbon, pollution = (cut[:, projected] for cut in found.cut(scenario.scenario_id))
        units = (carbon, KG_PER_T * pollution, KG_PER_T * (pollution + weight * carbon))
        per = (levelised(value, cut @ money.discount) for cut in units)
        done.append(UnitCost(scenario.scenario_id, scenario.name_en, scenario.name_zh, tuple(money.unknown), *per))
    return done
