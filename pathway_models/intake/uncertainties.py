"""Reading ``data/uncertainties.yml``: factor errors, grid decline, shared shocks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pathway_models.intake.paths import data_folder
from pathway_models.intake.yaml_files import validated
from pathway_models.records.assumptions import Uncertainties
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
