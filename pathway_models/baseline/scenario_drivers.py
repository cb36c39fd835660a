"""Drivers of a scenario bound to a park: periods become targets of its own drivers (docs/driver_scenarios.md).

Drivers may be Kaya terms, or STIRPAT: ln I = a + sum of b_i ln X_i, with drivers named as in the study.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from pathway_models.core import PathwayError, units
from pathway_models.intake.factors.tables import default_factor, read_carriers
from pathway_models.intake.plans.reading import with_plans
from pathway_models.records import DriverPath, DriverTarget, Park, Scenario, plans
from pathway_models.records.park import ACTIVITY_UNITS, INDICES, OUTPUT_KINDS

#: Multipliers of growth, change and share as they may be written.
PARTS = {"%": 0.01, "%/yr": 0.01, "share": 1.0, "share/yr": 1.0}
Key = tuple[str, str, str]


def driven(park: Park, scenario: Scenario, issue_year: int) -> Park:
    """Set the drivers and the grid of a scenario on a park; return the park itself where the scenario gives none.

    Targets of the park's own overrides stay for drivers that the scenario does not give.  Nothing changes up to the
    issue year, or the last year of the record where that is later.

    Raises
    ------
    PathwayError
        The park lacks drivers of the scenario; all are listed.
    """
    if not scenario.drivers and scenario.grid == park.plans.grid:
        return park
    faults: list[str] = []
    begin = max(park.last_observed_year, issue_year)
    targets = tuple(_targets(park, scenario, begin, faults))
    if faults:
        raise PathwayError(f"{park.park_id}: scenario {scenario.scenario_id} cannot be run: " + "; ".join(faults))
    given = {target.key for target in targets}
    kept = tuple(target for target in park.plans.targets if not _spoken_of(target.key, given))
    return with_plans(park, replace(park.plans, targets=(*kept, *targets), grid=scenario.grid))


def driven_normals(park: Park, scenarios: Iterable[Scenario], issue_year: int) -> tuple[str, ...]:
    """Name the normal draws that the drivers of some scenarios need for a park, where they have a spread."""
    names = {}
    for scenario in scenarios:
        if any(path.spread > 0 for path in scenario.drivers):
            names |= dict.fromkeys(driven(park, scenario, issue_year).plans.normals())
    return tuple(names)


def _spoken_of(key: Key, given: set[Key]) -> bool:
    """Tell whether a scenario gives the driver of a target, for its sector or for all."""
    driver, sector, item = key
    return any(
        driver == other[0] and item == other[2] and (sector == other[1] or plans.ALL_SECTORS in (sector, other[1]))
        for other in given
    )


def _targets(park: Park, scenario: Scenario, begin: int, faults: list[str]) -> Iterator[DriverTarget]:
    by_key: dict[Key, list[DriverPath]] = {}
    for path in scenario.drivers:
        by_key.setdefault(path.key, []).append(path)
    kaya = {key: paths for key, paths in by_key.items() if key[0] in plans.KAYA}
    yield from _kaya(park, kaya, begin)
    for key, paths in by_key.items():
        if key not in kaya:
            yield from _own(park, key, paths, begin, faults)


def _ahead(paths: list[DriverPath], begin: int) -> list[DriverPath]:
    """Keep the periods that end after a year, in order."""
    return [path for path in sorted(paths, key=lambda one: one.first) if path.last > begin]


def _free_before(park: Park, key: Key, first: DriverPath, begin: int) -> Iterator[DriverTarget]:
    """Leave the baseline free up to a first period: at its base year, and at the last year that must not change."""
    marks = {first.first - 1, max(first.first - 1, begin)}
    for year in sorted(year for year in marks if year > park.last_observed_year):
        yield DriverTarget(*key, year, plans.FREE, 0.0)


def _kaya(park: Park, kaya: Mapping[Key, list[DriverPath]], begin: int) -> Iterator[DriverTarget]:
    """Turn Kaya terms into yearly growth of activity, intensity and CO2 per energy."""
    terms: dict[str, list[list[DriverPath]]] = {}
    for key, paths in kaya.items():
        terms.setdefault(plans.KAYA[key[0]], []).append(_ahead(paths, begin))
    for driver, parts in terms.items():
        parts = [part for part in parts if part]
        if not parts:
            continue
        since = max(min(part[0].first for part in parts), begin + 1)
        key = (driver, plans.ALL_SECTORS if driver != plans.CARBON else "", "")
        if since > park.last_observed_year + 1:
            yield DriverTarget(*key, since - 1, plans.FREE, 0.0)
        edges = {path.last for part in parts for path in part} | {path.first - 1 for part in parts for path in part}
        for end in sorted(edge for edge in edges if edge >= since):
            rate, spread = 1.0, 0.0
            for part in parts:
                path = next((one for one in part if one.first <= since and end <= one.last), None)
                if path is not None:
                    value = path.value * PARTS[path.unit]
                    years = path.last - path.first + 1
                    rate *= 1.0 + value if path.kind == "growth" else (1.0 + value) ** (1.0 / years)
                    spread = max(spread, path.spread * PARTS[path.unit] / (1 if path.kind == "growth" else years))
            yield DriverTarget(*key, end, "growth", rate - 1.0, spread, None, parts[0][0].source)
            since = end + 1


def _own(park: Park, key: Key, paths: list[DriverPath], begin: int, faults: list[str]) -> Iterator[DriverTarget]:
    """Bind the periods of one of the park's own drivers."""
    driver, sector, item = key
    ahead = _ahead(paths, begin)
    if not ahead:
        return
    if driver == "heat_factor" and "heat" not in park.carriers:
        return  # a park without purchased heat has no factor to change
    where = ahead[0].place or driver
    if sector not in ("", plans.ALL_SECTORS, *park.sectors):
        faults.append(f"{where}: no sector {sector!r}; it has {', '.join(park.sectors)}")
        return
    if driver == "share":
        yield from _shares(park, sector, item, ahead, begin, faults)
        return
    if driver == "output":
        yield from _output(park, key, ahead, begin, faults)
        return
    kind = "" if sector in ("", plans.ALL_SECTORS) else park.activity_kinds[park.sectors.index(sector)]
    if driver == "intensity" and kind in (*INDICES, *OUTPUT_KINDS):
        faults.append(f"{where}: energy or output stands for the activity of {sector}; give activity instead")
        return
    whole = sector == plans.ALL_SECTORS and len(park.sectors) == 1
    bound = (driver, park.sectors[0] if whole else sector, "")
    yield from _free_before(park, bound, ahead[0], begin)
    for path in ahead:
        target = _target(park, bound, path)
        if isinstance(target, str):
            faults.append(f"{path.place or driver}: {target}")
        else:
            yield target


