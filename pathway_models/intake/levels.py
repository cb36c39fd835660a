"""Reading ``data/law_levels.json``: coefficients of the law in levels, and the records its forecasts start from."""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from pathway_models.core.arrays import fixed
from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder, read_text
from pathway_models.kernels.horizon_regression import HorizonFit
from pathway_models.records.growth_levels import LevelParameters, LevelRecord

#: Name of the file below the data folder.
FILE = "law_levels.json"
#: Columns of a record beside its years: emissions first.
EMISSIONS = "emissions_tco2"


class _Number(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: float
    unit: str
    source: str


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first_year: int
    source: str
    values: dict[str, list[float | None]]


class _Fit(BaseModel):
    model_config = ConfigDict(extra="forbid")
    panel: str
    knots: list[int]
    x_mean: list[float]
    x_sd: list[float]
    centre: list[list[float]]
    v_mean: list[float]
    v_sd: list[float]
    scale: list[list[float]]
    shape: list[list[float]]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    fitted_by: str
    fits: dict[str, _Fit]
    numbers: dict[str, _Number]
    nations: dict[str, _Record]
    regions: dict[str, _Record]
    drifts: dict[str, _Number]


def read_levels() -> LevelParameters:
    """Read the shipped parameters of the law in levels.

    Raises
    ------
    InputError
        The file is missing, or a part of it is missing or of the wrong kind.
    """
    return _read(data_folder() / FILE)


@cache
def _read(path: Path) -> LevelParameters:
    try:
        content = _File.model_validate(json.loads(read_text(path)))
    except (ValidationError, json.JSONDecodeError) as error:
        remedy = "make it again: python scripts/fit_baseline.py"
        first = str(error).splitlines()[0]
        raise InputError([Fault(path.name, "file", first, "as it was written", remedy, code="levels")]) from None
    fits = {name: _fit(fit) for name, fit in content.fits.items()}
    return LevelParameters(
        version=content.version,
        fits=fits,
        numbers={name: number.value for name, number in content.numbers.items()},
        nations={code: _record(record) for code, record in content.nations.items()},
        regions={name: _record(record) for name, record in content.regions.items()},
        drifts={code: number.value for code, number in content.drifts.items()},
    )


def _fit(fit: _Fit) -> HorizonFit:
    names = [one.name for one in fields(HorizonFit)]
    return HorizonFit(**{name: fixed(np.array(getattr(fit, name))) for name in names})


def _record(record: _Record) -> LevelRecord:
    logs = {name: fixed(np.log(np.array(values, dtype=float))) for name, values in record.values.items()}
    years = record.first_year + np.arange(logs[EMISSIONS].size)
    return LevelRecord(fixed(years), logs.pop(EMISSIONS), logs)
