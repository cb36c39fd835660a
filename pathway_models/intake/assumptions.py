"""Read the assumptions of a projection beside the park's own table.

Files: ``baseline.yml``, fitted trend parameters by use; ``correlations.yml``; ``sectors.yml``, kinds of sectors;
``capture.yml``, the national capture capacity; ``sector_demand.yml``, the national output of products that measure
sectors.
"""

import csv
from collections.abc import Iterable
from dataclasses import fields, replace
from functools import cache, lru_cache
from pathlib import Path

from pydantic import Field

from pathway_models.core import Fault, InputError, RecordError, files, present_year, yaml_files
from pathway_models.intake import fitted, rules
from pathway_models.intake.factors import spread, tables
from pathway_models.kernels.growth import TrendParameters
from pathway_models.levers.action import ENERGY_USES
from pathway_models.records import Assumptions, Carrier, assumptions

#: Uses of a set of parameters.
USES = ("emissions", "activity", "intensity", "mix")


class _BaselineValue(yaml_files.Strict):
    value: float
    unit: str
    source: str


class _Use(yaml_files.Strict):
    panel: str
    fitted_by: str
    origins: str
    parameters: dict[str, _BaselineValue]


class _LongRun(yaml_files.Strict):
    unit: str
    confidence: str
    source: str
    growth: dict[int, float] = Field(min_length=1)


class _BaselineFile(yaml_files.Strict):
    version: str
    uses: dict[str, _Use]
    correlation: dict[str, _BaselineValue]
    long_run: dict[str, _LongRun]


def read_baselines(path: Path | None = None) -> assumptions.Baselines:
    """Read the fitted parameters; the shipped ``data/baseline.yml`` by default.

    Raises
    ------
    InputError
        A key is missing, unknown or of the wrong kind, or a parameter lies outside its range.
    """
    return _shipped_baselines(files.data_folder() / "baseline.yml") if path is None else _read_baselines(Path(path))


@cache
def _shipped_baselines(path: Path) -> assumptions.Baselines:
    """Read the shipped parameters, once a process."""
    return _read_baselines(path)


def _read_baselines(path: Path) -> assumptions.Baselines:
    content, lines = yaml_files.validated(path, _BaselineFile)
    faults = _missing(path, content, lines)
    trends = {}
    for use, entry in content.uses.items():
        values = {name: item.value for name, item in entry.parameters.items()}
        if any(fault.place.endswith(f"uses.{use}.parameters") for fault in faults):
            continue
        try:
            trends[use] = TrendParameters(**values)
        except ValueError as error:
            place = f"line {lines[('uses', use)]}, uses.{use}.parameters"
            faults.append(Fault(path.name, place, str(error), "values in range", "refit or correct", code="range"))
    if faults:
        raise InputError(faults)
    return assumptions.Baselines(
        version=content.version,
        trends=trends,
        correlation={name: item.value for name, item in content.correlation.items()},
        knots={use: entry.growth for use, entry in content.long_run.items()},
    )


def _missing(path: Path, content: _BaselineFile, lines: dict[tuple[str | int, ...], int]) -> list[Fault]:
    names = {field.name for field in fields(TrendParameters)}
    faults = []
    for use in USES:
        if use not in content.uses:
            faults.append(Fault(path.name, "uses", "", f"an entry {use}", "add it or refit", code="no_use"))
    for use, entry in content.uses.items():
        wrong = names.symmetric_difference(entry.parameters)
        if wrong:
            place = f"line {lines[('uses', use)]}, uses.{use}.parameters"
            expected = f"the parameters {', '.join(sorted(names))}"
            found = ", ".join(sorted(wrong))
            faults.append(Fault(path.name, place, found, expected, "add or remove these", code="parameters"))
    return faults


class _Pair(yaml_files.Strict):
    first: str
    second: str
    rank: float
    source: str


class _CorrelationFile(yaml_files.Strict):
    correlations: list[_Pair]


def read_correlations(path: str | Path | None = None) -> tuple[assumptions.Correlation, ...]:
    """Read rank correlations of inputs; the shipped ones when no path is given.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read_correlations(Path(path)) if path else _shipped_correlations(files.data_folder() / "correlations.yml")


@cache
def _shipped_correlations(path: Path) -> tuple[assumptions.Correlation, ...]:
    """Read the shipped correlations, once a process."""
    return _read_correlations(path)


def _read_correlations(path: Path) -> tuple[assumptions.Correlation, ...]:
    content, lines = yaml_files.validated(path, _CorrelationFile)
    found, faults = [], []
    for at, pair in enumerate(content.correlations):
        try:
            found.append(assumptions.Correlation(pair.first, pair.second, pair.rank, pair.source))
        except RecordError as error:
            place = f"line {yaml_files.line_of(lines, ('correlations', at))}, correlations.{at}"
            faults.append(Fault(path.name, place, str(pair.rank), str(error), "correct the pair", code="correlation"))
    if faults:
        raise InputError(faults)
    return tuple(found)


class _Sectors(yaml_files.Strict):
    kinds: dict[str, tuple[str, ...]]
    archetypes: dict[str, str]
    uses: dict[str, dict[str, dict[str, float]]]
    hydrogen_made: tuple[str, ...] = ()


def read_sectors() -> assumptions.SectorKinds:
    """Read the kinds of sectors; the shipped ``data/sectors.yml``.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read_sectors(files.data_folder() / "sectors.yml")


