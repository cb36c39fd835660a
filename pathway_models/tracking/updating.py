"""A new year of data against the forecast made without it (``docs/tracking.md``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.engine.projecting import project
from pathway_models.engine.sampling import sample
from pathway_models.inventory.account import take_inventory
from pathway_models.kernels.decomposition import lmdi
from pathway_models.kernels.quantiles import effective_size, log_mean, log_weights, normalised, weighted_quantiles
from pathway_models.peaks.finding import find_peaks
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Identified, Park, ParkIdentity
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks
from pathway_models.tracking.next_year_targets import NextYearTarget, counted_sectors, next_targets
from pathway_models.tracking.replay import REPORT_ERROR, collapsed

#: Factors that a deviation from the plan is split into.
DRIVERS = ("activity", "energy_per_activity", "emissions_per_energy")
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class Outlook:
    """A forecast of one scenario at one time.

    Parameters
    ----------
    scenario : str
    state : {"made", "re-weighted", "re-fitted"}
    known : int
        Last year of data it rests on.
    weights : (member,)
    effective : float
        Effective sample size.
    p_before, p_by : float
        Weight of the members that peak before the year asked for, and by its end.
    quantiles : (3,)
        Peak year, p05 / p50 / p95; ``inf`` beyond the horizon.
    """

    scenario: str
    state: str
    known: int
    weights: np.ndarray
    effective: float
    p_before: float
    p_by: float
    quantiles: np.ndarray


@dataclass(frozen=True, eq=False)
class Account(Identified):
    """What a new year says.

    Parameters
    ----------
    identity : ParkIdentity
    known : int
        The new last year.
    base : int
        The last year the forecast knew.
    before : int
    plan : str
        Scenario that is the plan.
    made, updated : mapping scenario -> Outlook
    log_evidence : mapping scenario -> float
        Logarithm of how likely the new years were to the forecast as made.
    reported : mapping year -> float, tCO2/yr
    foreseen : mapping year -> (3,), tCO2/yr
        The plan's p05 / p50 / p95, from the level of the base year.
    deviation : mapping driver -> (member,), tCO2/yr
        Of the new year from the plan, by `DRIVERS`.
    targets : tuple of NextYearTarget
        For the year after ``known``.
    restated : mapping year -> (old, new), tCO2/yr
        Years whose totals the new table changes.
    seed, members, until : int
    """

    identity: ParkIdentity
    known: int
    base: int
    before: int
    plan: str
    made: Mapping[str, Outlook]
    updated: Mapping[str, Outlook]
    log_evidence: Mapping[str, float]
    reported: Mapping[int, float]
    foreseen: Mapping[int, np.ndarray]
    deviation: Mapping[str, np.ndarray]
    targets: tuple[NextYearTarget, ...]
    restated: Mapping[int, tuple[float, float]]
    seed: int
    members: int
    until: int

    def evidence(self, against: str) -> float:
        """How many times more likely the new years were under the plan than under another scenario."""
        return float(np.exp(self.log_evidence[self.plan] - self.log_evidence[against]))


def track(
    earlier: Park,
    later: Park,
    scenarios: Iterable[Scenario],
    *,
    before: int = 2030,
    probability: float = 0.7,
    members: int = 1000,
    seed: int = 20240401,
    until: int = 2060,
    error: float = REPORT_ERROR,
    assumptions: Assumptions | None = None,
) -> Account:
    """Set a longer record against the forecast from the shorter one.

    Parameters
    ----------
    earlier, later : Park
        As it was when the forecast was made, and with the new years (`records.joining.joined`).
    scenarios : iterable of Scenario
        The last one is the plan.
    before : int
        Year before which emissions shall peak.
    probability : float
        Asked for, when next year's targets are set.
    members, seed, until : int
        Of the forecast as it was made.
    error : float
        Of a reported yearly change, log.
    assumptions : Assumptions, optional
        The shipped ones by default.

    Raises
    ------
    PathwayError
        Another park, no new year, no scenario, or totals that are not above zero.
    """
    chosen = _checked(earlier, later, list(scenarios), until)
    base, known = earlier.last_observed_year, later.last_observed_year
    totals, old = _totals(later), _totals(earlier)
    drawn = {"members": members, "seed": seed, "until": until, "assumptions": assumptions}
    ensemble = _Ensemble(earlier, chosen, **drawn)
    logs = ensemble.log_weights(totals, known, error)
    if any(bool(collapsed(normalised(own))) for own in logs.values()):
        renewed, state, weights = _Ensemble(later, chosen, **drawn), "re-fitted", ensemble.equal
    else:
        renewed, state, weights = ensemble, "re-weighted", {name: normalised(own) for name, own in logs.items()}
    plan = ensemble.pathways.scenarios[-1]
    return Account(
        identity=later.identity,
        known=known,
        base=base,
        before=before,
        plan=plan,
        made=ensemble.outlooks("made", base, ensemble.equal, before),
        updated=renewed.outlooks(state, known, weights, before),
        log_evidence={name: float(log_mean(own)) for name, own in logs.items()},
        reported={year: totals[year] for year in range(base + 1, known + 1)},
        foreseen=ensemble.foreseen(totals[base], range(base + 1, known + 1)),
        deviation=ensemble.deviation(later, totals[base], known),
        targets=renewed.targets(later, chosen[-1], weights[plan], before, probability),
        restated={y: (was, totals[y]) for y, was in old.items() if abs(totals[y] - was) > 1e-6 * abs(was)},
        seed=seed,
        members=members,
        until=until,
    )


def _totals(park: Park) -> dict[int, float]:
    """Reported totals by year, tCO2/yr."""
    totals = take_inventory(park).total()
    if (totals <= 0).any():
        raise PathwayError(f"{park.park_id}: a total is not above zero; changes have no logarithm")
    return dict(zip(park.years.tolist(), totals.tolist(), strict=True))


def _checked(earlier: Park, later: Park, chosen: list[Scenario], until: int) -> list[Scenario]:
    """The scenarios, where they and the two records can be set against one another."""
    wrong = []
    if not chosen:
        wrong.append("no scenario")
    if earlier.park_id != later.park_id:
        wrong.append(f"the new record is of {later.park_id}")
    if later.last_observed_year <= earlier.last_observed_year:
        wrong.append(f"the new record ends in {later.last_observed_year}, which was known already")
    if not set(earlier.years.tolist()) <= set(later.years.tolist()):
        wrong.append("the new record lacks years of the old one")
    if later.last_observed_year >= until:
        wrong.append(f"nothing is left to forecast until {until}")
    if wrong:
        raise PathwayError(f"{earlier.park_id}: " + "; ".join(wrong))
    return chosen


class _Ensemble:
    """A forecast with all its members."""

    def __init__(self, park: Park, chosen: list[Scenario], *, members: int, **drawn: Any) -> None:
        self.park = park
        self.draws = sample(park, chosen, members=members, **drawn)
        self.pathways: Pathways = project(park, chosen, self.draws)
        self.peaks: Peaks = find_peaks(self.pathways)
        self.equal = dict.fromkeys(self.pathways.scenarios, np.full(members, 1.0 / members))

    def at(self, year: int) -> int:
        """Position of a year."""
        return int(year - self.pathways.years[0])

    def totals(self, scenario: int, years: Iterable[int]) -> np.ndarray:
        """Totals of some years: (member, year)."""
        return self.pathways.emissions[scenario].sum(axis=1)[:, [self.at(year) for year in years]]

    def log_weights(self, totals: Mapping[int, float], known: int, error: float) -> dict[str, np.ndarray]:
        """Logarithms of the weights that the reported years give the members of each scenario: (member,) each."""
        years = range(self.park.last_observed_year, known + 1)
        happened = np.diff(np.log([totals[year] for year in years]))
        return {
            name: log_weights(np.diff(np.log(self.totals(at, years)), axis=-1), happened, error)
            for at, name in enumerate(self.pathways.scenarios)
        }

    def outlooks(self, state: str, known: int, weights: Mapping[str, np.ndarray], before: int) -> dict[str, Outlook]:
        """The forecast of every scenario with some weights."""
        return {name: self._outlook(name, state, known, own, before) for name, own in weights.items()}

    def _outlook(self, name: str, state: str, known: int, weights: np.ndarray, before: int) -> Outlook:
        at = self.pathways.index(name)
        year = np.where(self.peaks.censored()[at], np.inf, self.peaks.year[at])
        return Outlook(
            scenario=name,
            state=state,
            known=known,
            weights=weights,
            effective=float(effective_size(weights)),
            p_before=float(weights[year < before].sum()),
            p_by=float(weights[year <= before].sum()),
            quantiles=weighted_quantiles(year, weights, QUANTILES),
        )

    def _plan(self, values: np.ndarray, years: Iterable[int]) -> np.ndarray:
        return values[-1][:, [self.at(year) for year in years]]

    def targets(
        self, later: Park, plan: Scenario, weights: np.ndarray, before: int, probability: float
    ) -> tuple[NextYearTarget, ...]:
        """Targets for the year after the record."""
        made = (self.draws, self.pathways, self.peaks)
        return next_targets(later, self.park, plan, *made, weights, before, probability)

    def foreseen(self, level: float, years: Iterable[int]) -> dict[int, np.ndarray]:
        """Quantiles of the plan's totals from a reported level of the base year: year -> (3,)."""
        base = self.park.last_observed_year
        found = {}
        for year in years:
            start, end = self.totals(-1, (base, year)).T
            found[year] = np.quantile(level * end / start, QUANTILES)
        return found

    def deviation(self, later: Park, level: float, year: int) -> dict[str, np.ndarray]:
        """What was reported less what each member of the plan had foreseen, by driver: (member,) each."""
        base = self.park.last_observed_year
        name = "economy" if "economy" in self.pathways.memo_items else "activity"
        value = self._plan(self.pathways.memo_items[name], (year,))[:, 0]
        energy = self._plan(self.pathways.memo_items["energy"], (year,))[:, 0]
        start, end = self.totals(-1, (base, year)).T
        # From the reported level on: a member's own factor error is no deviation.
        total = level * end / start
        seen_value = float(later.activity[counted_sectors(later), -1].sum())
        seen_energy = float(later.energy[..., -1].sum())
        seen_total = float(take_inventory(later).total()[-1])
        planned = np.stack([value, energy / value, total / energy])[:, None]
        reported = np.array([seen_value, seen_energy / seen_value, seen_total / seen_energy])
        effects = lmdi(planned, np.broadcast_to(reported[:, None, None], planned.shape))
        return dict(zip(DRIVERS, effects, strict=True))
