"""Results of a search for the cheapest package: candidates, the best, its alternatives and prices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pathway_models.decisions.records import AssetPlan, CarbonExposure, PackageEconomics
from pathway_models.records import Costs, Grid, Identified, IndicatorRule, ParkIdentity, Profile, Scenario, levers


@dataclass(frozen=True)
class DecisionTarget:
    """Target of a search: a peak before a year, further conditions, a budget.

    Parameters
    ----------
    before : int
        Neither this year nor one of the four after it exceeds the highest before it (``docs/headline.md``).
    probability : float
        Required share of all members; each of the ``limits`` must hold with the same probability.
    limits : Limits
    budget : float, optional
        Largest known present value, million CNY.
    """

    before: int
    probability: float
    limits: levers.Limits
    budget: float | None = None


@dataclass(frozen=True)
class Candidate:
    """One package with its costs and probabilities; means are over members.

    Parameters
    ----------
    code : tuple of int
        Option of each block of the grid.
    label : str
    unknown : tuple of str
        Levers of the package whose cost is not known.
    steps : int
        Setting steps of those levers, summed: moderate is one, strong is two.
    cost : float
        Known present value, million CNY; the whole cost only where ``unknown`` is empty.
    annualised : float
        The level yearly payment with the same present value, million CNY/yr.
    per_tonne : float
        Discounted known cost over discounted tonnes avoided, CNY/tCO2; NaN where nothing is avoided.
    p_before, p_by, p_past : float
        Probability of a peak before the target year (``docs/headline.md``), and up to and including it; and the part of
        the first that is past.
    peak : float
        Peak level, tCO2/yr.
    held : mapping condition -> float
        Probability that each further condition holds.
    p_fresh : float or None
        ``p_before`` on fresh draws.
    """

    code: tuple[int, ...]
    label: str
    unknown: tuple[str, ...]
    steps: int
    cost: float
    annualised: float
    per_tonne: float
    p_before: float
    p_by: float
    peak: float
    held: Mapping[str, float]
    p_fresh: float | None = None
    p_past: float = 0.0


@dataclass(frozen=True)
class Price:
    """Extra cost of a tighter target: setting steps of unknown cost, and known present value in million CNY.

    The present value is the whole extra cost only where ``steps`` is zero.
    """

    steps: int
    cost: float
    label: str


@dataclass(frozen=True)
class Threshold:
    """A package with unpriced measures, and the cost of these below which it is cheaper than the one shown.

    Parameters
    ----------
    candidate : Candidate
        The package of the lowest known cost that reaches the target, of those with the same unpriced settings.
    more, less : mapping block -> option
        Blocks with unpriced measures that it sets higher, and lower, than the package shown.
    below : float
        Present value, million CNY: the package is cheaper if the cost of ``more`` less the saving of ``less`` is lower.
    annualised : float
        The same as a level yearly payment, million CNY/yr.
    per_unit : float or None
        ``below`` in ``unit``, where the package differs by one unpriced lever alone.
    unit : str
        ``CNY/GJ``, ``CNY/tCO2`` or ``CNY/CNY``; empty without ``per_unit``.
    """

    candidate: Candidate
    more: Mapping[str, str]
    less: Mapping[str, str]
    below: float
    annualised: float
    per_unit: float | None = None
    unit: str = ""

    def asks(self) -> tuple[int, int, float]:
        """Sort key: number of blocks that differ, then steps without a price, then the largest saving."""
        return len(self.more) + len(self.less), self.candidate.steps, -self.below


@dataclass(frozen=True, eq=False)
class Decision(Identified):
    """The cheapest package that reaches a target, or the closest where none does.

    Parameters
    ----------
    identity : ParkIdentity
    target : DecisionTarget
    grid : Grid
        Without options that have no effect on this park.
    dropped : mapping block -> reason
        Blocks left out for that reason.
    costs : Costs
    unknown : mapping lever -> reason
        Levers of the grid whose cost is not known.
    uncounted : tuple of str
        Carrier groups without a price: savings of them are not counted.
    best : Candidate or None
        None where no package reaches the target.
    closest : Candidate
        The best, or the package with the highest probability where there is none.
    alternatives : tuple of Candidate
        Other packages that reach the target with as many steps of unknown cost and within ``margin`` of its cost; the
        cheapest ones, in full.
    near : (package, block) int
        All such packages, the cheapest first; ``grid.scenario(near[7])`` is the eighth.
    margin : float
    without_block : mapping block -> Candidate or None
        For each block of the best, the cheapest package without it; None if it is indispensable. Empty where not every
        package was evaluated.
    front : tuple of Candidate
        The cheapest way to every probability.
    one_year_earlier, one_percent_more : Price or None
        None where the tighter target is out of reach, or not every package was evaluated.
    off : Candidate
        Package without levers.
    packages, evaluated : int
        Packages of the grid, and distinct ones whose probability was computed.
    complete : bool
        True where every package was evaluated. Otherwise a best is still proven if ``gap`` is None, but prices and
        indispensable blocks are not known, nor whether no package reaches the target.
    gap : Price or None
        None where the best is proven; else the largest possible saving of a package that was not evaluated.
    cheaper_if : tuple of Threshold
        Packages with unpriced measures that are cheaper than the one shown if these cost little enough, those with the
        fewest additions first; empty where no measure is unpriced or not every package was evaluated.
    economics : PackageEconomics or None
        Cash flow of the closest package, of its priced measures alone where some have no price.
    members, fresh_members, seed, issue_year : int
    """

    identity: ParkIdentity
    target: DecisionTarget
    grid: Grid
    dropped: Mapping[str, str]
    costs: Costs
    unknown: Mapping[str, str]
    uncounted: tuple[str, ...]
    best: Candidate | None
    closest: Candidate
    alternatives: tuple[Candidate, ...]
    near: np.ndarray
    margin: float
    without_block: Mapping[str, Candidate | None]
    front: tuple[Candidate, ...]
    one_year_earlier: Price | None
    one_percent_more: Price | None
    off: Candidate
    packages: int
    evaluated: int
    complete: bool
    gap: Price | None
    members: int
    fresh_members: int
    seed: int
    issue_year: int = 0
    cheaper_if: tuple[Threshold, ...] = ()
    economics: PackageEconomics | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether every measure of the grid has a price, so that the best is the cheapest of all."""
        return not self.unknown

    @property
    def reached(self) -> bool:
        """Tell whether some package reaches the target."""
        return self.best is not None

    def scenario(self, candidate: Candidate | None = None) -> Scenario:
        """Turn a candidate, by default the closest, into a scenario that `project` can run."""
        return self.grid.scenario((candidate or self.closest).code)

    def fresh_error(self) -> float:
        """Estimate the standard error, on the fresh draws, of the target probability."""
        p = self.target.probability
        return float(np.sqrt(p * (1.0 - p) / self.fresh_members)) if self.fresh_members else float("nan")

    def __repr__(self) -> str:
        goal = f"before {self.target.before} with P >= {self.target.probability:g}"
        found = self.closest
        said = found.label if self.reached else f"out of reach; closest {found.label}"
        more = f" + {found.steps} steps of unknown cost" if found.steps else ""
        return (
            f"<Decision {self.park_id}: {goal}: {said}\n"
            f"  P {found.p_before:.3f}, known cost {found.annualised:,.0f} million CNY/yr{more};"
            f" {len(self.alternatives)} alternatives, {self.evaluated} packages looked at>"
        )


