"""What a survey of an ensemble keeps: peaks and sums of every member, quantiles of every year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.foundations.errors import RecordError
from pathway_models.records.arrays import frozen_array, rising_years
from pathway_models.records.peaks import Peaks


@dataclass(frozen=True, eq=False)
class Outlook:
    """An ensemble without its members' paths.

    Parameters
    ----------
    peaks : Peaks
        Of every member.
    cumulative : (scenario, member), tCO2
        Sum of the total over the projected years.
    probabilities : (P,) float
    quantiles : (scenario, probability, year), tCO2/yr
        Quantiles over members of the total.
    mean : (scenario, year), tCO2/yr
    """

    peaks: Peaks
    cumulative: np.ndarray
    probabilities: tuple[float, ...]
    quantiles: np.ndarray
    mean: np.ndarray

    def __post_init__(self) -> None:
        put, peaks = object.__setattr__, self.peaks
        scenarios, years = len(peaks.scenarios), rising_years("years", peaks.years).size
        if not all(0 <= probability <= 1 for probability in self.probabilities):
            raise RecordError(f"probabilities {self.probabilities}: expected shares between 0 and 1")
        for name, shape in {
            "cumulative": (scenarios, peaks.members),
            "quantiles": (scenarios, len(self.probabilities), years),
            "mean": (scenarios, years),
        }.items():
            put(self, name, frozen_array(name, getattr(self, name), shape))

    @property
    def park_id(self) -> str:
        """The park."""
        return self.peaks.park_id

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios, in the order of the arrays."""
        return self.peaks.scenarios

    @property
    def years(self) -> np.ndarray:
        """Observed and projected years: (Y,)."""
        return self.peaks.years

    @property
    def last_observed_year(self) -> int:
        """Last year with data."""
        return self.peaks.last_observed_year

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.peaks.members

    @property
    def seed(self) -> int:
        """Seed of the draws."""
        return self.peaks.seed

    def __repr__(self) -> str:
        shown = ", ".join(f"p{100 * probability:02.0f}" for probability in self.probabilities)
        return f"<Outlook: {shown} of the total by year; cumulative by member; {self.peaks!r}>"