def _target(park: Park, key: Key, path: DriverPath) -> DriverTarget | str:
    """Convert a period to the target at its end, or return the reason why it cannot be."""
    times = PARTS.get(path.unit)
    base = None
    if path.kind == "level":
        times = _level_unit(park, key, path.unit)
        if times is None:
            return f"unit {path.unit!r} is none of {key[0]} there, or a level is asked of all sectors together"
    elif times is None:
        return f"unit {path.unit!r}: expected one of {', '.join(PARTS)}"
    if path.kind == "change":
        base = path.first - 1
        if base < int(park.years[0]):
            return f"change since {base}, before the record begins in {park.years[0]}"
    return DriverTarget(*key, path.last, path.kind, path.value * times, path.spread * times, base, path.source)


def _level_unit(park: Park, key: Key, unit: str) -> float | None:
    """Find the multiplier of a level's unit to the canonical one."""
    driver, sector, _ = key
    if driver in plans.FACTORS:
        pair = units.CONVERSIONS.get(unit)
        canonical, per_tj = ("tCO2/MWh", units.TJ_PER_MWH) if driver == "grid_factor" else ("tCO2/TJ", 1.0)
        return None if pair is None or pair[0] != canonical else pair[1] / per_tj
    if sector not in park.sectors:
        return None
    canonical = ACTIVITY_UNITS[park.activity_kinds[park.sectors.index(sector)]]
    if driver == "activity":
        pair = units.CONVERSIONS.get(unit)
        return None if pair is None or pair[0] != canonical else pair[1]
    energy, _, per = unit.partition("/")
    pairs = units.CONVERSIONS.get(energy), units.CONVERSIONS.get(per)
    if pairs[0] is None or pairs[1] is None or (pairs[0][0], pairs[1][0]) != ("TJ", canonical):
        return None
    return pairs[0][1] / pairs[1][1]


def _output(park: Park, key: Key, ahead: list[DriverPath], begin: int, faults: list[str]) -> Iterator[DriverTarget]:
    driver, sector, item = key
    found = [
        process
        for process in park.processes
        if process.name == item
        and sector in (plans.ALL_SECTORS, park.sectors[process.sector])
        and not process.is_balance
    ]
    if not found:
        faults.append(f"{ahead[0].place or driver}: no process {item!r}")
    for process in found:
        bound = (driver, park.sectors[process.sector], item)
        yield from _free_before(park, bound, ahead[0], begin)
        for path in ahead:
            unit = units.CONVERSIONS.get(path.unit) if path.kind == "level" else ("", PARTS.get(path.unit))
            if unit is None or unit[1] is None or (path.kind == "level" and unit[0] != process.unit):
                faults.append(f"{path.place or driver}: unit {path.unit!r} is none of {item}, in {process.unit}")
                continue
            base = path.first - 1 if path.kind == "change" else None
            value, spread = path.value * unit[1], path.spread * unit[1]
            yield DriverTarget(*bound, path.last, path.kind, value, spread, base, path.source)


