"""Read the results of fits by scripts, and the data of the nowcast.

``data/china``: CO2, output, generation, GDP and population of the provinces, CO2 of the nation;
``data/nowcast.yml``: the nowcast of the provinces, by ``scripts/fit_nowcast.py``; ``data/park_spread.yml``: departures
of parks from their region, and reports of the sites of other countries, by ``scripts/fit_park_spread.py``;
``data/law_levels.json``: coefficients of the law in levels, and the records its forecasts start from, by
``scripts/fit_baseline.py``.
"""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pathway_models.core import Fault, InputError, RecordError, arrays, files, yaml_files
from pathway_models.kernels.growth import HorizonFit
from pathway_models.records import growth_laws, nowcast

if TYPE_CHECKING:
    import pandas as pd

#: Columns required by the nowcast.
REQUIRED = ("province", "province_zh", "year", "co2_t", "co2_power_t", "co2_iron_t", "co2_cement_t", "thermal_gwh",
            "pig_iron_t", "crude_steel_t", "cement_t")  # fmt: skip


def read_activity() -> nowcast.RegionalActivity:
    """Read emissions and activity of the provinces of China, and the national account.

    Returns
    -------
    RegionalActivity
        30 provinces, 1997 to 2024; emissions end in 2019.

    Raises
    ------
    InputError
        A file or a column is missing, or a province-year stands twice.
    """
    return _read_activity(files.data_folder() / "china")


