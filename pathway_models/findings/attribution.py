"""What each lever contributes, in tonnes and in years: Shapley shares that add up whatever the order.

Shares are of means, so that they add up exactly; medians would not.  Means of tonnes are over the central members
(`PackageEngine.central`), those of years and of the probability over all.  Positive is good: tonnes avoided,
years gained, probability won.  For years, a peak in the record counts as the last observed year (no lever moves it) and
a member without a peak counts as the year after the horizon: years gained are then a lower bound, and the share of
such members stands beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.findings.coalitions import coalition, drawn_orders, names_of, players_of, share_out
from pathway_models.foundations.errors import ScenarioError
from pathway_models.projection.packages import NOTHING, PackageEngine
from pathway_models.records.draws import Draws
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity

#: Quantities beside the emissions of each year, in the order of their columns.
QUANTITIES = ("cumulative", "peak_level", "years_gained", "probability")


@dataclass(frozen=True, eq=False)
class Attribution(Identified):
    """Shares of a scenario's effect.

    Parameters
    ----------
    identity : ParkIdentity
    scenario : str
    players : (n,) str
        Families or levers.
    names_en, names_zh : (n,) str
    years : (Y,) int
        Projected years.
    before : int
        Year of the probability.
    shares : (n, Y + 4)
        Mean tCO2/yr avoided in each year, then `QUANTITIES`: tCO2, tCO2/yr, years, share of members.
    without, reached : (Y + 4,)
        Mean values without levers and with all; tonnes count against, so that shares add up to
        ``without - reached`` for tonnes and years and to ``reached - without`` for the probability.
    standard_error : (n, Y + 4) or None
        Of sampled shares; None where all coalitions were worked out.
    alone, lost : (n, Y + 4) or None
        One at a time, and leave-one-out: what the shares are compared with; they do not add up.
    censored : (without, with all)
        Share of members without a peak inside the horizon.
    """

    identity: ParkIdentity
    scenario: str
    players: tuple[str, ...]
    names_en: tuple[str, ...]
    names_zh: tuple[str, ...]
    years: np.ndarray
    before: int
    shares: np.ndarray
    without: np.ndarray
    reached: np.ndarray
    standard_error: np.ndarray | None
    alone: np.ndarray
    lost: np.ndarray
    censored: tuple[float, float]

    def column(self, quantity: str | int) -> int:
        """Column of a year's emissions (by its number) or of one of `QUANTITIES`.

        Raises
        ------
        ScenarioError
            There is no such year or quantity.
        """
        if quantity in QUANTITIES:
            return self.years.size + QUANTITIES.index(str(quantity))
        if quantity in self.years:
            return int(quantity) - int(self.years[0])
        known = f"a year from {self.years[0]} to {self.years[-1]}, {', '.join(QUANTITIES)}"
        raise ScenarioError(f"no attribution of {quantity!r}; there are {known}")

    def whole(self) -> np.ndarray:
        """What all players reach together: (Y + 4,)."""
        sign = np.append(np.ones(self.years.size + 3), -1.0)
        return sign * (self.without - self.reached)

    def residual(self) -> float:
        """Largest gap between the sum of the shares and the whole, relative to the value without levers."""
        size = np.maximum(np.abs(self.without), np.abs(self.reached))
        return float(np.max(np.abs(self.shares.sum(axis=0) - self.whole()) / np.where(size == 0, 1.0, size)))

    def table(self, year: int = 2035) -> list[dict[str, object]]:
        """One row a player and one for their sum: tonnes in a year, cumulative, peak level, years, probability."""
        names = {"avoided_tco2": year} | {name: name for name in QUANTITIES}
        columns = {key: self.column(quantity) for key, quantity in names.items()}
        rows = [
            {"player": player, "name_en": self.names_en[at], "name_zh": self.names_zh[at]}
            | {key: float(self.shares[at, column]) for key, column in columns.items()}
            for at, player in enumerate(self.players)
        ]
        total = {key: float(self.whole()[column]) for key, column in columns.items()}
        return [*rows, {"player": "all", "name_en": "all together", "name_zh": "合计"} | total]

    def comparison(self, quantity: str | int) -> list[dict[str, object]]:
        """Shapley shares beside leave-one-out and one-at-a-time for one quantity, with sums and the whole."""
        at = self.column(quantity)
        ways = {"shapley": self.shares, "leave_one_out": self.lost, "one_at_a_time": self.alone}
        rows: list[dict[str, object]] = [
            {"player": player} | {way: float(values[n, at]) for way, values in ways.items()}
            for n, player in enumerate(self.players)
        ]
        rows.append({"player": "sum"} | {way: float(values[:, at].sum()) for way, values in ways.items()})
        return [*rows, {"player": "whole"} | dict.fromkeys(ways, float(self.whole()[at]))]

    def __repr__(self) -> str:
        kind = "exact" if self.standard_error is None else "sampled"
        gained, won = self.whole()[[-2, -1]]
        return (
            f"<Attribution {self.park_id}, {self.scenario}: {len(self.players)} players, {kind};"
            f" {gained:.1f} years gained, {100 * won:+.0f} points before {self.before}>"
        )


def attribute(
    park: Park,
    scenario: Scenario,
    draws: Draws,
    *,
    by: str = "family",
    before: int = 2030,
    until: int | None = None,
    orders: int = 100,
) -> Attribution:
    """Share out what a scenario reaches among its families or levers.

    Parameters
    ----------
    park : Park
    scenario : Scenario
    draws : Draws
        Made by `sample` with this scenario.
    by : {"family", "lever"}
    before : int
        Probability of peaking before this year.
    until : int, optional
        Last year; as far as the draws reach by default.
    orders : int
        Sampled orders, each taken both ways, where there are more than ten players.

    Returns
    -------
    Attribution
        Exact up to ten players, else sampled with standard errors.

    Raises
    ------
    ScenarioError
        The scenario has no measures, or ``by`` is unknown.
    """
    players = players_of(scenario, by)
    engine = PackageEngine(park, scenario, draws, until=until)
    measure_of, n = list(players.values()), len(players)

    def reach(members: np.ndarray) -> np.ndarray:
        return _reached(engine, [coalition(measure_of, inside) for inside in members], before)

    shared = share_out(reach, drawn_orders(draws, n, orders))
    years = engine.years[1:]
    peaked = engine.survey([NOTHING, scenario]).p_peaked_by(int(years[-1]))
    # Fewer tonnes and earlier years are good, more probability is; adding zero leaves no minus before a zero.
    good = np.append(-np.ones(years.size + 3), 1.0)
    names_en, names_zh = names_of(players, by)
    return Attribution(
        identity=park.identity,
        scenario=scenario.scenario_id,
        players=tuple(players),
        names_en=names_en,
        names_zh=names_zh,
        years=years,
        before=before,
        shares=good * shared.shares + 0.0,
        without=shared.without,
        reached=shared.reached,
        standard_error=shared.standard_error,
        alone=good * shared.alone + 0.0,
        lost=good * shared.lost + 0.0,
        censored=(1.0 - float(peaked[0]), 1.0 - float(peaked[1])),
    )


def _reached(engine: PackageEngine, packages: list[Scenario], before: int) -> np.ndarray:
    """Mean totals by year, cumulative, peak level, counted peak year and probability: (package, Y + 4)."""
    survey = engine.survey(packages, by_year=True)
    case = survey.tree.case_of
    single = (survey.cumulative[case], survey.peak[case], survey.counted_year(), survey.p_peaked_by(before - 1))
    return np.hstack([survey.by_year[case], np.stack(single, axis=1)])
