"""One park, one package of levers at a time, fast enough to follow a slider.

Draws, baseline and its accounts, which no lever changes, are worked out once; a view of other lever settings then takes
a few milliseconds.  Numbers are those of `project` and `find_peaks` for the same draws, and of `package_cost`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import ScenarioError
from pathway_models.decisions.costs import draw_rates
from pathway_models.engine.package_costs import PackageCosts
from pathway_models.engine.package_tree import package_tree
from pathway_models.engine.packages import NOTHING, PackageEngine
from pathway_models.engine.projecting import account_of
from pathway_models.engine.sampling import sample
from pathway_models.intake.costs import unknown_costs
from pathway_models.levers.action import SINKS
from pathway_models.peaks.finding import peaks_of
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, lever_grid
from pathway_models.records.park import Park
from pathway_models.records.peaks import Peaks

#: Quantiles of the totals that a view carries.
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Choice:
    """Setting of one lever, and the years between which it phases in."""

    setting: str
    start: int
    complete: int


@dataclass(frozen=True, eq=False)
class View:
    """Emissions, peaks and cost of one package.

    Parameters
    ----------
    scenario : Scenario
    years : (Y,) int
        Observed years first.
    band : (quantile, year), tCO2/yr
        Quantiles `BAND` of the total over members.
    peaks : Peaks
        Of this one scenario.
    cost : float
        Known cost, million CNY/yr: the level yearly payment with the same present value, mean over central members.
    unknown : tuple of str
        Levers of the package whose cost is not known; not in ``cost``.
    """

    scenario: Scenario
    years: np.ndarray
    band: np.ndarray
    peaks: Peaks
    cost: float
    unknown: tuple[str, ...]

    def p_before(self, before: int) -> float:
        """Estimate the share of all members that peak before a year."""
        return float(self.peaks.p_before(before)[0])


class Exploration:
    """A park's ensemble, kept ready for any setting of its levers.

    Parameters
    ----------
    park : Park
    levers : mapping of Lever
    costs : Costs
    members, seed, until, assumptions
        As for `sample`.
    """

    def __init__(
        self,
        park: Park,
        levers: Mapping[str, Lever],
        costs: Costs,
        *,
        members: int = 500,
        seed: int = 20240401,
        until: int = 2060,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.park, self.levers, self.until = park, dict(levers), until
        everything = lever_grid(levers).everything()
        self.draws = sample(park, [everything], members=members, seed=seed, until=until, assumptions=assumptions)
        self._engine = PackageEngine(park, everything, self.draws, rates=draw_rates(costs, levers, self.draws))
        self._batches = list(self._engine.batches())
        self._rates = [self._engine.rates.of(batch.members, np.ones(batch.size)) for batch in self._batches]
        self._without_price = unknown_costs(costs, levers, park)
        self.years = np.arange(park.years[0], until + 1)
        self._without: np.ndarray | None = None
        self.without = self.view(NOTHING)

    def scenario(self, scenario_id: str, choices: Mapping[str, Choice], *, name: str = "") -> Scenario:
        """Turn chosen settings into a scenario that `project` can run; a lever that is not named is off.

        Raises
        ------
        ScenarioError
            A lever or setting that does not exist; all faults together.
        RecordError
            A ramp that is complete before it starts.
        """
        unknown = [lever_id for lever_id in choices if lever_id not in self.levers]
        if unknown:
            raise ScenarioError(f"no lever {', '.join(map(repr, unknown))}; there are {', '.join(self.levers)}")
        measures = []
        for lever_id, choice in choices.items():
            lever = self.levers[lever_id]
            ramp = Ramp(lever.ramp.shape, choice.start, choice.complete, lever.ramp.delay_years)
            measures.append(Measure(lever, choice.setting, ramp))
        return Scenario(scenario_id, name or scenario_id, name or scenario_id, measures=tuple(measures))

    def view(self, scenario: Scenario) -> View:
        """Evaluate one package."""
        tree = package_tree([scenario])
        known = self.park.years.size
        total = np.empty((self.years.size, self.draws.members))
        cost = np.empty(self.draws.members)
        for batch, rates in zip(self._batches, self._rates, strict=True):
            costs = PackageCosts(batch, rates, tree, by_member=True)
            total[:known, batch.members] = batch.observed
            for case in batch.cases(tree):
                total[known:, batch.members] = case.total
                cost[batch.members] = costs.case(case) + costs.sinks(tree.parts[SINKS][0])
        members, observed = np.ascontiguousarray(total.T)[None], self.park.last_observed_year
        given = {"identity": self.park.identity, "scenarios": (scenario.scenario_id,), "seed": self.draws.seed}
        if self._without is None:  # the first one looked at has no levers
            self._without = members[0]
        given |= {"without_measures": self._without, "issue_year": self._engine.assumptions.issue_year}
        given |= {"account": account_of(self.park)}
        level = float(self._engine.rates.discount.sum())
        used = {measure.lever.lever_id for measure in scenario.measures}
        return View(
            scenario=scenario,
            years=self.years,
            band=np.quantile(total, BAND, axis=1),
            peaks=peaks_of(members, self.years, observed, **given),
            # Without levers the bill is compared with itself: the difference is rounding.
            cost=float(cost @ self._engine.central()) / level if used else 0.0,
            unknown=tuple(lever_id for lever_id in self._without_price if lever_id in used),
        )