@cache
def _read_activity(folder: Path) -> nowcast.RegionalActivity:
    table, nation = (_table(folder / name) for name in ("provinces.csv", "nation.csv"))
    faults = [
        Fault("provinces.csv", "line 1", "", f"a column {name}", "build the file again", code="columns")
        for name in REQUIRED
        if name not in table
    ]
    twice = table[table.duplicated(["province", "year"])] if not faults else table[:0]
    faults += [
        Fault("provinces.csv", f"line {at + 2}", f"{row.province} {row.year}", "one line a province and year",
              "remove one of them", code="twice")
        for at, row in twice.iterrows()
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    years = np.arange(table["year"].min(), table["year"].max() + 1)
    regions = tuple(sorted(table["province"].unique()))
    chinese = dict(zip(table["province"], table["province_zh"], strict=True))
    wide = table.drop(columns="province_zh").set_index(["province", "year"]).unstack("year")
    values = {
        column: wide[column].reindex(index=regions, columns=years).to_numpy(float, copy=True)
        for column in table.columns[3:]
    }
    account = nation.set_index("year")["co2_t"].reindex(years).to_numpy(float, copy=True)
    names = tuple(chinese[region] for region in regions)
    return nowcast.RegionalActivity(regions, names, years, values.pop("co2_t"), values, account)


def _table(path: Path) -> "pd.DataFrame":
    # Deferred: two fifths of what ``pathways run`` would load before it begins.
    import pandas as pd

    if not path.is_file():
        raise InputError([Fault(path.name, "file", "", "an existing file", "restore it", code="no_file")])
    return pd.read_csv(path, encoding="utf-8")


class _Nation(BaseModel):
    model_config = ConfigDict(extra="forbid")
    change: list[float]
    error: list[float]
    tilts: list[list[float]]
    source: str


class _Errors(BaseModel):
    model_config = ConfigDict(extra="forbid")
    probabilities: list[float] = Field(min_length=2)
    quantiles: dict[int, list[float]]
    correlation: list[list[float]]
    source: str


class _Region(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    observed: list[float]
    centre: list[float]
    tilts: list[list[float]]


class _NowcastFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    units: str
    first_observed: int
    years: list[int] = Field(min_length=1)
    sectors: dict[str, tuple[str, ...]]
    nation: _Nation
    errors: _Errors
    regions: dict[str, _Region]


def read_nowcast() -> nowcast.Nowcast:
    """Read the fitted nowcast of the provinces of China.

    Returns
    -------
    Nowcast

    Raises
    ------
    InputError
        A key is missing or unknown, or the lengths of the lists do not fit one another.
    """
    return _read_nowcast(files.data_folder() / "nowcast.yml")


@cache
def _read_nowcast(path: Path) -> nowcast.Nowcast:
    content, _ = yaml_files.validated(path, _NowcastFile)
    regions = content.regions
    first = content.first_observed
    try:
        return nowcast.Nowcast(
            version=content.version,
            regions=tuple(regions),
            names=tuple(region.name for region in regions.values()),
            observed_years=np.arange(first, content.years[0]),
            observed=np.array([region.observed for region in regions.values()]),
            years=np.array(content.years),
            centre=np.array([region.centre for region in regions.values()]),
            probabilities=np.array(content.errors.probabilities),
            quantiles=np.array(list(content.errors.quantiles.values())),
            correlation=np.array(content.errors.correlation),
            nation_change=np.array(content.nation.change),
            nation_error=np.array(content.nation.error),
            sector_ids=content.sectors,
            tilts=np.array([region.tilts for region in regions.values()]),
            nation_tilts=np.array(content.nation.tilts),
        )
    except (RecordError, ValueError) as error:
        raise _refused(path, error, "fit it again: scripts/fit_nowcast.py") from None


class _Sites(BaseModel):
    model_config = ConfigDict(extra="forbid")
    years: list[int] = Field(min_length=1)
    sector_ids: dict[str, tuple[str, ...]] = Field(min_length=1)
    sectors: dict[str, list[float]]
    countries: dict[str, list[float | None]]
    source: str


class _SpreadFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    units: str
    follow: list[float] = Field(min_length=1)
    probabilities: list[float] = Field(min_length=2)
    quantiles: dict[int, list[float]]
    correlation: list[list[float]]
    source: str
    sites: _Sites


def read_park_spread() -> nowcast.ParkSpread:
    """Read the departures of parks from nation and region by years since their last table, and the reports of sites.

    Returns
    -------
    ParkSpread

    Raises
    ------
    InputError
        A key is missing or unknown, or the lengths of the lists do not fit one another.
    """
    return _read_spread(files.data_folder() / "park_spread.yml")


@cache
def _read_spread(path: Path) -> nowcast.ParkSpread:
    content, _ = yaml_files.validated(path, _SpreadFile)
    try:
        return nowcast.ParkSpread(
            version=content.version,
            follow=np.array(content.follow),
            probabilities=np.array(content.probabilities),
            quantiles=np.array(list(content.quantiles.values())),
            correlation=np.array(content.correlation),
            sites=nowcast.SiteActivity(
                years=np.array(content.sites.years),
                sectors={name: np.array(values) for name, values in content.sites.sectors.items()},
                sector_ids=content.sites.sector_ids,
                countries={name: np.array(values, float) for name, values in content.sites.countries.items()},
            ),
        )
    except (RecordError, ValueError) as error:
        raise _refused(path, error, "fit it again: scripts/fit_park_spread.py") from None


def _refused(path: Path, error: Exception, remedy: str) -> InputError:
    return InputError([Fault(path.name, "file", str(error), "lists that fit", remedy, code="nowcast")])


# law in levels -------------------------------------------------------------------------------------------------------

#: First column of a record beside its years.
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


class _LevelsFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    fitted_by: str
    fits: dict[str, _Fit]
    numbers: dict[str, _Number]
    nations: dict[str, _Record]
    regions: dict[str, _Record]
    drifts: dict[str, _Number]


def read_levels() -> growth_laws.LevelParameters:
    """Read the shipped parameters of the law in levels.

    Raises
    ------
    InputError
        The file is missing, or a part of it is missing or of the wrong kind.
    """
    return _read_levels(files.data_folder() / "law_levels.json")


@cache
def _read_levels(path: Path) -> growth_laws.LevelParameters:
    try:
        content = _LevelsFile.model_validate(json.loads(files.read_text(path)))
    except (ValidationError, json.JSONDecodeError) as error:
        remedy = "make it again: python scripts/fit_baseline.py"
        first = str(error).splitlines()[0]
        raise InputError([Fault(path.name, "file", first, "as it was written", remedy, code="levels")]) from None
    fits = {name: _fit(fit) for name, fit in content.fits.items()}
    return growth_laws.LevelParameters(
        version=content.version,
        fits=fits,
        numbers={name: number.value for name, number in content.numbers.items()},
        nations={code: _record(record) for code, record in content.nations.items()},
        regions={name: _record(record) for name, record in content.regions.items()},
        drifts={code: number.value for code, number in content.drifts.items()},
    )


def _fit(fit: _Fit) -> HorizonFit:
    names = [one.name for one in fields(HorizonFit)]
    return HorizonFit(**{name: arrays.fixed(np.array(getattr(fit, name))) for name in names})


def _record(record: _Record) -> growth_laws.LevelRecord:
    logs = {name: arrays.fixed(np.log(np.array(values, dtype=float))) for name, values in record.values.items()}
    years = record.first_year + np.arange(logs[EMISSIONS].size)
    return growth_laws.LevelRecord(arrays.fixed(years), logs.pop(EMISSIONS), logs)
