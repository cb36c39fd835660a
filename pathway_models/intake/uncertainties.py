"""Reading ``data/uncertainties.yml``: factor errors, grid decline, shared shocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pathway_models.intake.paths import data_folder
from pathway_models.intake.yaml_files import validated
from pathway_models.records.levers import Triangle


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: float
    unit: str
    source: str


class _Decline(BaseModel):
    model_config = ConfigDict(extra="forbid")
    low: float
    mode: float
    high: float
    unit: str
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    factor_errors: dict[str, _Value]
    grid_decline: _Decline
    population: dict[str, _Value]


@dataclass(frozen=True)
class Uncertainties:
    """Uncertainties that are not fitted on panels.

    Parameters
    ----------
    factor_errors : mapping group -> float
        Standard deviation of the log of a constant factor.
    grid_decline : Triangle
        Share per year, one draw for all parks.
    population : mapping name -> float
        ``noise`` and ``slope_error_sd`` of population, log.
    """

    factor_errors: Mapping[str, float]
    grid_decline: Triangle
    population: Mapping[str, float]


def read_uncertainties() -> Uncertainties:
    """Read the shipped uncertainties.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read(data_folder() / "uncertainties.yml")


@cache
def _read(path: Path) -> Uncertainties:
    content, _ = validated(path, _File)
    decline = content.grid_decline
    return Uncertainties(
        factor_errors={name: item.value for name, item in content.factor_errors.items()},
        grid_decline=Triangle(decline.low, decline.mode, decline.high),
        population={name: item.value for name, item in content.population.items()},
    )