def _shares(
    park: Park, sector: str, item: str, ahead: list[DriverPath], begin: int, faults: list[str]
) -> Iterator[DriverTarget]:
    """Bind shares of a carrier or of a group, sector by sector."""
    chosen = range(len(park.sectors)) if sector == plans.ALL_SECTORS else [park.sectors.index(sector)]
    whole = park.energy[..., -1]
    # A word such as coal is a group and an aggregate carrier: the group is meant, and includes the aggregate.
    members = [name for name, group in zip(park.carriers, park.groups, strict=True) if group == item]
    members = members or ([item] if item in read_carriers() else [])
    if not members:
        faults.append(f"{ahead[0].place or 'share'}: it uses no carrier of the group {item!r}")
        return
    if members[0] not in park.carriers and default_factor(park.factor_set, read_carriers()[item]) is None:
        faults.append(f"{ahead[0].place or 'share'}: the factor set {park.factor_set} has no factor for {item}")
        return
    of_all = sum(whole[s, park.carriers.index(name)] for s in chosen for name in members if name in park.carriers)
    now = of_all / max(float(sum(whole[s].sum() for s in chosen)), 1e-300)
    for s in chosen:
        used = {name: whole[s, park.carriers.index(name)] if name in park.carriers else 0.0 for name in members}
        own = sum(used.values()) / max(float(whole[s].sum()), 1e-300)
        if own == 0.0 and (len(members) > 1 or len(park.sectors) > 1) and sector == plans.ALL_SECTORS and now > 0:
            continue
        for name, use in used.items():
            part = use / sum(used.values()) if sum(used.values()) > 0 else 1.0 / len(used)
            if part == 0.0:
                continue
            bound = ("share", park.sectors[s], name)
            yield from _free_before(park, bound, ahead[0], begin)
            for path in ahead:
                value = path.value * PARTS.get(path.unit, 0.0)
                # ASSUME: with all sectors together each one's share moves by the same ratio.
                level = value if len(chosen) == 1 or now == 0 else min(value / now * own, 1.0)
                spread = path.spread * PARTS.get(path.unit, 0.0) * part
                yield DriverTarget(*bound, path.last, "level", level * part, spread, None, path.source)


def stirpat_level(
    constant: float, elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]]
) -> np.ndarray:
    """Compute emissions of every year from the levels of all drivers.

    Parameters
    ----------
    constant : float
        a of the equation.
    elasticities : mapping driver -> b
    drivers : mapping driver -> (T,) levels above zero
        In the units in which the study fitted its equation.

    Returns
    -------
    (T,) ndarray
        Emissions in the unit of the study.

    Raises
    ------
    PathwayError
        A driver has no elasticity, an elasticity no driver, a level is not above zero.
    """
    _refuse_unmatched(elasticities, drivers)
    logs = [np.log(np.asarray(drivers[name], dtype=float)) * b for name, b in elasticities.items()]
    return np.exp(constant + np.sum(logs, axis=0))


def stirpat_drivers(
    elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]], base_year: int, source: str = ""
) -> tuple[DriverPath, ...]:
    """Convert levels of drivers to the driver paths of a scenario, so that the engine follows STIRPAT.

    The constant cancels in growth: emissions start where the park's own record ends.  Activity and energy intensity
    are held and all growth of emissions is that of CO2 per energy, because the elasticities do not separate activity
    from the rest.

    Parameters
    ----------
    elasticities : mapping driver -> b
    drivers : mapping driver -> (T,) levels above zero
        Of the base year and each year after it.
    base_year : int
        Last year of the record.
    source : str

    Returns
    -------
    tuple of DriverPath
        One period a year of CO2 per energy, the other terms held at zero growth.

    Raises
    ------
    PathwayError
        As in :func:`stirpat_level`.

    Examples
    --------
    >>> paths = stirpat_drivers({"gdp": 0.5}, {"gdp": [1.0, 1.21]}, 2020)
    >>> round(paths[-1].value, 6)
    10.0
    """
    levels = stirpat_level(0.0, elasticities, drivers)
    last = base_year + levels.size - 1
    # ASSUME: STIRPAT moves the whole of a park's emissions in proportion; its mix of carriers stays.
    held = [
        DriverPath(name, "", "", base_year + 1, last, "growth", 0.0, "%/yr", 0.0, source)
        for name in ("gdp", "energy_per_gdp")
    ]
    rates = 100.0 * (levels[1:] / levels[:-1] - 1.0)
    moved = [
        DriverPath(plans.CARBON, "", "", year, year, "growth", float(rate), "%/yr", 0.0, source)
        for year, rate in enumerate(rates, base_year + 1)
    ]
    return (*held, *moved)


def _refuse_unmatched(elasticities: Mapping[str, float], drivers: Mapping[str, Sequence[float]]) -> None:
    faults = [f"{name} has no elasticity" for name in drivers if name not in elasticities]
    faults += [f"{name} has no levels" for name in elasticities if name not in drivers]
    for name, levels in drivers.items():
        if not (np.asarray(levels, dtype=float) > 0).all():
            faults.append(f"{name}: levels must be above zero")
    if len({len(levels) for levels in drivers.values()}) > 1:
        faults.append("drivers have different numbers of years")
    if faults:
        raise PathwayError("STIRPAT: " + "; ".join(faults))
