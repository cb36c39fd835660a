"""Results of a search for the cheapest package: candidates, the best, its alternatives and prices."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.records.accounts import IndicatorRule, Profile
from pathway_models.records.costs import Costs
from pathway_models.records.levers import Grid, Limits, Scenario
from pathway_models.records.park import Identified, ParkIdentity


@dataclass(frozen=True)
class DecisionTarget:
    """Target of a search: a peak before a year, further conditions, a budget.

    Parameters
    ----------
    before : int
        No year of it and the four after exceeds the highest before it (``docs/headline.md``).
    probability : float
        Share of all members that must; each of the ``limits`` must hold with the same probability.
    limits : Limits
    budget : float, optional
        Largest known present value, million CNY.
    """

    before: int
    probability: float
    limits: Limits
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
        Setting steps of those levers together: moderate is one, strong is two.
    cost : float
        Known present value, million CNY; the whole cost only where ``unknown`` is empty.
    annualised : float
        The level yearly payment with the same present value, million CNY/yr.
    per_tonne : float
        Discounted known cost over discounted tonnes avoided, CNY/tCO2; NaN where nothing is avoided.
    p_before, p_by, p_past : float
        Probability of a peak before the year asked for (``docs/headline.md``), and up to and with it; and the part of
        the first that is past already.
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

    The money alone is a price only where ``steps`` is zero.
    """

    steps: int
    cost: float
    label: str


@dataclass(frozen=True, eq=False)
class Decision(Identified):
    """The cheapest package that reaches a target, or the closest where none does.

    Parameters
    ----------
    identity : ParkIdentity
    target : DecisionTarget
    grid : Grid
        After options without any effect on this park were left out.
    dropped : mapping block -> reason
        Blocks left out for that.
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
        Other packages that reach the target with as many steps of unknown cost and within ``margin`` of its cost,
        the cheapest ones with everything known about them.
    near : (package, block) int
        All such packages, the cheapest first; ``grid.scenario(near[7])`` is the eighth.
    margin : float
    without_block : mapping block -> Candidate or None
        For each block the best uses, the cheapest package that does without; None: indispensable. Empty where not
        every package was looked at.
    front : tuple of Candidate
        The cheapest way to every probability.
    one_year_earlier, one_percent_more : Price or None
        None where the tighter target is out of reach, or not every package was looked at.
    off : Candidate
        No lever at all.
    packages, evaluated : int
        Packages of the grid, and distinct ones whose probability was worked out.
    complete : bool
        True where every package was looked at. Otherwise a best is still proven if ``gap`` is None, but prices and
        indispensable blocks are not known, nor that no package reaches the target.
    gap : Price or None
        None where the best is proven; else how much less, at most, a package not looked at could ask for.
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

    @property
    def reached(self) -> bool:
        """Tell whether some package reaches the target."""
        return self.best is not None

    def scenario(self, candidate: Candidate | None = None) -> Scenario:
        """Turn a candidate, by default the closest, into a scenario that `project` can run."""
        return self.grid.scenario((candidate or self.closest).code)

    def fresh_error(self) -> float:
        """Estimate the standard error of a probability on the fresh draws, at the probability asked for."""
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
    """One package with its cost and what it makes of the indicator.

    Parameters
    ----------
    code : tuple of int
        Option of each block of the grid.
    label : str
    unknown : tuple of str
        Levers of the package whose cost is not known.
    steps : int
        Setting steps of those levers together.
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
        Asked for.
    reached : bool
    closest : IndicatorCandidate
        The cheapest that reaches it; else the most probable, and of those the one of the lowest value.
    off : IndicatorCandidate
        No lever at all.
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
