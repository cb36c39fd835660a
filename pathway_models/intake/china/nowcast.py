"""Reading what the years to today are bridged by.

``data/china``: CO2, output, generation, GDP and population of the provinces, CO2 of the nation;
``data/nowcast.yml``: the nowcast of the provinces as fitted by ``scripts/fit_nowcast.py``; ``data/park_spread.yml``:
how parks depart from their region, and what the sites of other countries reported, by ``scripts/fit_park_spread.py``.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from pathway_models.core.errors import Fault, InputError, RecordError
from pathway_models.core.files import data_folder
from pathway_models.core.yaml_files import validated
from pathway_models.records.nowcast import Nowcast, ParkSpread, RegionalActivity, SiteActivity

#: Columns that a nowcast cannot do without.
REQUIRED = ("province", "province_zh", "year", "co2_t", "co2_power_t", "co2_iron_t", "co2_cement_t", "thermal_gwh",
            "pig_iron_t", "crude_steel_t", "cement_t")  # fmt: skip


def read_activity() -> RegionalActivity:
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
    return _read_activity(data_folder() / "china")


@cache
def _read_activity(folder: Path) -> RegionalActivity:
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
    return RegionalActivity(regions, names, years, values.pop("co2_t"), values, account)


def _table(path: Path) -> pd.DataFrame:
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


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    units: str
    first_observed: int
    years: list[int] = Field(min_length=1)
    sectors: dict[str, tuple[str, ...]]
    nation: _Nation
    errors: _Errors
    regions: dict[str, _Region]


def read_nowcast() -> Nowcast:
    """Read the fitted nowcast of the provinces of China.

    Returns
    -------
    Nowcast

    Raises
    ------
    InputError
        A key is missing or unknown, or the lengths of the lists do not fit one another.
    """
    return _read(data_folder() / "nowcast.yml")


@cache
def _read(path: Path) -> Nowcast:
    content, _ = validated(path, _File)
    regions = content.regions
    first = content.first_observed
    try:
        return Nowcast(
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


def read_park_spread() -> ParkSpread:
    """Read how parks depart from their nation and region, by years since their last table, and what sites reported.

    Returns
    -------
    ParkSpread

    Raises
    ------
    InputError
        A key is missing or unknown, or the lengths of the lists do not fit one another.
    """
    return _read_spread(data_folder() / "park_spread.yml")


@cache
def _read_spread(path: Path) -> ParkSpread:
    content, _ = validated(path, _SpreadFile)
    try:
        return ParkSpread(
            version=content.version,
            follow=np.array(content.follow),
            probabilities=np.array(content.probabilities),
            quantiles=np.array(list(content.quantiles.values())),
            correlation=np.array(content.correlation),
            sites=SiteActivity(
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
