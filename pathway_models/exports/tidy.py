"""The long table behind every export, one value per row with its unit, and its quantities.

The variables of an export, as the shipped nomenclature project ``data/iamc`` defines them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError, files, units, yaml_files
from pathway_models.kernels.event_split import WINDOW
from pathway_models.peaks.finding import find_peaks
from pathway_models.records import Park, Pathways, Peaks

#: Tag that the definitions expand to quantiles.
TAG = "Statistic"


@dataclass(frozen=True)
class Variable:
    """One variable of the definitions.

    Parameters
    ----------
    name : str
        Name in the export, such as ``Emissions|CO2 [Park Total, Median]``.
    quantity : str
        Key of the quantity in the package.
    statistic : str
        ``"mean"`` over members, or the name of a quantile such as ``"Median"``.
    probability : float or None
        Of the quantile; None for the mean.
    unit : str
        The unit of the export: the first that the definitions allow.
    kind : str
        ``"park"`` or ``"region"`` where the two have names of their own, else empty.
    description : str
    """

    name: str
    quantity: str
    statistic: str
    probability: float | None
    unit: str
    kind: str
    description: str

    @property
    def measured(self) -> str:
        """Name without the statistic, the same for the mean and all quantiles.

        Examples
        --------
        >>> Variable("Emissions|CO2 [Park Total, Median]", "total", "Median", 0.5, "", "", "").measured
        'Emissions|CO2 [Park Total]'
        """
        return self.name.replace(f", {self.statistic}]", "]").replace(f" [{self.statistic}]", "")


def project_folder() -> Path:
    """Return the folder of the shipped nomenclature project."""
    return files.data_folder() / "iamc"


@cache
def read_variables() -> tuple[Variable, ...]:
    """Return all variables of the definitions in their order, quantiles expanded.

    Raises
    ------
    InputError
        A file is missing or is not YAML.
    """
    folder = project_folder() / "definitions" / "variable"
    statistics = read_statistics()
    found: list[Variable] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name.startswith("tag_"):
            continue
        for entry in yaml_files.read_yaml(path)[0]:
            [(name, about)] = entry.items()
            names = statistics if TAG in name else {"mean": None}
            found += [_variable(name, about, statistic, probability) for statistic, probability in names.items()]
    return tuple(found)


@cache
def read_statistics() -> dict[str, float]:
    """Read the quantiles of the definitions: name to probability."""
    content, _ = yaml_files.read_yaml(project_folder() / "definitions" / "variable" / "tag_statistics.yaml")
    return {name: about["probability"] for entry in content[0][TAG] for name, about in entry.items()}


def _variable(name: str, about: dict[str, Any], statistic: str, probability: float | None) -> Variable:
    blank = "{" + TAG + "}"
    unit = about["unit"]
    return Variable(
        name=name.replace(blank, statistic),
        quantity=about["quantity"],
        statistic=statistic,
        probability=probability,
        unit=unit if isinstance(unit, str) else unit[0],
        kind=about.get("kind", ""),
        description=about["description"].replace(blank, statistic.lower()),
    )


#: Factors from canonical units to the units of the definitions.
TO_UNIT = {"Mt CO2/yr": 1e-6, "EJ/yr": 1e-6, "billion CNY/yr": 1e-3, "t CO2/tce": units.TJ_PER_TCE}
#: Quantity of a carrier -> the groups of carriers in it.
CARRIER_GROUPS = {
    "energy_coal": ("coal",),
    "energy_oil": ("oil",),
    "energy_gas": ("gas",),
    "energy_biomass": ("biomass",),
    "energy_hydrogen": ("hydrogen",),
    "energy_electricity": ("electricity", "green_electricity", "own_power"),
    "energy_heat": ("heat", "waste_heat"),
    "energy_other": ("other_fuel", "other_energy"),
}
#: Monetary kinds of activity, which may be summed over sectors.
MONEY = ("value_added", "gdp")
#: Sources exported as one quantity each.
SOURCES = ("coal", "oil", "gas", "other_fuel", "process", "capture_heat", "heat")
#: Quantities not available without carriers.
BY_CARRIER = ("coal", "oil", "gas", "other_fuel", "process", "heat", "electricity", "energy", "location_based",
              "total_location_based")  # fmt: skip
Compute = Callable[[Pathways], np.ndarray]


def paths_of(pathways: Pathways, park: Park) -> dict[str, np.ndarray]:
    """Compute every quantity that has a path, in canonical units.

    Returns
    -------
    dict quantity -> (scenario, member, year)
        tCO2/yr, TJ, million CNY.  Quantities that the pathways do not carry are left out, and so is the value added
        of a park whose sectors are measured in something that cannot be added up.
    """
    found = {name: compute(pathways) for name, compute in _ALWAYS.items()}
    for name, (memo_item, compute) in _FROM_MEMO_ITEMS.items():
        if memo_item in pathways.memo_items:
            found[name] = compute(pathways)
    if park.is_undivided:
        found["undivided"] = _source("undivided")(pathways)
    if park.is_undivided and not park.has_energy:
        # Carriers and purchases are unknown, not zero.
        for name in BY_CARRIER:
            found.pop(name, None)
    if set(park.activity_kinds) <= set(MONEY) and "activity" in pathways.memo_items:
        found["value_added"] = pathways.memo_items["activity"]
    return found


def observed_carriers(park: Park) -> dict[str, np.ndarray]:
    """Add up energy by group of carriers over the observed years: quantity -> (H,) TJ; only groups in use."""
    used = {
        quantity: park.energy[:, np.isin(park.groups, groups)].sum(axis=(0, 1))
        for quantity, groups in CARRIER_GROUPS.items()
    }
    return {quantity: values for quantity, values in used.items() if values.any()}


def ratios(paths: Mapping[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return numerator and denominator of each intensity: quantity -> two (scenario, member, year)."""
    parts = {"intensity_energy": ("total", "energy"), "intensity_value_added": ("total", "value_added")}
    return {
        name: (paths[above], paths[below])
        for name, (above, below) in parts.items()
        if below in paths and (paths[below] > 0).all()
    }


