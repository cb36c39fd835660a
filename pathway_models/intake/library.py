"""Read levers and scenarios from ``levers.yml`` and ``scenarios.yml``."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pathway_models.core import Fault, InputError, RecordError, ScenarioError, yaml_files
from pathway_models.core.files import Stamp, data_folder, stamped
from pathway_models.intake.assumptions import read_sectors
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.intake.plans import scenario_tables
from pathway_models.intake.plans.rows import lines_of, settle
from pathway_models.records import DriverPath, Lever, Measure, Ramp, Scenario, Scenarios, Triangle, plans


class _Parameter(yaml_files.Strict):
    """A parameter of a lever: its unit, its source, and its values where they are the same at every setting."""

    unit: yaml_files.Text
    source: yaml_files.Text
    low: yaml_files.Number | None = None
    mode: yaml_files.Number | None = None
    high: yaml_files.Number | None = None


class _Values(yaml_files.Strict):
    low: yaml_files.Number
    mode: yaml_files.Number
    high: yaml_files.Number
    #: Source of the numbers of this setting, if other than that of the parameter.
    source: yaml_files.Text = ""


class _Ramp(yaml_files.Strict):
    shape: str
    start: yaml_files.Year
    complete: yaml_files.Year
    delay_years: int = Field(default=0, ge=0, le=50, strict=True)


class _Reach(yaml_files.Strict):
    """Kinds of sectors and uses of energy that a lever is limited to."""

    sectors: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()


class _Lever(yaml_files.Strict):
    family: yaml_files.Text
    name_en: yaml_files.Text
    name_zh: yaml_files.Text
    action: str
    ramp: _Ramp
    parameters: dict[str, _Parameter]
    settings: dict[yaml_files.Id, dict[str, _Values]]
    takes_from: tuple[str, ...] = ()
    gives_to: dict[str, yaml_files.Number] = Field(default_factory=dict)
    applies_to: _Reach = _Reach()
    block: str = ""
    note: str = ""


class _Library(yaml_files.Strict):
    levers: dict[yaml_files.Id, _Lever] = Field(min_length=1)


class _Choice(yaml_files.Strict):
    """A lever setting in a scenario, optionally with its own years."""

    setting: str
    start: yaml_files.Year | None = None
    complete: yaml_files.Year | None = None


class _Driver(yaml_files.Strict):
    """A period of a driver, as a line of a table; checked with the others (`intake.plans.scenario_tables`)."""

    driver: str
    sector: str = ""
    item: str = ""
    period: int | str | tuple[int, int]
    kind: str
    value: float | str
    unit: str
    spread: float | str = ""
    source: str = ""


class _Scenario(yaml_files.Strict):
    name_en: yaml_files.Text
    name_zh: yaml_files.Text
    description: str = Field(default="", max_length=5_000)
    inherits: str = ""
    grid: Literal[plans.GRID_FUTURES] | None = None
    levers: dict[str, str | _Choice] = Field(default_factory=dict)
    drivers: list[_Driver] = Field(default_factory=list)


class _ScenarioFile(yaml_files.Strict):
    scenarios: dict[yaml_files.Id, _Scenario] = Field(min_length=1)


#: Further shipped files of scenarios, by the word that may be given in place of their path.
FAMILIES = {"drivers": "driver_scenarios.yml"}


#: Files of levers, each with its stamp: the shipped one, then a user's overlay.
Files = tuple[tuple[Path, Stamp], ...]


def read_levers(path: str | Path | None = None) -> dict[str, Lever]:
    """Read the shipped ``data/levers.yml``, overlaid by a user's file of the same form.

    A lever of the same id takes the shipped one's place; others come after it and act after those of their family.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _laid_over(_lever_files(path))


def _lever_files(path: str | Path | None) -> Files:
    given = [data_folder() / "levers.yml", *([Path(path)] if path else [])]
    return tuple(stamped(one) for one in dict.fromkeys(given))


def _laid_over(files: Files) -> dict[str, Lever]:
    found: dict[str, Lever] = {}
    for file in files:
        for lever_id, lever in _levers(*file).items():
            rank = found[lever_id].rank if lever_id in found else len(found)
            found[lever_id] = replace(lever, rank=rank)
    return found


