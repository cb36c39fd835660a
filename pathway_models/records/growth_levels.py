"""Fitted numbers of the law in levels, with the records of nations and provinces that its forecasts start from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from pathway_models.kernels import Floats
from pathway_models.kernels.horizon_regression import HorizonFit


@dataclass(frozen=True, eq=False)
class LevelRecord:
    """Last years of a nation or province, from which its own forecast starts.

    Parameters
    ----------
    years : (year,) int
        Consecutive.
    emissions : (year,) float
        Logs of t CO2 a year.
    covariates : mapping column -> (year,) float
        Logs of GDP, of population; NaN where not known.
    """

    years: NDArray[np.int_]
    emissions: Floats
    covariates: Mapping[str, Floats] = field(default_factory=dict)

    @property
    def origin(self) -> int:
        """Last year that is known."""
        return int(self.years[-1])


@dataclass(frozen=True, eq=False)
class LevelParameters:
    """Parameters of the law in levels.

    Parameters
    ----------
    version : str
    fits : mapping level -> HorizonFit
        ``nation``, ``economy`` (real GDP of nations), ``region``, ``park``.
    numbers : mapping name -> float
        ``park_follows_nation``, ``park_in_region``, ``economy_with_nation``, ``activity_follows``, ``activity_noise``,
        ``park_widening``: what each is, docs/law_in_levels.md.
    nations : mapping country code -> LevelRecord
        Nations whose emissions parks and regions follow.
    regions : mapping province -> LevelRecord
        Provinces that add up to the nation: their last years, and so their weights.
    drifts : mapping country code -> (year,) float
        Log change of a continent's industry 1, 2, ... years ahead, in place of a nation's median path.
    """

    version: str
    fits: Mapping[str, HorizonFit]
    numbers: Mapping[str, float]
    nations: Mapping[str, LevelRecord]
    regions: Mapping[str, LevelRecord]
    drifts: Mapping[str, float]

    def __post_init__(self) -> None:
        for name in ("fits", "numbers", "nations", "regions", "drifts"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
