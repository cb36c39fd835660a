"""Standard deviations of factors from their confidence marks; reading of ``data/uncertainties.yml``.

The rule is in ``docs/methods.md``, section 4; every size and its source are in ``data/uncertainties.yml``: factor
errors, decline of the grid, shared shocks.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from statistics import median, stdev
from typing import Any

import numpy as np

from pathway_models.core import files, yaml_files
from pathway_models.intake.factors import energy_content, tables
from pathway_models.intake.statements import Description
from pathway_models.intake.table.rows import Row
from pathway_models.records import Triangle, assumptions

Key = tuple[str, str, str, int]
#: Beginning of the place of a process factor from the table of process factors.
LISTED = "process_factors.csv:"


def factor_errors(rows: Iterable[Row], fields: dict[str, Any], said: Description) -> dict[str, float]:
    """Compute the standard deviation of the log of each group's factor.

    Parameters
    ----------
    rows : iterable of Row
        The rows the park was assembled from.
    fields : dict
        Array fields of the park, as `assemble` returns them.
    said : Description
        Province, factor set and grid factor of the park.

    Returns
    -------
    dict group -> float
        Groups with emissions, and electricity whenever its factor is a named choice.

    Notes
    -----
    ``sd(group) = sum_i w_i sd_i`` with ``w`` the share of a source and year in the group's emissions.
    ASSUME: errors inside a group are fully correlated (one table, one laboratory), so that they do not average out.
    """
    book = _Book({(r.quantity, r.sector, r.item, r.year): r for r in rows}, said)
    weighted: dict[str, list[tuple[float, float]]] = {}
    years = [int(year) for year in fields["years"]]
    emitted = fields["energy"] * fields["factors"]
    for s, c, y in zip(*np.nonzero(emitted > 0), strict=True):
        group = fields["groups"][c]
        if group in book.sizes.factor_errors:
            sd = book.carrier(fields["sectors"][s], fields["carriers"][c], group, years[y])
            weighted.setdefault(group, []).append((float(emitted[s, c, y]), sd))
    for j, process in enumerate(fields["processes"]):
        for year, amount in zip(years, fields["outputs"][j] * fields["process_factors"][j], strict=True):
            if amount > 0 and not process.is_balance and not process.is_undivided:
                sd = book.process(fields["sectors"][process.sector], process.name, year)
                weighted.setdefault("process", []).append((float(amount), sd))
    if "electricity" not in weighted and said.grid_factor not in ("table", ""):
        weighted["electricity"] = [(1.0, book.grid(year)) for year in years]
    return {group: _mean(parts) for group, parts in weighted.items()}


def _mean(parts: list[tuple[float, float]]) -> float:
    """Compute the weighted mean of (weight, size); equal sizes are returned exactly."""
    if len({sd for _, sd in parts}) == 1:
        return parts[0][1]
    return sum(weight * sd for weight, sd in parts) / sum(weight for weight, _ in parts)


@dataclass
class _Book:
    """Sizes of the errors of one park's factors."""

    rows: dict[Key, Row]
    said: Description

    def __post_init__(self) -> None:
        self.sizes = read_uncertainties()
        self._ranges: dict[tuple[str, str], float] = {}

    @cached_property
    def _grid(self) -> tables.GridFactors:
        return tables.grid_factors(self.said.grid_factor, "")[0]

    @cached_property
    def _substitutes(self) -> float:
        return spread_of_substitutes(self.said.province)

    def seen(self, group: str, confidence: str) -> float:
        """Return the size of a group's factor by its confidence mark; without a mark, as in workbooks, it is "seen"."""
        return self.sizes.factor_errors[group] * self.sizes.factor_confidence[confidence or "seen"]

    def carrier(self, sector: str, carrier: str, group: str, year: int) -> float:
        """Return the size for a carrier of a sector in a year: measured, of the table, reported, or of a set."""
        own = self.rows.get(("factor", sector, carrier, year))
        if own is not None and own.place:
            return self._own(group, own)
        reported = self.rows.get(("emissions", sector, carrier, year))
        if reported is not None:
            return self.seen(group, reported.confidence)
        if group == "electricity":
            return self.grid(year)
        if group == "heat":
            return self.seen(group, tables.published_factors("heat_default").published[0].confidence)
        return self._fuel(sector, carrier, group, year)

    def _own(self, group: str, row: Row) -> float:
        return self.sizes.measured_factor_errors[group] if row.is_measured else self.seen(group, row.confidence)

    def _fuel(self, sector: str, carrier: str, group: str, year: int) -> float:
        """Return the size for a fuel of the factor set: by confidence, or by the range of the sets if that is wider."""
        fuel, use = (
            tables.find_fuel(self.said.factor_set, tables.read_carriers()[carrier]),
            self.rows.get(("energy", sector, carrier, year)),
        )
        confidence = "assumed" if carrier in self.sizes.assumed_fuels or fuel is None else fuel.confidence
        key = carrier, use.unit if use else "TJ"
        if key not in self._ranges:
            self._ranges[key] = range_of_sets(*key)
        return max(self.seen(group, confidence), self._ranges[key])

    def grid(self, year: int) -> float:
        """Return the size for a named grid factor: by confidence, in other years with the spread of substitutes too."""
        factor = self._grid.of(year)
        own = self.seen("electricity", factor.confidence)
        return own if factor.year == year else math.hypot(own, self._substitutes)

    def process(self, sector: str, process: str, year: int) -> float:
        """Return the size for a process: reported emissions, the table of process factors, or an own factor."""
        row = self.rows.get(("process_factor", sector, process, year))
        if row is None:
            reported = self.rows.get(("emissions", sector, process, year))
            return self.seen("process", reported.confidence if reported else "seen")
        if row.place.startswith(LISTED):
            return self.seen("process", energy_content.process_factors()[row.place.removeprefix(LISTED)].confidence)
        return self._own("process", row)


