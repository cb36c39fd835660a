"""Driver paths of scenarios from YAML, a CSV table or the sheet of a workbook: one set of checks for all three.

Reading ``<park_id>.overrides.csv``: given paths of drivers, one target a line.

Sheets of plans of a workbook, one line a row: driver paths of scenarios (docs/driver_scenarios.md), projects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pathway_models.core import Fault
from pathway_models.core.units import CONVERSIONS, TJ_PER_MWH, units_of
from pathway_models.intake.factors.tables import default_factor, read_carriers
from pathway_models.intake.numbers import exact_number, label_of, shown
from pathway_models.intake.plans.rows import Line, lines_of, read_lines
from pathway_models.intake.workbook.layouts import ListBlock, template_layout
from pathway_models.records import ACTIVITY_UNITS, INDICES, DriverPath, DriverTarget, Park, Process, plans

if TYPE_CHECKING:
    from pathway_models.intake.workbook.book import Sheet

OVERRIDE_COLUMNS = (
    "driver",
    "sector",
    "item",
    "year",
    "kind",
    "value",
    "unit",
    "spread",
    "base_year",
    "source",
    "confidence",
    "note",
)
#: Units of shares, growth and change, with their multipliers.
PARTS = {"share": 1.0, "%": 0.01}
GROWTH = {**PARTS, "share/yr": 1.0, "%/yr": 0.01}
#: Drivers whose level may be zero.
MAY_BE_ZERO = ("share", *plans.FACTORS, "output")


def read_targets(path: Path, park: Park, faults: list[Fault]) -> tuple[DriverTarget, ...]:
    """Read the overrides of a park; faults go to ``faults``."""
    lines = read_lines(path, OVERRIDE_COLUMNS, faults)
    pairs = [(line, _target(line, park)) for line in lines]
    _refuse_doubles(lines)
    _check_bases(lines, park)
    targets = tuple(target for line, target in pairs if target is not None and not line.is_faulty)
    if not faults:
        faults.extend(_wrong_shares(path.name, park, targets))
    return targets


def _target(line: Line, park: Park) -> DriverTarget | None:
    """Read one line as a target; None after a fault."""
    line.says_where_from()
    driver = line.word("driver", plans.DRIVERS, "correct the word", "driver")
    kind = line.word("kind", ("level",) if driver == "share" else plans.KINDS, "a share is given as a level", "kind")
    year = line.year("year", park.last_observed_year + 1, plans.LATEST)
    value, spread = line.number("value"), line.number("spread", 0.0)
    if driver is None or kind is None or not _is_somewhere(line, park, driver, kind):
        return None
    units = _units(line, park, driver, kind)
    unit = line.word("unit", units, f"give the {kind} of {driver} in one of these units", "unit")
    if None in (unit, year, value, spread):
        return None
    value, spread = value * units[unit], spread * units[unit]
    _check_override(line, driver, kind, value, spread)
    base = int(line["base_year"]) if kind == "change" and line["base_year"].isdecimal() else None
    return DriverTarget(driver, line["sector"], line["item"], year, kind, value, max(spread, 0.0), base, line["source"])


def _is_somewhere(line: Line, park: Park, driver: str, kind: str) -> bool:
    """Tell whether sector and item exist and belong to the driver."""
    sector, item = line["sector"], line["item"]
    if driver in plans.FACTORS:
        carrier = plans.FACTORS[driver]
        if sector or item:
            line.fault(
                "sector", "nothing", "the grid factor is one for the whole park; leave sector and item blank", "item"
            )
        elif carrier not in park.carriers or not park.factors[:, park.carriers.index(carrier), -1].any():
            line.fault("driver", "a park with a grid factor", "give the park's table one first", driver)
        return not line.is_faulty
    wide = (plans.ALL_SECTORS,) if driver in ("activity", "intensity") and kind != "level" else ()
    if (
        line.word("sector", (*park.sectors, *wide), "correct the sector; all takes growth or change only", "sector")
        is None
    ):
        return False
    if driver in ("activity", "intensity") and item:
        line.fault("item", "nothing", f"{driver} has no item", "item")
    if driver == "intensity" and set(INDICES) & set(_kinds(park, sector)):
        remedy = "energy stands for activity there: give the activity instead"
        line.fault("driver", "a sector with value added", remedy, "energy_index")
    if driver == "share":
        _check_share(line, park)
    if driver == "output":
        _check_output(line, park, kind)
    return not line.is_faulty


def _check_share(line: Line, park: Park) -> None:
    carrier = read_carriers().get(line["item"])
    if carrier is None:
        line.fault("item", "a carrier of carriers.csv", "correct the word", "carrier")
    elif line["item"] not in park.carriers and default_factor(park.factor_set, carrier) is None:
        line.fault("item", "a carrier with a factor", f"{park.factor_set} has none for it", "no_factor")


def _check_output(line: Line, park: Park, kind: str) -> None:
    process = _process(park, line["sector"], line["item"])
    if process is None:
        there = [p.name for p in park.processes if park.sectors[p.sector] == line["sector"] and not p.is_balance]
        line.fault("item", "a process of the sector", f"the sector has {', '.join(there) or 'none'}", "process")
    elif kind != "level" and park.outputs[park.processes.index(process), -1] == 0:
        line.fault("kind", "level", "the output is zero in the last observed year: nothing can grow", "kind")


def _process(park: Park, sector: str, name: str) -> Process | None:
    found = [p for p in park.processes if p.name == name and park.sectors[p.sector] == sector and not p.is_balance]
    return found[0] if found else None


def _kinds(park: Park, sector: str) -> set[str]:
    if sector == plans.ALL_SECTORS:
        return {kind for kind in park.activity_kinds if kind != "population"}
    return {park.activity_kinds[park.sectors.index(sector)]}


def _units(line: Line, park: Park, driver: str, kind: str) -> dict[str, float]:
    """Return the units of a target, with the multiplier to the canonical one."""
    if kind == "growth":
        return GROWTH
    if kind == "change" or driver == "share":
        return PARTS
    if driver == "grid_factor":
        return {unit: CONVERSIONS[unit][1] / TJ_PER_MWH for unit in units_of("tCO2/MWh")}
    if driver == "heat_factor":
        return {unit: CONVERSIONS[unit][1] for unit in units_of("tCO2/TJ")}
    if driver == "output":
        canonical = _process(park, line["sector"], line["item"]).unit
        return {unit: CONVERSIONS[unit][1] for unit in units_of(canonical)}
    canonical = ACTIVITY_UNITS[next(iter(_kinds(park, line["sector"])))]
    if driver == "activity":
        return {unit: CONVERSIONS[unit][1] for unit in units_of(canonical)}
    return {
        f"{energy}/{per}": CONVERSIONS[energy][1] / CONVERSIONS[per][1]
        for energy in units_of("TJ")
        for per in units_of(canonical)
    }


def _check_override(line: Line, driver: str, kind: str, value: float, spread: float) -> None:
    """Check that values are in range, in canonical units."""
    if driver == "share" and not 0 <= value <= 1:
        line.fault("value", "a share between 0 and 1", "choose the unit % if it is a percentage", "share_range")
    elif kind == "level" and driver != "share" and (value < 0 or (value == 0 and driver not in MAY_BE_ZERO)):
        line.fault("value", "a level above 0", "check the sign", "level")
    elif kind == "growth" and not -1 < value <= 1:
        line.fault("value", "growth a year between -1 and 1", "choose the unit % if it is a percentage", "growth_range")
    elif kind == "change" and not -1 < value <= 10:
        remedy = "-13.5 % is -0.135; choose the unit % if it is a percentage"
        line.fault("value", "a change between -1 and 10", remedy, "change_range")
    if spread < 0 or (spread > 0 and kind == "level" and (value == 0 or (driver == "share" and value == 1))):
        line.fault("spread", "0 or more, and none at a level of zero or all", "leave it blank: exact", "spread")


def _refuse_doubles(lines: Iterable[Line]) -> None:
    """Refuse two targets of one driver, sector, item and year, and a driver for both all sectors and single ones."""
    seen: dict[tuple[str, ...], Line] = {}
    for line in lines:
        before = seen.setdefault(tuple(line[name] for name in ("driver", "sector", "item", "year")), line)
        if before is not line:
            line.fault("year", "one target a year", f"it stands already in {before.place}; keep one", "twice")
    wide = {line["driver"] for line in lines if line["sector"] == plans.ALL_SECTORS}
    for line in lines:
        if line["driver"] in wide and line["sector"] not in (plans.ALL_SECTORS, ""):
            remedy = f"{plans.ALL_SECTORS} speaks of this sector as well; give one of the two"
            line.fault("sector", "either all or single sectors", remedy, "all_and_one")


def _check_bases(lines: list[Line], park: Park) -> None:
    """Check that a base year is of a change, and an observed year or that of an earlier target of the same driver."""
    for line in lines:
        if not line["base_year"]:
            continue
        given = {
            other["year"]
            for other in lines
            if all(other[name] == line[name] for name in ("driver", "sector", "item")) and other["year"] < line["year"]
        }
        known = {str(year) for year in park.years} | given
        if line["kind"] != "change":
            line.fault("base_year", "nothing", "only a change has a base year", "base_year")
        elif line["base_year"] not in known:
            line.fault("base_year", "an observed year or an earlier target", "name a year with a value", "base_year")


def _wrong_shares(file: str, park: Park, targets: Iterable[DriverTarget]) -> Iterable[Fault]:
    """Yield faults of shares of a sector that add up to more than one, or to less where no other carrier is used."""
    by_sector: dict[str, dict[str, list[DriverTarget]]] = {}
    for target in sorted(targets, key=lambda one: one.year):
        if target.driver == "share":
            by_sector.setdefault(target.sector, {}).setdefault(target.item, []).append(target)
    for sector, given in by_sector.items():
        energy = park.energy[park.sectors.index(sector)]
        last = max(of_item[-1].year for of_item in given.values())
        years = np.arange(park.last_observed_year, last + 1)
        total = np.zeros(years.size)
        for item, of_item in given.items():
            use = energy[park.carriers.index(item), -1] if item in park.carriers else 0.0
            now = use / max(energy[:, -1].sum(), 1e-300)
            knots = [park.last_observed_year, *(target.year for target in of_item)]
            total += np.interp(years, knots, [now, *(target.value for target in of_item)])
        others = [c for c, name in enumerate(park.carriers) if energy[c, -1] > 0 and name not in given]
        place = f"table, share of {sector}"
        if (total > 1 + 1e-6).any():
            at = int((total > 1 + 1e-6).argmax())
            found, remedy = f"{total[at]:.3g} in {years[at]}", "lower one of them; between targets they run straight"
            yield Fault(file, place, found, "shares that add up to at most 1", remedy, code="share_sum")
        elif not others and (np.abs(total - 1) > 1e-6).any():
            at = int((np.abs(total - 1) > 1e-6).argmax())
            remedy = "all carriers of the sector are given: nothing else could fill the rest"
            found = f"{total[at]:.3g} in {years[at]}"
            yield Fault(file, place, found, "shares that add up to 1", remedy, code="share_sum")


COLUMNS = ("scenario", "driver", "sector", "item", "first", "last", "kind", "value", "unit", "spread", "source")
EARLIEST = 1990
#: Kinds in which a driver may be given; all where not named.
ONLY = {"share": ("level",), **dict.fromkeys(plans.KAYA, ("growth", "change"))}
#: Drivers of the same quantity, which exclude one another.
RIVALS = (
    ({"gdp"}, {"population", "gdp_per_head"}),
    ({"activity"}, {"gdp", "population", "gdp_per_head"}),
    ({"intensity"}, {"energy_per_gdp"}),
    (set(plans.FACTORS), {plans.CARBON}),
)
Paths = dict[str, tuple[DriverPath, ...]]


def read_driver_table(path: Path, faults: list[Fault]) -> Paths:
    """Read a CSV table of driver paths: scenario id -> its paths; faults go to ``faults``."""
    lines = read_lines(path, COLUMNS, faults)
    for line in lines:
        line.plain("scenario")
    return paths_of(lines)


def paths_of(lines: Sequence[Line]) -> Paths:
    """Check lines one by one and together; return the paths by scenario, those of sound lines only."""
    found: dict[str, list[tuple[Line, DriverPath]]] = {}
    for line in lines:
        path = _path(line)
        if path is not None:
            found.setdefault(line["scenario"], []).append((line, path))
    for pairs in found.values():
        _refuse_rivals(pairs)
        _refuse_gaps(pairs)
        _refuse_shares(pairs)
    return {name: tuple(path for line, path in pairs if not line.is_faulty) for name, pairs in found.items()}


def _path(line: Line) -> DriverPath | None:
    driver = line.word(
        "driver", plans.SCENARIO_DRIVERS, "correct the word; docs/driver_scenarios.md lists them", "driver"
    )
    first, last = line.year("first", EARLIEST, plans.LATEST), line.year("last", EARLIEST, plans.LATEST)
    if first is not None and last is not None and first > last:
        line.fault("last", f"a year from {first} on", "put the first year of the period first", "period")
    kind = line.word("kind", ONLY.get(driver, plans.KINDS), "choose one that this driver can be given as", "kind")
    value, spread = line.number("value"), line.number("spread", 0.0)
    if driver is None or kind is None:
        return None
    _check_place(line, driver, kind)
    _check_unit(line, driver, kind)
    if None not in (value, spread) and not line.is_faulty:
        _check_value(line, driver, kind, value, spread)
    if line.is_faulty:
        return None
    sector = line["sector"] or (plans.ALL_SECTORS if driver in ("activity", "intensity", "share", "output") else "")
    return DriverPath(
        driver=driver, sector=sector, item=line["item"], first=first, last=last, kind=kind, value=value,
        unit=line["unit"], spread=spread, source=line["source"], place=f"{line.file}, {line.place}",
    )  # fmt: skip


def _check_place(line: Line, driver: str, kind: str) -> None:
    """Check that sector and item belong to the driver; whether a park has them is checked when it is run."""
    if driver in (*plans.FACTORS, *plans.KAYA) and (line["sector"] not in ("", plans.ALL_SECTORS) or line["item"]):
        line.fault("sector", "nothing", f"{driver} is one for the whole park; leave sector and item blank", "item")
    if driver in ("activity", "intensity") and line["item"]:
        line.fault("item", "nothing", f"{driver} has no item", "item")
    if driver == "share":
        words = {*read_carriers(), *(carrier.group for carrier in read_carriers().values())}
        if line["item"] not in words:
            line.fault(
                "item", "a carrier or a group of carriers", "use a code of carriers.csv, such as coal", "carrier"
            )
    if driver == "output" and not line["item"]:
        line.fault("item", "a process", "name the product, such as clinker", "process")


def _check_unit(line: Line, driver: str, kind: str) -> None:
    if kind == "growth":
        units = tuple(GROWTH)
    elif kind == "change" or driver == "share":
        units = tuple(PARTS)
    else:
        energy, _, per = line["unit"].partition("/")
        known = line["unit"] in CONVERSIONS or (energy in CONVERSIONS and per in CONVERSIONS)
        if not known:
            line.fault("unit", "a unit of the driver", "such as million CNY, t, TJ/million CNY or tCO2/MWh", "unit")
        return
    line.word("unit", units, f"give the {kind} of {driver} in one of these units", "unit")


def _check_value(line: Line, driver: str, kind: str, value: float, spread: float) -> None:
    times = {**GROWTH, **PARTS}.get(line["unit"], 1.0)
    part = value * times
    if driver == "share" and not 0 <= part <= 1:
        is_percent = line["unit"] == "%"
        remedy = "a part is not more than the whole" if is_percent else "choose the unit % if it is a percentage"
        expected = "a share between 0 and 100 %" if is_percent else "a share between 0 and 1"
        line.fault("value", expected, remedy, "share_range")
    elif kind == "level" and part < 0:
        line.fault("value", "a level of 0 or more", "check the sign", "level")
    elif kind == "growth" and not -1 < part <= 1:
        line.fault("value", "growth a year between -1 and 1", "choose the unit % if it is a percentage", "growth_range")
    elif kind == "change" and not -1 < part <= 10:
        line.fault("value", "a change between -1 and 10", "choose the unit % if it is a percentage", "change_range")
    if spread < 0:
        line.fault("spread", "0 or more", "leave it blank: exact", "spread")


def _refuse_rivals(pairs: Sequence[tuple[Line, DriverPath]]) -> None:
    """Refuse two lines of one scenario on the same quantity."""
    drivers = {path.driver for _, path in pairs}
    for one, others in RIVALS:
        if one & drivers and others & drivers:
            for line, path in pairs:
                if path.driver in one:
                    named = ", ".join(sorted(others & drivers))
                    line.fault("driver", "one way to say it", f"{named} says the same: keep one", "rivals")
    wide = {(path.driver, path.item) for _, path in pairs if path.sector == plans.ALL_SECTORS}
    for line, path in pairs:
        if path.sector not in ("", plans.ALL_SECTORS) and (path.driver, path.item) in wide:
            remedy = f"{plans.ALL_SECTORS} speaks of this sector as well; give one of the two"
            line.fault("sector", "either all or single sectors", remedy, "all_and_one")


def _refuse_gaps(pairs: Sequence[tuple[Line, DriverPath]]) -> None:
    """Refuse periods of one driver that overlap or leave gaps."""
    by_key: dict[tuple[str, str, str], list[tuple[Line, DriverPath]]] = {}
    for pair in pairs:
        by_key.setdefault(pair[1].key, []).append(pair)
    for own in by_key.values():
        own.sort(key=lambda pair: pair[1].first)
        for (_, before), (line, path) in pairwise(own):
            if path.first <= before.last:
                line.fault("first", f"a year after {before.last}", f"{before.place} has it already", "overlap")
            elif path.first > before.last + 1:
                remedy = f"nothing is said of {before.last + 1}-{path.first - 1}: add a line, or move the year"
                line.fault("first", f"{before.last + 1}", remedy, "gap")


def _refuse_shares(pairs: Sequence[tuple[Line, DriverPath]]) -> None:
    """Refuse shares of one sector and year that add up to more than one."""
    totals: dict[tuple[str, int], float] = {}
    for line, path in pairs:
        if path.driver == "share":
            key = path.sector, path.last
            totals[key] = totals.get(key, 0.0) + path.value * PARTS[path.unit]
            if totals[key] > 1 + 1e-9:
                found = f"with this one {totals[key]:.4g} in {path.last}"
                line.fault("value", "shares that add up to at most 1", f"{found}: lower one of them", "share_sum")


def period_of(text: object) -> tuple[object, object]:
    """Split a period of YAML, ``2021-2025`` or ``[2021, 2025]``, into its years as written."""
    if isinstance(text, Sequence) and not isinstance(text, str) and len(text) == 2:
        return text[0], text[1]
    first, dash, last = str(text).partition("-")
    if dash and exact_number(first) == exact_number(first) and exact_number(last) == exact_number(last):
        return first.strip(), last.strip()
    return text, text


def read_scenario_sheet(path: Path, faults: list[Fault]) -> Paths:
    """Read the driver paths of a workbook's own sheet: scenario id -> paths; faults go to ``faults``.

    Raises
    ------
    InputError
        The file is no workbook that can be read.
    """
    sheet, block = plan_sheet(path, "scenario", faults)
    if sheet is None:
        return {}
    if sheet.is_far:
        remedy = "delete what stands far below or right of it"
        faults.append(Fault(path.name, sheet.name, "", "cells near the table", remedy, code="sheet_far"))
        return {}
    lines = _lines(sheet, block, path.name, faults)
    if not lines and not faults:
        remedy = "fill it, or leave the option out"
        faults.append(Fault(path.name, sheet.name, "", "at least one line", remedy, code="empty"))
    return paths_of(lines)


def faults_of_scenarios(sheet: Sheet, block: ListBlock, file: str) -> list[Fault]:
    """Check the sheet as part of the workbook: every fault, by cell."""
    faults: list[Fault] = []
    paths_of(_lines(sheet, block, file, faults))
    return faults


def plan_sheet(path: Path, role: str, faults: list[Fault]) -> tuple[Sheet | None, ListBlock]:
    """Find the sheet of a role in a workbook of the template; none is a fault.

    Raises
    ------
    InputError
        The file is no workbook that can be read.
    """
    from pathway_models.intake.workbook.book import Book  # opens with a library that texts need not wait for

    block = template_layout().block("list", role)
    names = {label_of(block.sheets.zh), label_of(block.sheets.en)}
    found = [sheet for name, sheet in Book(path).sheets.items() if label_of(name) in names]
    sheet = found[0] if found else None
    for other in found[1:]:
        expected, remedy = "one sheet of this content", f"the sheet {sheet.name!r} is another; remove one"
        faults.append(Fault(path.name, other.name, other.name, expected, remedy, code="sheet_twice"))
    if sheet is None:
        remedy = "add it from a template, or give a .csv table"
        faults.append(Fault(path.name, "workbook", "", f"a sheet {block.sheets.zh}", remedy, code="sheet_missing"))
    return sheet, block


def rows_of(sheet: Sheet, block: ListBlock, file: str, faults: list[Fault]) -> list[tuple[str, dict[str, object]]]:
    """Read the filled rows of a sheet: place of the first cell, values by column.

    Faults of cells go to ``faults``, and warnings of numbers whose looks may mean something else.
    """
    rows = []
    for row in sheet.rows(block.first_row):
        refs = {name: f"{column}{row}" for name, column in block.columns.items()}
        unit = shown(sheet.raw(refs["unit"])) if "unit" in refs else ""
        cells = {}
        for name, ref in refs.items():
            value, findings = sheet.typed(ref, unit if name == "value" else "")
            cells[name] = value
            for finding in findings:
                if finding.severity != "note":
                    parts = finding.expected, finding.remedy, finding.severity, finding.code
                    faults.append(Fault(file, sheet.place(ref), sheet.raw(ref), *parts))
        if any(cells[name] not in (None, "") for name in cells):
            rows.append((sheet.place(next(iter(refs.values()))), cells))
    return rows


def _lines(sheet: Sheet, block: ListBlock, file: str, faults: list[Fault]) -> list[Line]:
    return lines_of(file, rows_of(sheet, block, file, faults), COLUMNS, faults)