@lru_cache(maxsize=8)
def _levers(path: Path, stamp: Stamp) -> dict[str, Lever]:
    content, lines = yaml_files.validated(path, _Library)
    levers, faults = {}, []
    for rank, (lever_id, given) in enumerate(content.levers.items()):
        keys = ("levers", lever_id)
        place = f"line {yaml_files.line_of(lines, keys)}, {'.'.join(keys)}"
        for name, allowed in _unknown_words(given):
            expected, remedy = f"one of {', '.join(allowed)}", "correct the word"
            faults.append(Fault(path.name, place, name, expected, remedy, code="energy_word"))
        try:
            levers[lever_id] = _lever(lever_id, rank, given)
        except RecordError as error:
            faults.append(Fault(path.name, place, "", "a lever that fits together", str(error), code="lever"))
    if faults:
        raise InputError(faults)
    return levers


def _unknown_words(given: _Lever) -> list[tuple[str, list[str]]]:
    """List unknown carrier groups, carriers and kinds of sectors, with the known ones."""
    library = read_carriers()
    groups = list(dict.fromkeys(carrier.group for carrier in library.values()))
    kinds = list(read_sectors().words)
    unknown = [(name, groups) for name in given.takes_from if name not in groups]
    unknown += [(name, kinds) for name in given.applies_to.sectors if name not in kinds]
    return unknown + [(name, list(library)) for name in given.gives_to if name not in library]


def _lever(lever_id: str, rank: int, given: _Lever) -> Lever:
    fixed = {
        name: Triangle(p.low, p.mode, p.high)
        for name, p in given.parameters.items()
        if p.low is not None and p.mode is not None and p.high is not None
    }
    for setting, values in given.settings.items():
        unknown = set(values) - set(given.parameters)
        if unknown:
            raise RecordError(f"{setting} sets {sorted(unknown)}, which has no unit and source under parameters")
    return Lever(
        lever_id=lever_id,
        family=given.family,
        name_en=given.name_en,
        name_zh=given.name_zh,
        action=given.action,
        settings={
            setting: {name: Triangle(v.low, v.mode, v.high) for name, v in values.items()}
            for setting, values in given.settings.items()
        },
        ramp=Ramp(**given.ramp.model_dump()),
        parameters=fixed,
        takes_from=given.takes_from,
        gives_to=given.gives_to,
        units={name: p.unit for name, p in given.parameters.items()},
        sources={name: p.source for name, p in given.parameters.items()}
        | {
            f"{setting}.{name}": v.source
            for setting, values in given.settings.items()
            for name, v in values.items()
            if v.source
        },
        note=given.note,
        rank=rank,
        sectors=given.applies_to.sectors,
        uses=given.applies_to.uses,
        block=given.block,
    )


def read_scenarios(path: str | Path | None = None, levers: str | Path | None = None) -> Scenarios:
    """Read scenarios and the levers they name; the shipped ones when no paths are given.

    A user's levers overlay the shipped ones (`read_levers`), and act wherever a scenario names them.

    A ``.csv`` table or the sheet of scenarios of a workbook (``.xlsx``) gives drivers: to the shipped scenarios of
    the same ids, and to new ones without levers (docs/driver_scenarios.md).  The word ``drivers`` stands for the
    shipped ``data/driver_scenarios.yml``.

    Raises
    ------
    InputError
        All faults of the files, by line: unknown levers, settings, keys.
    """
    given = data_folder() / FAMILIES[str(path)] if str(path) in FAMILIES else path
    own = stamped(Path(given) if given else data_folder() / "scenarios.yml")
    read = _tabled if own[0].suffix.lower() in (".csv", ".xlsx") else _scenarios
    found = read(*own, _lever_files(levers))
    return Scenarios(found.scenarios, dict(found.levers))


