"""Records of compliance of a park with an indicator profile."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pathway_models.core import RecordError
from pathway_models.records import Bilingual, Identified, IndicatorRule, ParkIdentity, Profile, inventory


@dataclass(frozen=True)
class Missing:
    """One input that an indicator lacks.

    Parameters
    ----------
    place, place_zh : str
        Cell of the workbook, or the line a CSV table needs.
    en, zh : str
        Expected content.
    """

    place: str
    place_zh: str
    en: str
    zh: str

    def told(self, lang: str) -> str:
        """Name the missing input and its place."""
        return f"{self.zh}：{self.place_zh}" if lang == "zh" else f"{self.en}: {self.place}"


@dataclass(frozen=True)
class Judgement:
    """One indicator of a profile for one park and year.

    Parameters
    ----------
    rule : IndicatorRule
    year : int
    values : mapping reading -> float
        In the unit of the indicator; empty where it cannot be computed.
    limits : mapping reading -> str
        Limit for the park's size, such as ``"<= 0.3"``.
    verdict : {"met", "not_met", "cannot_say"}
    reason_en, reason_zh : str
        Reason of "cannot say"; empty otherwise.
    missing : tuple of Missing
    """

    rule: IndicatorRule
    year: int
    values: Mapping[str, float]
    limits: Mapping[str, str]
    verdict: str
    reason_en: str = ""
    reason_zh: str = ""
    missing: tuple[Missing, ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in inventory.VERDICTS:
            raise RecordError(f"{self.rule.indicator_id}: verdict {self.verdict!r} is not one of {inventory.VERDICTS}")
        if self.missing and self.verdict == "met":
            raise RecordError(f"{self.rule.indicator_id}: met although {len(self.missing)} inputs are missing")

    def reason(self, lang: str) -> str:
        """Return the reason in a language."""
        return self.reason_zh if lang == "zh" else self.reason_en


@dataclass(frozen=True, eq=False)
class Compliance(Identified):
    """Judgements of a park by every indicator of a profile.

    Parameters
    ----------
    identity : ParkIdentity
    profile : Profile
    year : int
    judgements : tuple of Judgement
    """

    identity: ParkIdentity
    profile: Profile
    year: int
    judgements: tuple[Judgement, ...]

    def count(self, verdict: str) -> int:
        """Count the indicators of one verdict."""
        return sum(one.verdict == verdict for one in self.judgements)

    @property
    def is_judged(self) -> bool:
        """Tell whether every indicator has a verdict other than "cannot say"."""
        return self.count("cannot_say") == 0

    def __getitem__(self, indicator_id: str) -> Judgement:
        return next(one for one in self.judgements if one.rule.indicator_id == indicator_id)

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(name)} {name.replace('_', ' ')}" for name in inventory.VERDICTS)
        return f"<Compliance {self.park_id} {self.year} by {self.profile.profile_id}: {counts}>"


@dataclass(frozen=True, eq=False)
class CoreAhead(Identified):
    """The core indicator of a profile over an ensemble.

    Parameters
    ----------
    identity : ParkIdentity
    profile : Profile
    scenarios : (N,) str
    years : (Y,) int
    readings : (K,) str
    values : (reading, scenario, member, year), tCO2/tce
    met : (reading, scenario, member, year) bool
    has_limit : (reading, scenario, member, year) bool
        False where the park's energy use is in no size class: no verdict.
    """

    identity: ParkIdentity
    profile: Profile
    scenarios: tuple[str, ...]
    years: np.ndarray
    readings: tuple[str, ...]
    values: np.ndarray
    met: np.ndarray
    has_limit: np.ndarray

    def probability(self) -> np.ndarray:
        """Compute the share of members that meet the limit: (reading, scenario, year); NaN where half have no class."""
        share = self.met.mean(axis=2)
        return np.where(self.has_limit.mean(axis=2) >= 0.5, share, np.nan)


@dataclass(frozen=True, eq=False)
class AccountsAhead(Identified):
    """Projected totals of a park, account by account.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : tuple of str
    years : (Y,) int
    status : (Y,) str
        ``observed``, ``nowcast`` or ``projected``.
    totals : mapping account id -> (scenario, member, year), tCO2/yr
        In the order given.
    not_said : mapping account id -> Bilingual
        Accounts not available for projected years, with the reason.
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    years: np.ndarray
    status: tuple[str, ...]
    totals: Mapping[str, np.ndarray]
    not_said: Mapping[str, Bilingual]


#: Names of the rules.
RULE_WORDS = {
    "intensity": (
        "national cut in CO2 per value added, with the park's own growth",
        "按国家单位增加值降幅与园区自身增长",
    ),
    "hold": ("no more than in the base year", "不高于基年"),
    "neutral": ("straight line to zero in 2060", "直线降至2060年为零"),
}


@dataclass(frozen=True, eq=False)
class CarbonBudget(Identified):
    """A budget by year, and the emissions of an ensemble.

    Parameters
    ----------
    identity : ParkIdentity
    rule : str
        One of `RULE_WORDS`.
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
        """Compute 5, 50 and 95 % quantiles of the overrun of the whole period, tCO2: (scenario, 3)."""
        beyond = self.emitted.sum(axis=-1) - self.total
        return np.quantile(beyond, (0.05, 0.5, 0.95), axis=1).T


#: Quantiles of a cost.
PROBABILITIES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, eq=False)
class CarbonCost:
    """A yearly cost by member.

    Parameters
    ----------
    years : (Y,) int
    cost : (scenario, member, Y)
        Money of ``unit``; below zero where allowances are left to sell.
    unit : str
    """

    years: np.ndarray
    cost: np.ndarray
    unit: str

    def quantiles(self) -> np.ndarray:
        """Compute P05, median and P95 by scenario and year: (scenario, Y, 3)."""
        return np.moveaxis(np.quantile(self.cost, PROBABILITIES, axis=1), 0, -1)
