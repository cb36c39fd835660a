"""The drivers of a park's baseline over observed and projected years."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class BaselinePaths:
    """Drivers over observed and projected years.

    Parameters
    ----------
    activity : (member, sector, year)
    intensity : (member, sector, year), TJ per unit of activity
    shares : (member, sector, carrier, year)
    grid : (member, year)
        Grid factor relative to the last observed year; one in observed years.
    output : (member, process, year)
        Process output in each process's unit.
    """

    activity: np.ndarray
    intensity: np.ndarray
    shares: np.ndarray
    grid: np.ndarray
    output: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0)))