def range_of_sets(carrier: str, unit: str) -> float:
    """Compute the standard deviation of the log of a fuel's factor between the published sets, per unit of the input.

    Per TJ the sets agree within some percent; per tonne or cubic metre their calorific values differ too.
    """
    return _range_of_sets(files.data_folder(), carrier, unit)


@cache
def _range_of_sets(folder: Path, carrier: str, unit: str) -> float:
    """The same of the data in a folder, which every reader below takes its files from."""
    entry = tables.read_carriers()[carrier]
    fuels = [fuel for name in tables.factor_sets() if (fuel := tables.find_fuel(name, entry))]
    per = [fuel.factor * (fuel.tj_per_unit if fuel.unit == unit else 1.0) for fuel in fuels]
    return stdev(map(math.log, per)) if len(per) > 1 else 0.0


def spread_of_substitutes(province: str) -> float:
    """Compute the standard deviation of the log between the three substitutes for a province's grid factor.

    ASSUME: a park that states no province, or one without factors, has the median of all provinces.
    """
    return _spread_of_substitutes(files.data_folder(), province)


@cache
def _spread_of_substitutes(folder: Path, province: str) -> float:
    """The same of the data in a folder, which every reader below takes its files from."""
    regions = read_uncertainties().grid_regions
    if province not in regions:
        return median(spread_of_substitutes(name) for name in regions)
    named = ("national_2021", f"provincial_2021:{province}", f"regional_2012:{regions[province]}")
    return stdev(math.log(tables.grid_factors(name, "")[0].published[0].value) for name in named)


class _Value(yaml_files.Strict):
    value: float
    unit: str
    source: str


class _Decline(yaml_files.Strict):
    low: float
    mode: float
    high: float
    unit: str
    source: str


class _Futures(yaml_files.Strict):
    zero_by: _Decline
    left: _Value
    mean: _Value
    deviation: _Value
    tilt: _Value
    persistence: _Value
    heat: _Value


class _Fuels(yaml_files.Strict):
    carriers: tuple[str, ...]
    source: str


class _Regions(yaml_files.Strict):
    regions: dict[str, tuple[str, ...]]
    source: str


class _UncertaintyFile(yaml_files.Strict):
    factor_errors: dict[str, _Value]
    factor_confidence: dict[str, _Value]
    assumed_fuels: _Fuels
    measured_factor_errors: dict[str, _Value]
    grid_regions: _Regions
    grid_decline: _Decline
    grid_futures: _Futures
    population: dict[str, _Value]


def read_uncertainties() -> assumptions.Uncertainties:
    """Read the shipped uncertainties.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read_uncertainties(files.data_folder() / "uncertainties.yml")


@cache
def _read_uncertainties(path: Path) -> assumptions.Uncertainties:
    content, _ = yaml_files.validated(path, _UncertaintyFile)
    decline, regions = content.grid_decline, content.grid_regions.regions
    zero, futures = content.grid_futures.zero_by, content.grid_futures
    return assumptions.Uncertainties(
        factor_errors={name: item.value for name, item in content.factor_errors.items()},
        factor_confidence={name: item.value for name, item in content.factor_confidence.items()},
        assumed_fuels=content.assumed_fuels.carriers,
        measured_factor_errors={name: item.value for name, item in content.measured_factor_errors.items()},
        grid_regions={province: region for region, members in regions.items() for province in members},
        grid_decline=Triangle(decline.low, decline.mode, decline.high),
        grid_futures=assumptions.GridFutures(
            Triangle(zero.low, zero.mode, zero.high),
            left=futures.left.value,
            mean=futures.mean.value,
            deviation=futures.deviation.value,
            tilt=futures.tilt.value,
            persistence=futures.persistence.value,
            heat=futures.heat.value,
        ),
        population={name: item.value for name, item in content.population.items()},
    )
