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


class _Fuels(BaseModel):
    model_config = ConfigDict(extra="forbid")
    carriers: tuple[str, ...]
    source: str


class _Regions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    regions: dict[str, tuple[str, ...]]
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    factor_errors: dict[str, _Value]
    factor_confidence: dict[str, _Value]
    assumed_fuels: _Fuels
    measured_factor_errors: dict[str, _Value]
    grid_regions: _Regions
    grid_decline: _Decline
    population: dict[str, _Value]


@dataclass(frozen=True)
class Uncertainties:
    """Uncertainties that are not fitted on panels.

    Parameters
    ----------
    factor_errors : mapping group -> float
        Standard deviation of the log of a constant factor that was seen in a source.
    factor_confidence : mapping mark -> float
        What multiplies it, by confidence mark.
    assumed_fuels : tuple of str
        Carriers that another fuel stands for.
    measured_factor_errors : mapping group -> float
        Standard deviation of the log of a factor the park measured itself.
    grid_regions : mapping province -> str
        Regional grid of 2012 of each province.
    grid_decline : Triangle
        Share per year, one draw for all parks.
    population : mapping name -> float
        ``noise`` and ``slope_error_sd`` of population, log.
    """

    factor_errors: Mapping[str, float]
    factor_confidence: Mapping[str, float]
    assumed_fuels: tuple[str, ...]
    measured_factor_errors: Mapping[str, float]
    grid_regions: Mapping[str, str]
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
    decline, regions = content.grid_decline, content.grid_regions.regions
    return Uncertainties(
        factor_errors={name: item.value for name, item in content.factor_errors.items()},
        factor_confidence={name: item.value for name, item in content.factor_confidence.items()},
        assumed_fuels=content.assumed_fuels.carriers,
        measured_factor_errors={name: item.value for name, item in content.measured_factor_errors.items()},
        grid_regions={province: region for region, members in regions.items() for province in members},
        grid_decline=Triangle(decline.low, decline.mode, decline.high),
        population={name: item.value for name, item in content.population.items()},
    )