@cache
def _read_sectors(path: Path) -> assumptions.SectorKinds:
    content, lines = yaml_files.validated(path, _Sectors)
    faults = []
    for kind, carriers in content.uses.items():
        for carrier, shares in carriers.items():
            if (
                abs(sum(shares.values()) - 1.0) > 1e-9
                or not set(shares) <= set(ENERGY_USES)
                or kind not in content.kinds
            ):
                place = f"line {yaml_files.line_of(lines, ('uses', kind, carrier))}, uses.{kind}.{carrier}"
                expected = f"shares of {', '.join(ENERGY_USES)} that add up to one, of a kind listed above"
                faults.append(Fault(path.name, place, str(shares), expected, "correct the shares", code="uses"))
    if faults:
        raise InputError(faults)
    return assumptions.SectorKinds(content.kinds, content.archetypes, content.uses, content.hydrogen_made)


class _Demand(yaml_files.Strict):
    unit: str
    source: str
    levels: dict[int, float] = Field(min_length=2)


class _DemandFile(yaml_files.Strict):
    demand: dict[str, _Demand]


def read_demand() -> dict[str, dict[int, float]]:
    """Read the nation's output of products, by kind of activity and year; the shipped ``data/sector_demand.yml``.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read_demand(files.data_folder() / "sector_demand.yml")


@cache
def _read_demand(path: Path) -> dict[str, dict[int, float]]:
    content, _ = yaml_files.validated(path, _DemandFile)
    return {kind: dict(sorted(item.levels.items())) for kind, item in content.demand.items()}


class _Ranges(yaml_files.Strict):
    source: str
    all: str
    kinds: dict[str, str]


class _Begins(yaml_files.Strict):
    year: int
    value: float
    unit: str
    confidence: str
    source: str


class _National(yaml_files.Strict):
    value: float
    unit: str


class _CaptureFile(yaml_files.Strict):
    country: str
    ranges: _Ranges
    begins: _Begins
    reference_year: int
    national: dict[str, _National]
    national_source: str


TONNES = 1e6


def read_capture() -> assumptions.CaptureRange:
    """Read the national capture capacity: ``data/capture.yml`` with the rows of ``factors/ccus_costs.csv`` it names.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read_capture(files.data_folder() / "capture.yml")


@cache
def _read_capture(path: Path) -> assumptions.CaptureRange:
    content, _ = yaml_files.validated(path, _CaptureFile)
    asked, first = content.ranges, content.begins
    with (path.parent / "factors" / "ccus_costs.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [
            (row["item"], int(row["year"]), TONNES * float(row["low"]), TONNES * float(row["high"]))
            for row in csv.DictReader(file)
            if row["category"] == "ccus_demand" and row["source_key"] == asked.source
        ]
    years = sorted({year for item, year, *_ in rows if item == asked.all})
    found = {item: {year: (low, high) for name, year, low, high in rows if name == item} for item, *_ in rows}
    # ASSUME: before the first year of a kind's own range its plants have no share of the capacity in operation.
    own = {kind: [found[item][year] for year in years] for kind, item in asked.kinds.items()}
    rest = [
        tuple(found[asked.all][year][at] - sum(ranges[row][at] for ranges in own.values()) for at in (0, 1))
        for row, year in enumerate(years)
    ]
    begun = TONNES * first.value
    lots = {"": [(begun, begun), *rest], **{kind: [(0.0, 0.0), *ranges] for kind, ranges in own.items()}}
    return assumptions.CaptureRange(
        country=content.country,
        years=(first.year, *years),
        low={lot: tuple(low for low, _ in ranges) for lot, ranges in lots.items()},
        high={lot: tuple(high for _, high in ranges) for lot, ranges in lots.items()},
        reference_year=content.reference_year,
        national={kind: TONNES * item.value for kind, item in content.national.items()},
    )


#: Growth law of the baseline (`baseline.laws`).
LAW = "levels"


def read_assumptions(as_of: int | None = None) -> Assumptions:
    """Read the shipped assumptions: growth law, uncertainties, correlations, targets, carriers and their factors.

    Parameters
    ----------
    as_of : int, optional
        Issue year, in which the answer is given; by default that of `core.present_year`.

    Returns
    -------
    Assumptions
        One record a process, data folder and issue year; change it with `dataclasses.replace`.

    Raises
    ------
    InputError
        All faults of a file, by line.
    RecordError
        ``as_of`` is no accepted issue year.

    Examples
    --------
    >>> read_assumptions().law
    'levels'
    """
    return _read(files.data_folder(), present_year() if as_of is None else as_of)


@lru_cache(typed=True)  # 2026.0 is no year
def _read(folder: Path, issue_year: int) -> Assumptions:
    """Read the assumptions of a data folder."""
    del folder
    carriers = tables.read_carriers()
    read = Assumptions(
        law=LAW,
        baselines=read_baselines(),
        uncertainties=spread.read_uncertainties(),
        correlations=read_correlations(),
        targets=rules.read_targets(),
        carriers=carriers,
        levels=fitted.read_levels(),
        default_factors={name: _factors(name, carriers.values()) for name in (*tables.factor_sets(), "")},
        issue_year=issue_year,
        nowcast=fitted.read_nowcast(),
        park_spread=fitted.read_park_spread(),
        sectors=read_sectors(),
        capture=read_capture(),
        demand=read_demand(),
    )
    return replace(read, shipped_hash=read.hash)


def _factors(factor_set: str, carriers: Iterable[Carrier]) -> dict[str, float]:
    """Return the factors of the carriers that have one, tCO2/TJ."""
    found = {carrier.carrier: tables.default_factor(factor_set, carrier) for carrier in carriers}
    return {name: factor for name, factor in found.items() if factor is not None}