@lru_cache(maxsize=8)
def _scenarios(path: Path, stamp: Stamp, levers: Files) -> Scenarios:
    library = _laid_over(levers)
    content, lines = yaml_files.validated(path, _ScenarioFile)
    scenarios, faults = {}, []
    for scenario_id, given in content.scenarios.items():
        keys = ("scenarios", scenario_id)
        place = f"line {yaml_files.line_of(lines, keys)}, {'.'.join(keys)}"
        base = _inherited(given, scenarios, content, path.name, place, faults)
        measures = []
        for lever_id, choice in given.levers.items():
            if choice == DROPPED and given.inherits:
                continue
            named = ("scenarios", scenario_id, "levers", lever_id)
            place = f"line {yaml_files.line_of(lines, named)}, {'.'.join(named)}"
            try:
                measures.append(_measure(library, lever_id, choice))
            except (ScenarioError, RecordError) as error:
                expected = "a lever of the library at one of its settings"
                faults.append(Fault(path.name, place, str(choice), expected, str(error), code="measure"))
        dropped = {lever_id for lever_id, choice in given.levers.items() if choice == DROPPED}
        named = dropped | {measure.lever.lever_id for measure in measures}
        kept = [measure for measure in base.measures if measure.lever.lever_id not in named]
        rows = [
            (
                f"line {yaml_files.line_of(lines, (*keys, 'drivers', at))}, {'.'.join(keys)}.drivers.{at}",
                _row(scenario_id, one),
            )
            for at, one in enumerate(given.drivers)
        ]
        own = scenario_tables.paths_of(lines_of(path.name, rows, scenario_tables.COLUMNS, faults)).get(scenario_id, ())
        drivers = _replaced(base.drivers, own)
        scenarios[scenario_id] = Scenario(
            scenario_id,
            given.name_en,
            given.name_zh,
            given.description,
            (*kept, *measures),
            drivers,
            given.grid or base.grid,
        )
    if faults:
        raise InputError(faults)
    return Scenarios(tuple(scenarios.values()), library)


#: Setting that removes a lever of the inherited scenario.
DROPPED = "none"
#: Base of a scenario that inherits from no other.
NOTHING = Scenario("", "", "")


def _inherited(
    given: _Scenario, scenarios: dict[str, Scenario], content: _ScenarioFile, file: str, place: str, faults: list[Fault]
) -> Scenario:
    """Find the scenario from which another one inherits, which must be above it in the file."""
    if not given.inherits:
        return NOTHING
    if given.inherits not in scenarios:
        remedy = "move it below that one" if given.inherits in content.scenarios else "correct the name"
        expected = f"one of {', '.join(scenarios) or 'none'}, which stand above it"
        faults.append(Fault(file, place, given.inherits, expected, remedy, code="inherits"))
    return scenarios.get(given.inherits, NOTHING)


def _row(scenario_id: str, given: _Driver) -> dict[str, object]:
    first, last = scenario_tables.period_of(given.period)
    fields = given.model_dump(exclude={"period"})
    return {"scenario": scenario_id, "first": first, "last": last, **fields}


def _replaced(base: tuple[DriverPath, ...], own: tuple[DriverPath, ...]) -> tuple[DriverPath, ...]:
    """Keep the inherited paths of drivers that a scenario does not give itself."""
    keys = {path.key for path in own}
    return (*(path for path in base if path.key not in keys), *own)


@lru_cache(maxsize=8)
def _tabled(path: Path, stamp: Stamp, levers: Files) -> Scenarios:
    """Read a table of drivers: for shipped scenarios, or, under other ids, as new scenarios."""
    faults: list[Fault] = []
    found = (
        scenario_tables.read_scenario_sheet(path, faults)
        if path.suffix.lower() == ".xlsx"
        else scenario_tables.read_driver_table(path, faults)
    )
    settle(faults)
    shipped = _scenarios(*stamped(data_folder() / "scenarios.yml"), levers)
    driven = [replace(one, drivers=_replaced(one.drivers, found.get(one.scenario_id, ()))) for one in shipped.scenarios]
    new = [Scenario(name, name, name, drivers=paths) for name, paths in found.items() if name not in shipped]
    return Scenarios((*driven, *new), shipped.levers)


def _measure(library: dict[str, Lever], lever_id: str, choice: str | _Choice) -> Measure:
    if lever_id not in library:
        raise ScenarioError(f"there is no lever {lever_id!r}; there are {', '.join(library)}")
    lever = library[lever_id]
    if isinstance(choice, str):
        return Measure(lever, choice, lever.ramp)
    ramp = Ramp(
        lever.ramp.shape,
        lever.ramp.start if choice.start is None else choice.start,
        lever.ramp.complete if choice.complete is None else choice.complete,
        lever.ramp.delay_years,
    )
    return Measure(lever, choice.setting, ramp)
