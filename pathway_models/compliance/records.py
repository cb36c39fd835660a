"""Results of holding a park against an indicator profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pathway_models.core.errors import RecordError
from pathway_models.records.accounts import VERDICTS, IndicatorRule, Profile
from pathway_models.records.park import Identified, ParkIdentity


@dataclass(frozen=True)
class Missing:
    """One input that an indicator lacks.

    Parameters
    ----------
    place : str
        Cell of the workbook, or the line a CSV table needs.
    en, zh : str
        What belongs there.
    """

    place: str
    en: str
    zh: str


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
        The limit that holds for the park's size, such as ``"<= 0.3"``.
    verdict : {"met", "not_met", "cannot_say"}
    reason_en, reason_zh : str
        Why it cannot be said; empty otherwise.
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
        if self.verdict not in VERDICTS:
            raise RecordError(f"{self.rule.indicator_id}: verdict {self.verdict!r} is not one of {VERDICTS}")
        if self.missing and self.verdict == "met":
            raise RecordError(f"{self.rule.indicator_id}: met although {len(self.missing)} inputs are missing")

    def reason(self, lang: str) -> str:
        """Return the reason in a language."""
        return self.reason_zh if lang == "zh" else self.reason_en


@dataclass(frozen=True, eq=False)
class Compliance(Identified):
    """A park held against every indicator of a profile.

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
        counts = ", ".join(f"{self.count(name)} {name.replace('_', ' ')}" for name in VERDICTS)
        return f"<Compliance {self.park_id} {self.year} by {self.profile.profile_id}: {counts}>"
