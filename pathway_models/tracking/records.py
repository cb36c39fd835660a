"""Records of a new year of data: forecasts before and after it, the deviation from the plan, next year's targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.records.park import Identified, ParkIdentity

#: Factors that a deviation from the plan is split into.
DRIVERS = ("activity", "energy_per_activity", "emissions_per_energy")
#: Quantities a target is set for, their unit, and whether less is better.
QUANTITIES = {
    "emissions": ("tCO2/yr", True),
    "emissions_per_activity": ("tCO2 per unit of activity", True),
    "energy_per_activity": ("TJ per unit of activity", True),
    "coal_share": ("share of energy", True),
    "green_power_share": ("share of purchased power", False),
}


@dataclass(frozen=True, eq=False)
class ScenarioForecast:
    """Forecast of one scenario as it stood at one time.

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


@dataclass(frozen=True)
class NextYearTarget:
    """A target for the coming year.

    Parameters
    ----------
    quantity, unit : str
        One of `QUANTITIES`.
    year : int
    reported : float
        Value of the last year on record.
    target : float
        Median over the members of the plan that peak in time; NaN where none does.
    latest : float
        The farthest value still on course; NaN where there is none.
    """

    quantity: str
    unit: str
    year: int
    reported: float
    target: float
    latest: float


@dataclass(frozen=True, eq=False)
class TrackingResult(Identified):
    """Forecast with a new year of data, beside the one made without it.

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
    made, updated : mapping scenario -> ScenarioForecast
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
    made: Mapping[str, ScenarioForecast]
    updated: Mapping[str, ScenarioForecast]
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
        """Return the likelihood of the new years under the plan over that under another scenario."""
        return float(np.exp(self.log_evidence[self.plan] - self.log_evidence[against]))
