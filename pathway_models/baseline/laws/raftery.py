"""The core of Raftery et al. (2017) as a rival: population, income that converges, intensity that falls as everywhere.

Emissions are population times GDP per head times CO2 per GDP.  Population goes on growing as in the record; emissions
per head change as those of countries of the same income did, that is, growth that fades with income less the common
fall of intensity; around it stand the errors that this made.  Left out of the original: its population projections, the
hierarchy of country parameters, and the date at which a country's intensity peaks.

Raftery, Zimmer, Frierson, Startz and Liu (2017), Nature Climate Change 7, 637-641, doi 10.1038/nclimate3352; cited from
background knowledge.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from pathway_models.baseline.laws.benchmarks import PointLaw, errors_of
from pathway_models.baseline.laws.forecasts import MemberForecast
from pathway_models.baseline.laws.levels.level import GDP, POPULATION, growth_of, last_of
from pathway_models.baseline.laws.register import register
from pathway_models.kernels import Floats
from pathway_models.kernels.trends import persistence
from pathway_models.records.assumptions import Assumptions
from pathway_models.records.growth_laws import History, Windows


@dataclass(frozen=True)
class Raftery(PointLaw):
    """Population as it grew, and a change of emissions per head by income.

    Parameters
    ----------
    per_head : (horizon, 3) float, optional
        Change of log emissions per head: constant, by log income, by its square; None before a fit.
    """

    name: str = "raftery_2017"
    rule: object = persistence
    per_head: Floats | None = None

    covariates = (GDP, POPULATION)

    def centre(self, history: History, steps: int) -> Floats:
        """Compute the expected log change: (window, step); without income or population nothing is expected."""
        design, people = _known(history)
        years = np.arange(1.0, steps + 1.0)
        reach = np.minimum(np.arange(steps), len(self.per_head) - 1)
        return people[:, None] * years + design @ self.per_head[reach].T * (years / (reach + 1.0))

    def fit(self, samples: Sequence[Windows], start: Self | None = None) -> Self:
        """Fit by least squares, every set with the same weight, then take the errors."""
        del start
        found = []
        parts = [(windows, *_known(windows.history)) for windows in samples]
        for at in range(samples[0].change.shape[1]):
            gram, product = np.zeros((3, 3)), np.zeros(3)
            for windows, design, people in parts:
                known = np.isfinite(windows.change[:, at])
                if known.any():
                    own = design[known]
                    gram += own.T @ own / known.sum()
                    product += own.T @ (windows.change[known, at] - (at + 1) * people[known]) / known.sum()
            if not gram.any():
                break
            found.append(np.linalg.lstsq(gram, product, rcond=None)[0])
        law = replace(self, per_head=np.array(found))
        wrong = [windows.change - law.centre(windows.history, windows.change.shape[1]) for windows in samples]
        return replace(law, errors=errors_of(wrong))

    def forecast(self, history: History, steps: int) -> MemberForecast:
        """Forecast points with the members of their errors: (window, horizon)."""
        centre = self.centre(history, steps)
        return MemberForecast(centre, self.reaching(steps)[None], np.zeros(len(centre), dtype=int))


def _known(history: History) -> tuple[Floats, Floats]:
    """Design of income (window, 3), and growth of population (window,); zeros where not known."""
    blank = np.full(np.shape(history.log_history), np.nan)
    gdp, population = (np.asarray(history.covariates.get(name, blank), float) for name in (GDP, POPULATION))
    income = np.nan_to_num(last_of(gdp - population))
    return np.stack([np.ones_like(income), income, income**2], axis=1), np.nan_to_num(growth_of(population))


@register("raftery_2017")
def raftery(use: str, assumptions: Assumptions | None) -> Raftery:
    """Make the law, to be fitted."""
    del use, assumptions
    return Raftery()
