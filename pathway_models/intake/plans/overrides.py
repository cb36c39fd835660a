"""Reading ``<park_id>.overrides.csv``: given paths of drivers, one target a line."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pathway_models.core.errors import Fault
from pathway_models.core.units import CONVERSIONS, TJ_PER_MWH, units_of
from pathway_models.intake.factors.tables import default_factor, read_carriers
from pathway_models.intake.plans.rows import Line, read_lines
from pathway_models.records.park import ACTIVITY_UNITS, INDICES, Park, Process
from pathway_models.records.plans import ALL_SECTORS, DRIVERS, FACTORS, KINDS, LATEST, DriverTarget

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
MAY_BE_ZERO = ("share", *FACTORS, "output")


def read_targets(path: Path, park: Park, faults: list[Fault]) -> tuple[DriverTarget, ...]:
    """Read the overrides of a park; what is wrong goes to ``faults``."""
    lines = read_lines(path, OVERRIDE_COLUMNS, faults)
    pairs = [(line, _target(line, park)) for line in lines]
    _refuse_doubles(lines)
    _check_bases(lines, park)
    targets = tuple(target for line, target in pairs if target is not None and not line.is_faulty)
    if not faults:
        faults.extend(_wrong_shares(path.name, park, targets))
    return targets


def _target(line: Line, park: Park) -> DriverTarget | None:
    """One line as a target; None after a fault."""
    line.says_where_from()
    driver = line.word("driver", DRIVERS, "correct the word", "driver")
    kind = line.word("kind", ("level",) if driver == "share" else KINDS, "a share is given as a level", "kind")
    year = line.year("year", park.last_observed_year + 1, LATEST)
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
    if driver in FACTORS:
        carrier = FACTORS[driver]
        if sector or item:
            line.fault(
                "sector", "nothing", "the grid factor is one for the whole park; leave sector and item blank", "item"
            )
        elif carrier not in park.carriers or not park.factors[:, park.carriers.index(carrier), -1].any():
            line.fault("driver", "a park with a grid factor", "give the park's table one first", driver)
        return not line.is_faulty
    wide = (ALL_SECTORS,) if driver in ("activity", "intensity") and kind != "level" else ()
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
    if sector == ALL_SECTORS:
        return {kind for kind in park.activity_kinds if kind != "population"}
    return {park.activity_kinds[park.sectors.index(sector)]}


def _units(line: Line, park: Park, driver: str, kind: str) -> dict[str, float]:
    """Units a target may have, with the multiplier to the canonical one."""
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
    """Values in range, in canonical units."""
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
    """One target a driver, sector, item and year; and a driver is given for all sectors or for each, not both."""
    seen: dict[tuple[str, ...], Line] = {}
    for line in lines:
        before = seen.setdefault(tuple(line[name] for name in ("driver", "sector", "item", "year")), line)
        if before is not line:
            line.fault("year", "one target a year", f"it stands already in {before.place}; keep one", "twice")
    wide = {line["driver"] for line in lines if line["sector"] == ALL_SECTORS}
    for line in lines:
        if line["driver"] in wide and line["sector"] not in (ALL_SECTORS, ""):
            remedy = f"{ALL_SECTORS} speaks of this sector as well; give one of the two"
            line.fault("sector", "either all or single sectors", remedy, "all_and_one")


def _check_bases(lines: list[Line], park: Park) -> None:
    """A base year belongs to a change, and is an observed year or an earlier target of the same driver."""
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
    """Given shares of a sector must leave room for one another, and be everything where nothing else is used."""
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