def _source(*names: str) -> Compute:
    def compute(pathways: Pathways) -> np.ndarray:
        picked = [name in names for name in pathways.sources]
        return pathways.emissions[:, :, picked].sum(axis=2)

    return compute


def _captured(pathways: Pathways) -> np.ndarray:
    return 0.0 - _source("captured")(pathways)


#: Quantities of every ensemble.
_ALWAYS: dict[str, Compute] = {
    "total": Pathways.total,
    "scope_1": lambda pathways: pathways.scope(1),
    **{name: _source(name) for name in SOURCES},
    "electricity": _source("electricity", "capture_electricity"),
    "captured": _captured,
}
#: Quantities that need a memo item of the pathways: its name, and the computation.
_FROM_MEMO_ITEMS: dict[str, tuple[str, Compute]] = {
    "sinks": ("sinks", lambda pathways: pathways.memo_items["sinks"]),
    "land": ("sinks", lambda pathways: 0.0 - pathways.memo_items["sinks"]),
    "net_direct": ("sinks", lambda pathways: pathways.scope(1) - pathways.memo_items["sinks"]),
    "stored": ("stored", lambda pathways: pathways.memo_items["stored"]),
    "used": ("stored", lambda pathways: _captured(pathways) - pathways.memo_items["stored"]),
    "location_based": ("location_based", lambda pathways: pathways.memo_items["location_based"]),
    "total_location_based": (
        "location_based",
        lambda pathways: (
            pathways.total()
            - _source("electricity", "capture_electricity")(pathways)
            + pathways.memo_items["location_based"]
        ),
    ),
    "energy": ("energy", lambda pathways: pathways.memo_items["energy"]),
}


#: Columns of the table of statistics.
COLUMNS = ("park_id", "scenario", "statistic", "variable", "unit", "year", "value", "year_status")
#: Columns of the table of members.
MEMBER_COLUMNS = ("park_id", "scenario", "member", "variable", "unit", "year", "value", "year_status")
#: Significant digits of a value: more than any input has, fewer than rounding errors, which depend on the processor.
DIGITS = 9
#: Quantities exported by member: those whose peaks and bands are computed from members.
MEMBER_QUANTITIES = ("total", "net_direct")


def to_tidy(pathways: Pathways, park: Park, peaks: Peaks | None = None) -> pd.DataFrame:
    """Tabulate statistics of every variable over the members.

    Parameters
    ----------
    pathways : Pathways
    park : Park
        Of these pathways.
    peaks : Peaks, optional
        Found here when not given.

    Returns
    -------
    DataFrame
        `COLUMNS`; ``statistic`` is ``mean`` or the name of a quantile, which ``variable`` does not repeat.  A
        quantile of the peak year that lies among members without a peak has no row.

    Raises
    ------
    PathwayError
        The pathways are another park's.
    """
    _check_same_park(pathways, park)
    rows = _Rows(pathways, park.price_year)
    paths = paths_of(pathways, park)
    fractions = ratios(paths)
    carriers = observed_carriers(park)
    found = find_peaks(pathways) if peaks is None else peaks
    for variable in variables_of(park):
        if variable.quantity in paths:
            rows.add(variable, _statistic(paths[variable.quantity], variable), pathways.years)
        elif variable.quantity in fractions:
            rows.add(variable, _ratio(*fractions[variable.quantity], variable), pathways.years)
        elif variable.quantity in carriers:
            same = np.tile(carriers[variable.quantity], (len(pathways.scenarios), 1))
            rows.add(variable, same, park.years)
        elif variable.quantity.startswith("peak_"):
            rows.add(variable, *_peak(variable, found))
    return rows.table()


