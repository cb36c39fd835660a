"""Rank correlation between two uncertain inputs."""

from __future__ import annotations

from dataclasses import dataclass

from pathway_models.foundations.errors import RecordError


@dataclass(frozen=True)
class Correlation:
    """Spearman's rank correlation of two inputs, and who says so.

    Parameters
    ----------
    first, second : str
        Names of draws, e.g. ``"electrification:share"`` or ``"factor:coal"``.
    rank : float
        Between -1 and 1, both excluded.
    source : str
        Bib key, or ``ASSUME: ...``.
    """

    first: str
    second: str
    rank: float
    source: str

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise RecordError(f"{self.first}: an input is not correlated with itself")
        if not -1 < self.rank < 1:
            raise RecordError(f"{self.first} and {self.second}: rank correlation {self.rank} is not between -1 and 1")
