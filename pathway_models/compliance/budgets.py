"""Carbon budgets of a plan period by stated rules, and the probability of overrunning them (docs/accounts.md, 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.core.errors import PathwayError
from pathway_models.records.park import Identified, ParkIdentity
from pathway_models.records.pathways import Pathways

#: Year of carbon neutrality in the notice.
NEUTRAL = 2060
RULES = ("intensity", "hold", "neutral")
#: Names of the rules.
RULE_WORDS = {
    "intensity": ("national cut of CO2 per value added on the park's own growth", "按国家单位增加值降幅与园区自身增长"),
    "hold": ("no more than in the base year", "不高于基年"),
    "neutral": ("straight line to zero in 2060", "直线降至2060年为零"),
}


@dataclass(frozen=True, eq=False)
class CarbonBudget(Identified):
    """A budget by year, and what an ensemble makes of it.

    Parameters
    ----------
    identity : ParkIdentity
    rule : str
        One of `RULES`.
    years : (Y,) int
    allowed : (Y,), tCO2/yr
    emitted : (scenario, member, Y), tCO2/yr
    scenarios : tuple of str
    base_year : int
    is_base_observed : bool
        False where the base is the median of the ensemble's first scenario.
    """

    identity: ParkIdentity
    rule: str
    years: np.ndarray
    allowed: np.ndarray
    emitted: np.ndarray
    scenarios: tuple[str, ...]
    base_year: int
    is_base_observed: bool

    @property
    def total(self) -> float:
        """Return the budget of all years together, tCO2."""
        return float(self.allowed.sum())

    def overrun(self) -> np.ndarray:
        """Compute the share of members whose emissions so far exceed the budget so far: (scenario, Y)."""
        spent = self.emitted.cumsum(axis=-1)
        return (spent > self.allowed.cumsum()).mean(axis=1)

    def overrun_of_total(self) -> np.ndarray:
        """Compute 5, 50 and 95 % quantiles of what the period spends beyond the budget, tCO2: (scenario, 3)."""
        beyond = self.emitted.sum(axis=-1) - self.total
        return np.quantile(beyond, (0.05, 0.5, 0.95), axis=1).T


def carbon_budget(
    pathways: Pathways, rule: str = "intensity", *, first: int = 2026, last: int = 2030, cut: float = 0.17
) -> CarbonBudget:
    """Work out a budget and hold an ensemble against it.

    Parameters
    ----------
    pathways : Pathways
        The first scenario is the reference: its median is the base where the base year is not observed, and its median
        activity is the growth that the rule ``"intensity"`` allows.
    rule : {"intensity", "hold", "neutral"}
        ``intensity``: base x activity over that of the base year x (1 - cut)^((y - base) / n), n years in the period;
        ``hold``: the base in every year; ``neutral``: a straight line from the base to zero in 2060.
    first, last : int
        Plan period; the year before it is the base.
    cut : float
        Cut of CO2 per value added over the period, a share; the 15th five-year plan asks for 0.17 over 2026-2030.

    Raises
    ------
    PathwayError
        No such rule; the period is empty, begins before the record does, or goes beyond the horizon; the rule needs
        activity and only totals were kept.
    """
    base = first - 1
    wrong = []
    if rule not in RULES:
        wrong.append(f"rule {rule!r}: expected one of {', '.join(RULES)}")
    if not int(pathways.years[0]) <= base < last <= int(pathways.years[-1]):
        wrong.append(f"period {first}-{last}: expected years from {pathways.years[0] + 1} to {pathways.years[-1]}")
    if not 0 <= cut < 1:
        wrong.append(f"cut = {cut}: expected a share from 0 to below 1")
    if rule == "intensity" and "activity" not in pathways.memo_items:
        wrong.append("the rule 'intensity' needs activity, and only totals were kept")
    if wrong:
        raise PathwayError(f"{pathways.park_id}: " + "; ".join(wrong))
    at = base - int(pathways.years[0])
    inside = slice(at + 1, at + 1 + last - base)
    years, total = pathways.years[inside], pathways.total()
    start = float(np.median(total[0, :, at]))
    steps = years - base
    if rule == "hold":
        allowed = np.full(years.size, start)
    elif rule == "neutral":
        allowed = start * np.maximum(NEUTRAL - years, 0) / (NEUTRAL - base)
    else:
        activity = pathways.memo_items["activity"][0]
        growth = np.median(activity[:, inside] / activity[:, at : at + 1], axis=0)
        allowed = start * growth * (1.0 - cut) ** (steps / years.size)
    is_observed = base <= pathways.last_observed_year
    return CarbonBudget(
        pathways.identity, rule, years, allowed, total[..., inside], pathways.scenarios, base, is_observed
    )
