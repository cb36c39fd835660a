"""Driver paths of scenarios from YAML, a CSV table or the sheet of a workbook: one set of checks for all three."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pathway_models.core.errors import Fault
from pathway_models.core.units import CONVERSIONS
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.numbers import exact_number
from pathway_models.intake.plans.overrides import GROWTH, PARTS
from pathway_models.intake.plans.rows import Line, read_lines
from pathway_models.records.plans import ALL_SECTORS, CARBON, FACTORS, KAYA, KINDS, LATEST, SCENARIO_DRIVERS, DriverPath

COLUMNS = ("scenario", "driver", "sector", "item", "first", "last", "kind", "value", "unit", "spread", "source")
EARLIEST = 1990
#: Kinds that each driver may be given as; all where not named.
ONLY = {"share": ("level",), **dict.fromkeys(KAYA, ("growth", "change"))}
#: Drivers that speak of the same thing.
RIVALS = (
    ({"gdp"}, {"population", "gdp_per_head"}),
    ({"activity"}, {"gdp", "population", "gdp_per_head"}),
    ({"intensity"}, {"energy_per_gdp"}),
    (set(FACTORS), {CARBON}),
)
Paths = dict[str, tuple[DriverPath, ...]]


def read_driver_table(path: Path, faults: list[Fault]) -> Paths:
    """Read a CSV table of driver paths: scenario id -> its paths; what is wrong goes to ``faults``."""
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
    driver = line.word("driver", SCENARIO_DRIVERS, "correct the word; docs/driver_scenarios.md lists them", "driver")
    first, last = line.year("first", EARLIEST, LATEST), line.year("last", EARLIEST, LATEST)
    if first is not None and last is not None and first > last:
        line.fault("last", f"a year from {first} on", "put the first year of the period first", "period")
    kind = line.word("kind", ONLY.get(driver, KINDS), "choose one that this driver can be given as", "kind")
    value, spread = line.number("value"), line.number("spread", 0.0)
    if driver is None or kind is None:
        return None
    _check_place(line, driver, kind)
    _check_unit(line, driver, kind)
    if None not in (value, spread) and not line.is_faulty:
        _check_value(line, driver, kind, value, spread)
    if line.is_faulty:
        return None
    sector = line["sector"] or (ALL_SECTORS if driver in ("activity", "intensity", "share", "output") else "")
    return DriverPath(
        driver=driver, sector=sector, item=line["item"], first=first, last=last, kind=kind, value=value,
        unit=line["unit"], spread=spread, source=line["source"], place=f"{line.file}, {line.place}",
    )  # fmt: skip


def _check_place(line: Line, driver: str, kind: str) -> None:
    """Sector and item belong to the driver; whether a park has them is seen when it is run."""
    if driver in (*FACTORS, *KAYA) and (line["sector"] not in ("", ALL_SECTORS) or line["item"]):
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
        line.fault("value", "a share between 0 and 1", "choose the unit % if it is a percentage", "share_range")
    elif kind == "level" and part < 0:
        line.fault("value", "a level of 0 or more", "check the sign", "level")
    elif kind == "growth" and not -1 < part <= 1:
        line.fault("value", "growth a year between -1 and 1", "choose the unit % if it is a percentage", "growth_range")
    elif kind == "change" and not -1 < part <= 10:
        line.fault("value", "a change between -1 and 10", "choose the unit % if it is a percentage", "change_range")
    if spread < 0:
        line.fault("spread", "0 or more", "leave it blank: exact", "spread")


def _refuse_rivals(pairs: Sequence[tuple[Line, DriverPath]]) -> None:
    """Refuse two lines of one scenario that speak of the same thing."""
    drivers = {path.driver for _, path in pairs}
    for one, others in RIVALS:
        if one & drivers and others & drivers:
            for line, path in pairs:
                if path.driver in one:
                    named = ", ".join(sorted(others & drivers))
                    line.fault("driver", "one way to say it", f"{named} says the same: keep one", "rivals")
    wide = {(path.driver, path.item) for _, path in pairs if path.sector == ALL_SECTORS}
    for line, path in pairs:
        if path.sector not in ("", ALL_SECTORS) and (path.driver, path.item) in wide:
            remedy = f"{ALL_SECTORS} speaks of this sector as well; give one of the two"
            line.fault("sector", "either all or single sectors", remedy, "all_and_one")


def _refuse_gaps(pairs: Sequence[tuple[Line, DriverPath]]) -> None:
    """Refuse periods of one driver that overlap or leave years out between them."""
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
    """Split a period as YAML has it, ``2021-2025`` or ``[2021, 2025]``, into its years as they stand."""
    if isinstance(text, Sequence) and not isinstance(text, str) and len(text) == 2:
        return text[0], text[1]
    first, dash, last = str(text).partition("-")
    if dash and exact_number(first) == exact_number(first) and exact_number(last) == exact_number(last):
        return first.strip(), last.strip()
    return text, text
