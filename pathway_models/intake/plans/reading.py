"""Read the plans of a park, set and remove them, and check the years it sets aside.

``<park_id>.projects.csv`` has committed projects, one load a line.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from pathway_models.core import Fault, InputError, units
from pathway_models.core.files import fingerprint
from pathway_models.intake.factors.tables import default_factor, find_fuel, read_carriers
from pathway_models.intake.plans import rows, scenario_tables
from pathway_models.records.park import Park, Process, one_off_problem, set_aside
from pathway_models.records.plans import LATEST, LOADS, DriverTarget, Load, Plans, Project

COLUMNS = (
    "project",
    "sector",
    "start",
    "ramp_years",
    "probability",
    "delay_likely",
    "delay_longest",
    "quantity",
    "item",
    "value",
    "unit",
    "source",
    "confidence",
    "note",
)
#: Columns that must be the same in all lines of a project.
ATTRIBUTES = COLUMNS[1:7]
#: Quantities of a line; the factor belongs to a process that is new to the park.
QUANTITIES = (*LOADS, "process_factor")
Factors = dict[tuple[str, str], tuple[str, float]]


def read_projects(path: Path, park: Park, faults: list[Fault]) -> tuple[tuple[Project, ...], Factors]:
    """Read the projects of a park.

    Parameters
    ----------
    path : Path
    park : Park
    faults : list of Fault
        Receives all faults.

    Returns
    -------
    projects, factors
        Factors of processes new to the park: (sector, process) to unit of output and tCO2 per unit.
    """
    lines = rows.read_lines(path, COLUMNS, faults)
    named: dict[str, list[rows.Line]] = {}
    for line in lines:
        line.plain("project")
        line.says_where_from()
        named.setdefault(line["project"], []).append(line)
    factors = _new_factors(lines, park)
    projects = []
    for name, own in named.items():
        head = _attributes(own, park)
        loads = [_load(line, park, factors) for line in own if line["quantity"] != "process_factor"]
        _refuse_doubles(own)
        if not loads:
            own[0].fault("quantity", f"a load: one of {', '.join(LOADS)}", "say what the project uses or makes", "load")
        if head is not None and not any(line.is_faulty for line in own):
            projects.append(Project(name, own[0]["sector"], loads=tuple(loads), source=own[0]["source"], **head))
    if not faults:
        faults.extend(_too_much_closed(path.name, park, projects))
    return tuple(projects), factors


def _attributes(lines: list[rows.Line], park: Park) -> dict | None:
    """Read start, ramp, probability and delay of a project, the same on all its lines."""
    first = lines[0]
    for line in lines[1:]:
        for column in ATTRIBUTES:
            if line[column] != first[column]:
                expected = f"{first[column]!r} as in {first.place}"
                line.fault(column, expected, "lines of one name are one project; give it two names", "project_differs")
    first.word("sector", park.sectors, "correct the sector, or add it to the park's table", "sector")
    start = first.year("start", park.last_observed_year + 1, LATEST)
    ramp, chance = first.number("ramp_years", 1.0), first.number("probability")
    likely, longest = first.number("delay_likely", 0.0), first.number("delay_longest", 0.0)
    if ramp is not None and (ramp != int(ramp) or not 1 <= ramp <= 50):
        first.fault("ramp_years", "whole years from 1 to 50", "1 is full load in the first year", "ramp_years")
    if chance is not None and not 0 < chance <= 1:
        remedy = "write 0.8 for 80 %; leave out what will not come"
        first.fault("probability", "a probability above 0 and at most 1", remedy, "probability")
    if likely is not None and longest is not None and not 0 <= likely <= longest <= 50:
        remedy = "give both in years, the longest at least as long as the likely one"
        first.fault("delay_likely", "0 <= delay_likely <= delay_longest <= 50", remedy, "delay")
    if first.is_faulty or None in (start, ramp, chance, likely, longest):
        return None
    return {
        "start": start,
        "ramp_years": int(ramp),
        "probability": chance,
        "delay_likely": likely,
        "delay_longest": longest,
    }


def _load(line: rows.Line, park: Park, factors: Factors) -> Load | None:
    """Read the load of a line in canonical units; None after a fault."""
    value = line.number("value")
    quantity = line.word("quantity", QUANTITIES, "correct the word", "quantity")
    if quantity is None or line["sector"] not in park.sectors:
        return None
    times = {"energy": _energy, "product": _product, "value_added": _activity}[quantity](line, park, factors)
    return None if line.is_faulty or value is None else Load(quantity, line["item"], value * times)


def _times(line: rows.Line, canonical: Iterable[str]) -> tuple[str, float]:
    """Return the canonical unit of a line and its multiplier; a fault for a unit that is not allowed."""
    allowed = [spelling for unit in canonical for spelling in units.units_of(unit)]
    if line.word("unit", allowed, f"give {line['quantity']} in one of these units", "unit") is None:
        return "", 0.0
    return units.CONVERSIONS[line["unit"]]


def _energy(line: rows.Line, park: Park, _: Factors) -> float:
    carrier = read_carriers().get(line["item"])
    if carrier is None:
        line.fault("item", "a carrier of carriers.csv", "correct the word", "carrier")
        return 0.0
    if line["item"] not in park.carriers and default_factor(park.factor_set, carrier) is None:
        remedy = f"{park.factor_set} has none; bring the carrier into the park's table with its factor"
        line.fault("item", "a carrier with a factor", remedy, "no_factor")
    fuel = find_fuel(park.factor_set, carrier)
    unit, times = _times(line, ("TJ", "MWh", *((fuel.unit,) if fuel else ())))
    if unit == "MWh":
        return times * units.TJ_PER_MWH
    return times * fuel.tj_per_unit if fuel and unit == fuel.unit else times


def _product(line: rows.Line, park: Park, factors: Factors) -> float:
    own = [p for p in park.processes if p.name == line["item"] and park.sectors[p.sector] == line["sector"]]
    new = factors.get((line["sector"], line["item"]))
    if (not own or own[0].is_balance) and new is None:
        there = [p.name for p in park.processes if park.sectors[p.sector] == line["sector"] and not p.is_balance]
        remedy = f"the sector has {', '.join(there) or 'none'}; a new one needs a line process_factor"
        line.fault("item", "a process of the sector", remedy, "process")
        return 0.0
    return _times(line, (own[0].unit if own else new[0],))[1]


def _activity(line: rows.Line, park: Park, _: Factors) -> float:
    kind = park.activity_kinds[park.sectors.index(line["sector"])]
    if line["item"]:
        line.fault("item", "nothing", "value added has no item", "item")
    if kind not in ("value_added", "gdp"):
        remedies = {"population": "residents have none", "emissions_index": "give its emissions as a product"}
        remedy = remedies.get(kind, "give its energy instead")
        line.fault("quantity", "a sector with value added", remedy, "no_value_added")
        return 0.0
    return _times(line, ("million CNY",))[1]


def _new_factors(lines: list[rows.Line], park: Park) -> Factors:
    """Read the factors of the processes that projects bring in."""
    found: Factors = {}
    known = {(park.sectors[p.sector], p.name) for p in park.processes}
    for line in lines:
        if line["quantity"] != "process_factor":
            continue
        key, value = (line["sector"], line["item"]), line.number("value")
        unit, times = _times(line, ("tCO2/t", "tCO2/TJ"))
        line.plain("item")
        if key in known:
            line.fault("item", "a process that is new to the park", "the park's table has its factor", "factor_known")
        if value is not None and value < 0:
            line.fault("value", "a number of 0 or more", "check the sign", "negative")
        if line["item"] in read_carriers() or line["item"].startswith("conversion_"):
            line.fault("item", "the name of a process", "that is the name of something else", "process")
        if not line.is_faulty and value is not None:
            found[key] = (unit.removeprefix("tCO2/"), value * times)
    return found


def _refuse_doubles(lines: list[rows.Line]) -> None:
    seen: dict[tuple[str, str], rows.Line] = {}
    for line in lines:
        before = seen.setdefault((line["quantity"], line["item"]), line)
        if before is not line:
            line.fault("item", "one line a load", f"it stands already in {before.place}; add them up", "twice")


def _too_much_closed(file: str, park: Park, projects: Iterable[Project]) -> Iterable[Fault]:
    """Yield faults of closures larger than the last observed value: a wrong unit or a missing plant."""
    closed: dict[tuple[str, str, str], float] = {}
    for project in projects:
        for load in project.loads:
            key = (project.sector, load.quantity, load.item)
            closed[key] = closed.get(key, 0.0) - min(load.value, 0.0)
    for (sector, quantity, item), amount in closed.items():
        s = park.sectors.index(sector)
        if quantity == "energy":
            there = park.energy[s, park.carriers.index(item), -1] if item in park.carriers else 0.0
        elif quantity == "product":
            there = sum(park.outputs[j, -1] for j, p in enumerate(park.processes) if (p.sector, p.name) == (s, item))
        else:
            there = park.activity[s, -1]
        if amount > there * (1 + 1e-9):
            name = "/".join(part for part in (sector, quantity, item) if part)
            expected = f"closures of at most {there:g}, as in {park.last_observed_year}"
            remedy = "check unit and sign: projects close more than there is"
            yield Fault(file, f"table, {name}", f"{-amount:g}", expected, remedy, code="closure")


#: Suffixes of the files beside a park's table.
PROJECTS, OVERRIDES = ".projects.csv", ".overrides.csv"


def read_plans(park: Park, projects: str | Path | None = None, overrides: str | Path | None = None) -> Plans:
    """Read committed projects and overrides of drivers.

    Parameters
    ----------
    park : Park
        Defines the sectors, carriers and processes.
    projects, overrides : str or Path, optional
        Tables with the columns described in ``data/README.md``.

    Returns
    -------
    Plans
        To be set on the park by `with_plans`.

    Raises
    ------
    InputError
        Every fault of both files.
    """
    faults: list[Fault] = []
    files, found, factors, targets = [], (), {}, ()
    if projects is not None:
        found, factors = read_projects(Path(projects), park, faults)
        files.append(Path(projects))
    if overrides is not None:
        targets = scenario_tables.read_targets(Path(overrides), park, faults)
        files.append(Path(overrides))
    if faults:
        raise InputError(faults)
    return Plans(
        projects=found,
        targets=targets,
        files=tuple(fingerprint(path) for path in files),
        notes=tuple(_notes([path.name for path in files], found, targets)),
        factors=tuple((process, sector, unit, value) for (sector, process), (unit, value) in factors.items()),
    )


def _notes(files: list[str], projects: tuple[Project, ...], targets: tuple[DriverTarget, ...]) -> Iterable[str]:
    """Yield the notes to be shown with every result, English and Chinese in one text."""
    listed = ", ".join(files)
    if projects:
        yield (
            f"PLANS: {len(projects)} committed projects stand on top of the baseline ({listed})."
            f" / 基线之上叠加了{len(projects)}个已定项目。"
        )
    if targets:
        drivers = len({target.key for target in targets})
        yield (
            f"PLANS: the paths of {drivers} drivers are given by the user, not forecast ({listed})."
            f" / {drivers}个驱动因素的路径由用户给定，并非预测。"
        )
    both = sorted({project.sector for project in projects} & {target.sector for target in targets})
    if both:
        names = ", ".join(both)
        yield (
            f"PLANS: in {names} the given paths hold without the projects, whose loads come on top."
            f" / {names}：给定路径不含项目负荷，项目负荷另行叠加。"
        )


def with_plans(park: Park, plans: Plans) -> Park:
    """Replace the plans of a park.

    Parameters
    ----------
    park : Park
    plans : Plans
        Made by `read_plans` for this park.

    Returns
    -------
    Park
        With the carriers and processes that the plans bring in, at zero in all observed years.
    """
    bare = without_plans(park)
    return replace(
        _with_processes(_with_carriers(bare, plans), plans),
        plans=plans,
        notes=(*bare.notes, *plans.notes),
        files=(*bare.files, *plans.files),
    )


def without_plans(park: Park) -> Park:
    """Remove the plans of a park; carriers and processes they brought in stay, at zero."""
    if not park.plans:
        return park
    notes, files = park.plans.notes, park.plans.files
    return replace(
        park,
        plans=Plans(),
        notes=tuple(note for note in park.notes if note not in notes),
        files=tuple(file for file in park.files if file not in files),
    )


def _with_carriers(park: Park, plans: Plans) -> Park:
    named = [load.item for one in plans.projects for load in one.loads if load.quantity == "energy" and load.value]
    named += [target.item for target in plans.targets if target.driver == "share" and target.value]
    new = tuple(name for name in dict.fromkeys(named) if name not in park.carriers)
    if not new:
        return park
    library, shape = read_carriers(), (len(park.sectors), len(new), park.years.size)
    level = np.array([default_factor(park.factor_set, library[name]) for name in new], dtype=float)
    factors = np.broadcast_to(level[:, None], shape)
    return replace(
        park,
        carriers=(*park.carriers, *new),
        groups=(*park.groups, *(library[name].group for name in new)),
        energy=np.concatenate([park.energy, np.zeros(shape)], axis=1),
        factors=np.concatenate([park.factors, factors], axis=1),
    )


def _with_processes(park: Park, plans: Plans) -> Park:
    known = {(park.sectors[process.sector], process.name) for process in park.processes}
    new = [one for one in plans.factors if (one[1], one[0]) not in known]
    if not new:
        return park
    zero = np.zeros((len(new), park.years.size))
    level = np.array([factor for *_, factor in new])
    return replace(
        park,
        processes=(*park.processes, *(Process(name, park.sectors.index(s), unit) for name, s, unit, _ in new)),
        outputs=np.concatenate([park.outputs, zero]),
        process_factors=np.concatenate([park.process_factors, zero + level[:, None]]),
    )


def with_plans_beside(park: Park, table: Path) -> Park:
    """Set the plans in files beside a park's table, if there are any, and a note on the years it sets aside.

    Raises
    ------
    InputError
        Every fault of them.
    """
    park = set_aside(park, park.one_off_years) if park.one_off_years else park
    memo_items = [table.with_name(f"{park.park_id}{ending}") for ending in (PROJECTS, OVERRIDES)]
    projects, overrides = (path if path.is_file() else None for path in memo_items)
    return with_plans(park, read_plans(park, projects, overrides)) if projects or overrides else park


def one_off_faults(file: str, years: np.ndarray, one_off: Iterable[int]) -> list[Fault]:
    """List the faults of the one-off years of a description."""
    one_off = list(one_off)
    wrong = one_off_problem(years, one_off) if one_off else ""
    if not wrong:
        return []
    expected = "observed years, with at least three others left"
    return [Fault(file, "one_off_years", ", ".join(map(str, one_off)), expected, wrong, code="one_off_years")]