@dataclass(frozen=True)
class IndicatorCandidate:
    """One package with its cost and its values of the indicator.

    Parameters
    ----------
    code : tuple of int
        Option of each block of the grid.
    label : str
    unknown : tuple of str
        Levers of the package whose cost is not known.
    steps : int
        Setting steps of those levers, summed.
    cost, annualised : float
        Known present value, million CNY, and the level yearly payment with it, million CNY/yr.
    probability : float
        Share of members that meet the limit in every reading; a member outside all size classes does not.
    values : tuple of float
        Median of the indicator, by reading.
    with_class : float
        Share of members whose energy use lies in a size class in every reading.
    p_fresh : float or None
        ``probability`` on fresh draws.
    """

    code: tuple[int, ...]
    label: str
    unknown: tuple[str, ...]
    steps: int
    cost: float
    annualised: float
    probability: float
    values: tuple[float, ...]
    with_class: float
    p_fresh: float | None = None


@dataclass(frozen=True, eq=False)
class IndicatorDecision(Identified):
    """The cheapest package that meets the core indicator in a year, or the closest where none does.

    Parameters
    ----------
    identity : ParkIdentity
    profile : Profile
    rule : IndicatorRule
    year : int
    probability : float
        Required share of members.
    reached : bool
    closest : IndicatorCandidate
        The cheapest that reaches it; else the most probable, and of those the one of the lowest value.
    off : IndicatorCandidate
        Package without levers.
    grid : Grid
    packages, looked_at, members, fresh_members, seed : int
    price_year : int
    """

    identity: ParkIdentity
    profile: Profile
    rule: IndicatorRule
    year: int
    probability: float
    reached: bool
    closest: IndicatorCandidate
    off: IndicatorCandidate
    grid: Grid
    packages: int
    looked_at: int
    members: int
    fresh_members: int
    seed: int
    price_year: int

    def scenario(self) -> Scenario:
        """Turn the closest package into a scenario that `project` can run."""
        return self.grid.scenario(self.closest.code)


# as JSON -----------------------------------------------------------------------------------------------------------


