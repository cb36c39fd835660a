"""What each lever cuts of CO2 and of pollutants: Shapley shares that add up in every member, and each lever alone.

What a unit of the combined reduction costs: per tonne of CO2, per pollution equivalent, per both together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pathway_models.cobenefits.basis import Basis, lay_basis
from pathway_models.cobenefits.scenarios import Cobenefits, elastic_range, run, spread
from pathway_models.core.errors import PathwayError
from pathway_models.decisions.attribution import coalition, drawn_orders, names_of, players_of, share_out
from pathway_models.decisions.costs import package_cost
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.sampling import SHARED, stream
from pathway_models.kernels.costs import levelised
from pathway_models.kernels.pollutants import KG_PER_T, carbon_weight, cross_elasticity, equivalents, quadrant
from pathway_models.records.costs import Costs
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Measure, Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity
from pathway_models.records.pollutants import PollutantFactors

READINGS = ("shapley", "alone")
#: Period that sums over all projected years.
CUMULATIVE = "cumulative"
#: Coalitions worked out at a time, so that memory does not grow with their number.
TOGETHER = 64
Period = int | str


@dataclass(frozen=True, eq=False)
class LeverCobenefits(Identified):
    """Shares of levers or families in what a scenario cuts; quantity 0 is CO2 (tCO2), the others pollutants (t).

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    players, names_en, names_zh : (n,) str
    basis : Basis
    years : (Y,) int
        Projected years.
    periods : tuple
        Years looked at member by member, and `CUMULATIVE`.
    shares, alone : (player, quantity, period, member)
        What is cut; positive is good.
    yearly : (player, quantity, year)
        Shapley shares, mean over the central members.
    without, reached : (quantity, period, member)
        Without levers and with all.
    standard_error : (player, quantity, year) or None
        Of sampled yearly shares; None where every coalition was worked out.
    weights : (member,)
    """

    identity: ParkIdentity
    scenario: str
    players: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    basis: Basis
    years: np.ndarray
    periods: tuple[Period, ...]
    shares: np.ndarray
    alone: np.ndarray
    yearly: np.ndarray
    without: np.ndarray
    reached: np.ndarray
    standard_error: np.ndarray | None
    weights: np.ndarray

    def coordinates(self, period: Period, reading: str = "shapley") -> tuple[np.ndarray, np.ndarray]:
        """Co-control coordinates: CO2 cut (tCO2) and equivalents cut (thousands), (player, member) each.

        Raises
        ------
        PathwayError
            There is no such period or reading.
        """
        values = self._reading(reading)[:, :, self._period(period)]
        return values[:, 0], equivalents(values[:, 1:], self.basis.equivalents, axis=1)

    def elasticity(self, period: Period, reading: str = "shapley") -> np.ndarray:
        """Cross-elasticity of each lever: (player, member); NaN where it cuts no CO2."""
        carbon, pollution = self.coordinates(period, reading)
        level = self.without[:, self._period(period)]
        return cross_elasticity(pollution, equivalents(level[1:], self.basis.equivalents), carbon, level[0])

    def equivalents_by_year(self) -> np.ndarray:
        """Mean equivalents that each lever cuts: (player, year), thousands a year."""
        return equivalents(self.yearly[:, 1:], self.basis.equivalents, axis=1)

    def residual(self) -> float:
        """Largest gap between the sum of the shares and what the scenario cuts, relative to no levers."""
        gap = np.abs(self.shares.sum(axis=0) - (self.without - self.reached))
        return float((gap / np.where(self.without == 0, 1.0, np.abs(self.without))).max())

    def table(self, period: Period = 2035, reading: str = "shapley", *, lang: str = "en") -> list[dict[str, object]]:
        """One row a lever: CO2, pollutants and equivalents cut with ranges, quadrant and elasticity."""
        carbon, pollution = self.coordinates(period, reading)
        elastic, values = self.elasticity(period, reading), self._reading(reading)[:, :, self._period(period)]
        rows = []
        for n, player in enumerate(self.players):
            row: dict[str, object] = {"player": player, "name": (self.names_zh if lang == "zh" else self.names_en)[n]}
            row |= spread("co2_cut_tco2", carbon[n], self.weights)
            row |= {
                f"{p.key}_cut_t": float(values[n, at] @ self.weights) for at, p in enumerate(self.basis.pollutants, 1)
            }
            row |= spread("equivalents_cut", pollution[n], self.weights) | elastic_range(elastic[n])
            shares = np.bincount(quadrant(carbon[n], pollution[n]), minlength=5) / carbon.shape[1]
            rows.append(row | {"quadrant": int(shares.argmax()), "quadrant_share": float(shares.max())})
        return rows

    def _period(self, period: Period) -> int:
        if period not in self.periods:
            known = ", ".join(map(str, self.periods))
            raise PathwayError(f"no lever shares for {period!r}; there are {known}: name it in periods=")
        return self.periods.index(period)

    def _reading(self, reading: str) -> np.ndarray:
        if reading not in READINGS:
            raise PathwayError(f"no reading {reading!r}; there are {', '.join(READINGS)}")
        return self.shares if reading == "shapley" else self.alone

    def __repr__(self) -> str:
        kind = "exact" if self.standard_error is None else "sampled"
        return f"<LeverCobenefits {self.park_id}, {self.scenario}: {len(self.players)} players, {kind}>"


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
    """Share out what a scenario cuts of CO2 and of pollutants among its levers or families.

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
    basis = lay_basis(park, [scenario], draws, factors, pollutants, allow_background)
    engine = PackageEngine(park, scenario, draws, until=until)
    years = engine.years[1:]
    strange = [year for year in periods if year not in years]
    if strange:
        raise PathwayError(f"periods {strange}: projected years are {years[0]} to {years[-1]}")
    measures = list(players.values())
    reach = _Reach(engine, basis, measures, [int(year - years[0]) for year in periods])
    shared = share_out(reach, drawn_orders(draws, len(players), orders))
    names_en, names_zh = names_of(players, by)
    (single, yearly), (alone_single, _) = reach.parted(-shared.shares), reach.parted(-shared.alone)
    without, reached = reach.parted(np.stack([shared.without, shared.reached]))[0]
    return LeverCobenefits(
        identity=park.identity, scenario=scenario.scenario_id, players=tuple(players), names_en=names_en,
        names_zh=names_zh, basis=basis, years=years, periods=(*periods, CUMULATIVE), shares=single + 0.0,
        alone=alone_single + 0.0, yearly=yearly + 0.0, without=without, reached=reached,
        standard_error=None if shared.standard_error is None else reach.parted(shared.standard_error)[1],
        weights=reach.weights,
    )  # fmt: skip