def member_table(pathways: Pathways, park: Park) -> pd.DataFrame:
    """Tabulate every member's path of `MEMBER_QUANTITIES`: `MEMBER_COLUMNS`, members counted from 1."""
    _check_same_park(pathways, park)
    paths = paths_of(pathways, park)
    shape = (len(pathways.scenarios), pathways.members, pathways.years.size)
    parts = [
        pd.DataFrame(
            {
                "park_id": park.park_id,
                "scenario": np.repeat(pathways.scenarios, shape[1] * shape[2]),
                "member": np.tile(np.repeat(np.arange(1, shape[1] + 1), shape[2]), shape[0]),
                "variable": variable.name,
                "unit": variable.unit,
                "year": np.tile(pathways.years, shape[0] * shape[1]),
                "value": rounded(paths[variable.quantity] * TO_UNIT[variable.unit]).ravel(),
                "year_status": np.tile(pathways.status, shape[0] * shape[1]),
            }
        )
        for variable in variables_of(park)
        if variable.quantity in MEMBER_QUANTITIES and variable.probability is None and variable.quantity in paths
    ]
    return pd.concat(parts, ignore_index=True)


def variables_of(park: Park) -> Iterator[Variable]:
    """Select the variables that a park of this kind can have."""
    kind = "region" if park.kind == "region" else "park"
    return (variable for variable in read_variables() if variable.kind in ("", kind))


def rounded(values: np.ndarray) -> np.ndarray:
    """Round to `DIGITS` significant digits, so that files are the same on every processor.

    Examples
    --------
    >>> rounded(np.array([0.1 + 0.2, 123456.7891234, 0.0])).tolist()
    [0.3, 123456.789, 0.0]
    """
    given = np.asarray(values, dtype=float)
    return np.array([float(f"{value:.{DIGITS - 1}e}") for value in given.ravel()]).reshape(given.shape) + 0.0


class _Rows:
    """Rows of a table, collected by blocks of (scenario, year)."""

    def __init__(self, pathways: Pathways, price_year: int | None) -> None:
        self.pathways, self.price_year = pathways, price_year
        self.blocks: list[pd.DataFrame] = []

    def add(self, variable: Variable, values: np.ndarray, years: np.ndarray) -> None:
        """Add (scenario, year) values; those without a number are left out."""
        scenarios = self.pathways.scenarios
        flat = rounded(np.asarray(values) * TO_UNIT.get(variable.unit, 1.0)).ravel()
        unit = variable.unit.replace("CNY", f"CNY_{self.price_year}") if self.price_year else variable.unit
        block = pd.DataFrame(
            {
                "park_id": self.pathways.park_id,
                "scenario": np.repeat(scenarios, len(years)),
                "statistic": variable.statistic,
                "variable": variable.measured,
                "unit": unit,
                "year": np.tile(np.asarray(years, dtype=int), len(scenarios)),
                "value": flat,
                "year_status": np.tile(self.pathways.status_of(years), len(scenarios)),
            }
        )
        self.blocks.append(block[np.isfinite(flat)])

    def table(self) -> pd.DataFrame:
        """Return all rows as one table."""
        return pd.concat(self.blocks, ignore_index=True)[list(COLUMNS)]


def _statistic(values: np.ndarray, variable: Variable) -> np.ndarray:
    """Return mean or quantile over members: (scenario, year)."""
    if variable.probability is None:
        return values.mean(axis=1)
    return np.quantile(values, variable.probability, axis=1)


def _ratio(above: np.ndarray, below: np.ndarray, variable: Variable) -> np.ndarray:
    """Return the ratio of means, so that weighted means over parks hold, or a quantile of the members' ratios."""
    if variable.probability is None:
        return above.mean(axis=1) / below.mean(axis=1)
    return np.quantile(above / below, variable.probability, axis=1)


def _peak(variable: Variable, peaks: Peaks) -> tuple[np.ndarray, np.ndarray]:
    """Return values and years of a variable about the peak."""
    if variable.quantity == "peak_probability":
        shares = peaks.event.mean(axis=1)  # a peak by a year is one before the next
        shares[:, peaks.years > peaks.years[-1] - WINDOW + 1] = np.nan
        return shares[:, 1:], peaks.years[:-1]
    said_in = np.array([peaks.last_observed_year])
    if variable.quantity == "peak_year":
        return peaks.quantiles((variable.probability,)), said_in
    return np.quantile(peaks.value, variable.probability, axis=1)[:, None], said_in


def _check_same_park(pathways: Pathways, park: Park) -> None:
    if pathways.park_id != park.park_id:
        raise PathwayError(f"the pathways are those of {pathways.park_id!r}, not of {park.park_id!r}")
