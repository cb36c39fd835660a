"""Reading ``data/china``: CO2, output, generation, GDP and population of the provinces, CO2 of the nation."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.core.errors import Fault, InputError
from pathway_models.core.files import data_folder
from pathway_models.records.nowcast import RegionalActivity

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
    return _read(data_folder() / "china")


@cache
def _read(folder: Path) -> RegionalActivity:
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
