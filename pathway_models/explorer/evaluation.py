"""One park, one package of levers at a time, fast enough to follow a slider.

Draws, baseline and its accounts, which no lever changes, are computed once; a view of other lever settings then takes a
few milliseconds.  Numbers are those of `project` and `find_peaks` for the same draws, and of `package_cost`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np

from pathway_models.cobenefits.records import Basis
from pathway_models.core import PathwayError, ScenarioError
from pathway_models.decisions.package_cost import draw_rates
from pathway_models.engine import package_costs, packages, pollution, projecting, sampling
from pathway_models.engine.package_tree import package_tree
from pathway_models.fleet.answers import Split
from pathway_models.intake.costs import unknown_costs
from pathway_models.levers import SINKS
from pathway_models.peaks.finding import peaks_of
from pathway_models.records import Assumptions, Costs, Park, Peaks, Pollutant
from pathway_models.records.levers import NO_MEASURES, Choice, Lever, Measure, Ramp, Scenario, lever_grid

#: Quantiles of the totals that a view carries.
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
#: Year of the energy mix and the pollutants: the first target year after the peak.
LOOKED_AT = 2035


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
    energy : mapping carrier group -> TJ
        Energy use in the year shown, without that of capture: mean over central members; empty without energy data.
    pollutants : mapping pollutant -> t/yr
        In the same year and members; those with usable factors.
    """

    scenario: Scenario
    years: np.ndarray
    band: np.ndarray
    peaks: Peaks
    cost: float
    unknown: tuple[str, ...]
    energy: Mapping[str, float]
    pollutants: Mapping[str, float]

    def p_before(self, before: int) -> float:
        """Estimate the share of all members that peak before a year."""
        return float(self.peaks.p_before(before)[0])

    def split(self, before: int) -> Split:
        """Split that share into past and ahead, with its sampling error."""
        (row,) = self.peaks.headline(before)
        # Where the year has passed, or the horizon is too near, the split is undefined.
        shares = [0.0 if isnan(row[name]) else row[name] for name in ("p_past", "p_ahead", "p_not_before")]
        if isnan(row["p_past"]):
            shares = [0.0, self.p_before(before), 1.0 - self.p_before(before)]
        return Split(*shares, 0.0 if isnan(row["p_se"]) else row["p_se"])


class Exploration:
    """A park's ensemble, kept ready for any setting of its levers.

    Parameters
    ----------
    park : Park
    levers : mapping of Lever
    costs : Costs
    members, seed, until, assumptions
        As for `sample`.
    prepare : callable, optional
        Gives the factors of the pollutants for a park, scenarios and draws (`cobenefits.scenarios.prepare_basis`);
        no pollutants without it.
    beside : Exploration, optional
        Of the same park without given drivers: its members without measures decide past and ahead.
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
        prepare: Callable[..., Basis] | None = None,
        beside: "Exploration | None" = None,
    ) -> None:
        self.park, self.levers, self.until = park, dict(levers), until
        everything = lever_grid(levers).everything()
        self.draws = sampling.sample(
            park, [everything], members=members, seed=seed, until=until, assumptions=assumptions
        )
        self._engine = packages.PackageEngine(park, everything, self.draws, rates=draw_rates(costs, levers, self.draws))
        self._batches = list(self._engine.batches())
        self._rates = [self._engine.rates.of(batch.members, np.ones(batch.size)) for batch in self._batches]
        self._without_price = unknown_costs(costs, levers, park)
        self.years = np.arange(park.years[0], until + 1)
        self.looked_at = min(LOOKED_AT, until)
        self.weights = self._engine.central()
        self.pollutants: tuple[Pollutant, ...] = ()
        self._pollution = self._polluted(everything, prepare)
        self._without = beside._without if beside else None
        self.without = self.view(NO_MEASURES)

    def _polluted(self, everything: Scenario, prepare: Callable[..., Basis] | None) -> list[pollution.Pollution]:
        """Prepare the pollutants of each batch; none where they cannot be computed."""
        if prepare is None or not self.park.has_energy:
            return []
        try:
            basis = prepare(self.park, [everything], self.draws)
        except PathwayError:
            return []
        self.pollutants = basis.pollutants
        given = ((basis.factors[:, b.members], basis.rest[:, b.members], basis.rest_years) for b in self._batches)
        return [pollution.Pollution(batch, *arrays) for batch, arrays in zip(self._batches, given, strict=True)]

    def scenario(self, scenario_id: str, choices: Mapping[str, Choice]) -> Scenario:
        """Build a scenario for `project` from chosen settings; levers not named are off.

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
        return Scenario(scenario_id, scenario_id, scenario_id, measures=tuple(measures))

    def _groups(self) -> tuple[str, ...]:
        return self._batches[0].accounts.groups if self.park.has_energy else ()

    def view(self, scenario: Scenario) -> View:
        """Evaluate one package."""
        tree = package_tree([scenario])
        known = self.park.years.size
        total = np.empty((self.years.size, self.draws.members))
        cost, at = np.empty(self.draws.members), self.looked_at - self.park.last_observed_year - 1
        energy: dict[str, float] = dict.fromkeys(self._groups(), 0.0)
        pollutants = np.zeros(len(self.pollutants))
        for number, (batch, rates) in enumerate(zip(self._batches, self._rates, strict=True)):
            costs = package_costs.PackageCosts(batch, rates, tree, by_member=True)
            total[:known, batch.members] = batch.observed
            for case in batch.cases(tree):
                total[known:, batch.members] = case.total
                cost[batch.members] = costs.case(case) + costs.sinks(tree.parts[SINKS][0])
                weights = self.weights[batch.members]
                for group in energy:
                    energy[group] += float(case.energy([group])[at] @ weights)
                if self._pollution:
                    pollutants += self._pollution[number].of(case)[:, at] @ weights
        members, observed = np.ascontiguousarray(total.T)[None], self.park.last_observed_year
        given = {"identity": self.park.identity, "scenarios": (scenario.scenario_id,), "seed": self.draws.seed}
        if self._without is None:  # the first view has no levers
            self._without = members[0]
        given |= {"without_measures": self._without, "issue_year": self._engine.assumptions.issue_year}
        given |= {"account": projecting.account_of(self.park)}
        level = float(self._engine.rates.discount.sum())
        used = {measure.lever.lever_id for measure in scenario.measures}
        return View(
            scenario=scenario,
            years=self.years,
            band=np.quantile(total, BAND, axis=1),
            peaks=peaks_of(members, self.years, observed, **given),
            # Without levers the cost is a difference of equal amounts: rounding.
            cost=float(cost @ self.weights) / level if used else 0.0,
            unknown=tuple(lever_id for lever_id in self._without_price if lever_id in used),
            energy={group: amount for group, amount in energy.items() if amount > 0},
            pollutants=dict(zip((one.key for one in self.pollutants), pollutants.tolist(), strict=True)),
        )