class _Reach:
    """What coalitions of levers emit: single members in the periods, then means by year, in one row a coalition."""

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

    def parted(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows as (row, quantity, period, member) and (row, quantity, year)."""
        looked, count = len(self.columns) + 1, self.weights.size
        single = self.quantities * looked * count
        by_member = values[:, :single].reshape(-1, self.quantities, count, looked).swapaxes(-1, -2)
        return by_member, values[:, single:].reshape(len(values), self.quantities, -1)


def single_levers(scenario: Scenario) -> list[Scenario]:
    """No lever, and one scenario for every measure of a scenario by itself."""
    alone = [Scenario(m.lever.lever_id, m.lever.name_en, m.lever.name_zh, measures=(m,)) for m in scenario.measures]
    return [NOTHING, *alone]


@dataclass(frozen=True, eq=False)
class UnitCost:
    """Unit abatement costs of one scenario, member by member; each carries the whole known cost.

    Parameters
    ----------
    scenario, name_en, name_zh : str
    unknown : tuple of str
        Levers whose cost is not known; where there is one, the scenario's cost is not known and the figures
        below are only its known part.
    per_carbon : (member,), CNY/tCO2
    per_equivalent : (member,), CNY per pollution equivalent
    per_combined : (member,), CNY per equivalent, CO2 counted at its worth in equivalents
        NaN where a member cuts nothing.
    """

    scenario: str
    name_en: str
    name_zh: str
    unknown: tuple[str, ...]
    per_carbon: np.ndarray
    per_equivalent: np.ndarray
    per_combined: np.ndarray

    @property
    def known(self) -> bool:
        """Whether the whole cost is known."""
        return not self.unknown

    def ranges(self) -> dict[str, tuple[float, float, float] | None]:
        """Median and 5-95 % of each unit cost; None where the cost is not known or nothing is cut."""
        found: dict[str, tuple[float, float, float] | None] = {}
        for name in ("per_carbon", "per_equivalent", "per_combined"):
            values = getattr(self, name)
            usable = values[~np.isnan(values)]
            # A scenario that raises pollution in some members has no price per equivalent cut.
            told = self.known and usable.size == values.size
            found[name] = tuple(np.quantile(usable, (0.5, 0.05, 0.95)).tolist()) if told else None
        return found


def unit_costs(
    park: Park,
    found: Cobenefits,
    draws: Draws,
    costs: Costs,
    *,
    tax_rate: float | None = None,
    rate: float | None = None,
) -> list[UnitCost]:
    """Unit abatement costs of all scenarios with levers of some co-benefits.

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