def decision_record(
    decision: Decision, plan: AssetPlan | None = None, exposure: CarbonExposure | None = None
) -> dict[str, Any]:
    """Convert a decision to a record for ``--format json``; costs in million CNY of the price year, null for none."""
    record = {
        "park_id": decision.park_id,
        "before": decision.target.before,
        "issue_year": decision.issue_year,
        "probability": decision.target.probability,
        "reached": decision.reached,
        "price_year": decision.costs.price_year,
        "budget_million_cny": decision.target.budget,
        "best" if decision.reached else "closest": _candidate(decision.closest),
        "alternatives_within": decision.margin,
        "alternatives_in_all": len(decision.near),
        "alternatives": [_candidate(one) for one in decision.alternatives],
        "cheapest_without": {
            block: None if one is None else _candidate(one) for block, one in decision.without_block.items()
        },
        "front": [_candidate(one) for one in decision.front],
        "one_year_earlier": _price(decision.one_year_earlier),
        "one_percent_more": _price(decision.one_percent_more),
        "cost_not_known": dict(decision.unknown),
        "cheaper_if": [_threshold(one) for one in decision.cheaper_if],
        "economics": None if decision.economics is None else _economics(decision.economics),
        "savings_not_counted": list(decision.uncounted),
        "left_out": dict(decision.dropped),
        "every_package_looked_at": decision.complete,
        "best_is_proven": decision.reached and decision.gap is None,
        "gap": _price(decision.gap),
        "packages": decision.packages,
        "evaluated": decision.evaluated,
        "members": decision.members,
        "seed": decision.seed,
    }
    if exposure is not None:
        record["allowances_million_cny"] = _allowances(exposure)
    if plan is not None:
        record["assets"] = _assets(plan)
    return record


def indicator_record(found: IndicatorDecision) -> dict[str, Any]:
    """Convert a search for an indicator to a record for ``--format json``."""
    return {
        "park_id": found.park_id,
        "profile": found.profile.profile_id,
        "account": found.profile.account,
        "indicator": found.rule.indicator_id,
        "unit": found.rule.unit,
        "year": found.year,
        "probability": found.probability,
        "reached": found.reached,
        "price_year": found.price_year,
        "best" if found.reached else "closest": _indicator_candidate(found, found.closest),
        "without_levers": _indicator_candidate(found, found.off),
        "packages": found.packages,
        "evaluated": found.looked_at,
        "members": found.members,
        "seed": found.seed,
    }


def _indicator_candidate(found: IndicatorDecision, one: IndicatorCandidate) -> dict[str, Any]:
    readings = [reading.reading_id for reading in found.profile.readings]
    return {
        "package": one.label,
        "p_met": one.probability,
        "p_met_on_fresh_draws": one.p_fresh,
        "p_in_a_size_class": one.with_class,
        "median": dict(zip(readings, one.values, strict=True)),
        "known_cost_million_cny_per_year": one.annualised,
        "known_present_value_million_cny": one.cost,
        "levers_of_unknown_cost": list(one.unknown),
        "steps_of_unknown_cost": one.steps,
    }


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "package": one.label,
        "p_before": one.p_before,
        "p_by": one.p_by,
        "p_past": one.p_past,
        "p_ahead": one.p_before - one.p_past,
        "p_before_on_fresh_draws": one.p_fresh,
        "known_cost_million_cny_per_year": one.annualised,
        "known_present_value_million_cny": one.cost,
        "levers_of_unknown_cost": list(one.unknown),
        "steps_of_unknown_cost": one.steps,
        "conditions": dict(one.held),
    }


def _threshold(one: Threshold) -> dict[str, Any]:
    return {
        "more": dict(one.more),
        "less": dict(one.less),
        "under_million_cny_per_year": one.annualised,
        "under_million_cny": one.below,
        "under_per_unit": one.per_unit,
        "unit": one.unit or None,
        "package": _candidate(one.candidate),
    }


def _economics(found: PackageEconomics) -> dict[str, Any]:
    years = found.payback()
    return {
        "of": list(found.priced),
        "without_a_price": list(found.left_out),
        "rate": found.rate,
        "present_values_million_cny": found.present_values(),
        "annuity_million_cny_per_year": found.annuity,
        "internal_rates": list(found.internal_rates()),
        "payback_years": years if np.isfinite(years) else None,
        "by_lever_million_cny": {
            name: {"investment": invested, "operation": run} for name, (invested, run) in found.by_lever.items()
        },
        "years": found.years.tolist(),
        "flow_million_cny": found.flow().tolist(),
    }


def _price(one: Price | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"steps_of_unknown_cost": one.steps, "known_present_value_million_cny": one.cost, "package": one.label}


def _allowances(found: CarbonExposure) -> list[dict[str, float]]:
    """List median allowance costs by year."""
    without, with_package = np.median(found.without, axis=0), np.median(found.with_package, axis=0)
    return [
        {"year": int(year), "without_levers": float(without[at]), "with_package": float(with_package[at])}
        for at, year in enumerate(found.years)
    ]


def _assets(plan: AssetPlan) -> dict[str, Any]:
    return {
        "reinvestment_windows": plan.windows,
        "locked_in_tco2": {str(year): float(t) for year, t in zip(plan.years, plan.locked_in, strict=True) if t},
        "levers": [
            {
                "lever": one.lever.lever_id,
                "setting": one.option,
                "years_later": one.fitted.years_later,
                "stopped_early_without_waiting": list(one.fitted.early),
                "not_written_off_million_cny": one.fitted.early_cost,
            }
            for one in plan.waiting
        ],
        "not_waiting": [lever.lever_id for lever in plan.free],
    }
