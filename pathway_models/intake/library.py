"""Reading ``levers.yml`` and ``scenarios.yml`` into levers and scenarios."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field

from pathway_models.core.errors import Fault, InputError, RecordError, ScenarioError
from pathway_models.core.files import Stamp, data_folder, stamped
from pathway_models.core.yaml_files import Id, Number, Strict, Text, Year, line_of, validated
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.records.levers import Lever, Measure, Ramp, Scenario, Scenarios, Triangle


class _Parameter(Strict):
    """A parameter of a lever: its unit, who says so, and its values where they are the same at every setting."""

    unit: Text
    source: Text
    low: Number | None = None
    mode: Number | None = None
    high: Number | None = None


class _Values(Strict):
    low: Number
    mode: Number
    high: Number


class _Ramp(Strict):
    shape: str
    start: Year
    complete: Year
    delay_years: int = Field(default=0, ge=0, le=50, strict=True)


class _Lever(Strict):
    family: Text
    name_en: Text
    name_zh: Text
    action: str
    ramp: _Ramp
    parameters: dict[str, _Parameter]
    settings: dict[Id, dict[str, _Values]]
    takes_from: tuple[str, ...] = ()
    gives_to: dict[str, Number] = Field(default_factory=dict)
    note: str = ""


class _Library(Strict):
    levers: dict[Id, _Lever] = Field(min_length=1)


class _Choice(Strict):
    """A lever setting in a scenario, optionally with its own years."""

    setting: str
    start: Year | None = None
    complete: Year | None = None


class _Scenario(Strict):
    name_en: Text
    name_zh: Text
    description: str = Field(default="", max_length=5_000)
    levers: dict[str, str | _Choice] = Field(default_factory=dict)


class _ScenarioFile(Strict):
    scenarios: dict[Id, _Scenario] = Field(min_length=1)


def read_levers(path: str | Path | None = None) -> dict[str, Lever]:
    """Read a lever library; the shipped ``data/levers.yml`` when no path is given.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return dict(_levers(*stamped(Path(path) if path else data_folder() / "levers.yml")))


@lru_cache(maxsize=8)
def _levers(path: Path, stamp: Stamp) -> dict[str, Lever]:
    content, lines = validated(path, _Library)
    levers, faults = {}, []
    for rank, (lever_id, given) in enumerate(content.levers.items()):
        keys = ("levers", lever_id)
        place = f"line {line_of(lines, keys)}, {'.'.join(keys)}"
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
    """Carrier groups and carriers that do not exist, with those that do: energy given to them would be lost."""
    library = read_carriers()
    groups = list(dict.fromkeys(carrier.group for carrier in library.values()))
    unknown = [(name, groups) for name in given.takes_from if name not in groups]
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
        sources={name: p.source for name, p in given.parameters.items()},
        note=given.note,
        rank=rank,
    )


def read_scenarios(path: str | Path | None = None, levers: str | Path | None = None) -> Scenarios:
    """Read scenarios and the levers they name; the shipped ones when no paths are given.

    Raises
    ------
    InputError
        All faults of the files, by line: unknown levers, settings, keys.
    """
    own = stamped(Path(path) if path else data_folder() / "scenarios.yml")
    found = _scenarios(*own, *stamped(Path(levers) if levers else data_folder() / "levers.yml"))
    return Scenarios(found.scenarios, dict(found.levers))


@lru_cache(maxsize=8)
def _scenarios(path: Path, stamp: Stamp, levers: Path, of_levers: Stamp) -> Scenarios:
    library = _levers(levers, of_levers)
    content, lines = validated(path, _ScenarioFile)
    scenarios, faults = [], []
    for scenario_id, given in content.scenarios.items():
        measures = []
        for lever_id, choice in given.levers.items():
            keys = ("scenarios", scenario_id, "levers", lever_id)
            place = f"line {line_of(lines, keys)}, {'.'.join(keys)}"
            try:
                measures.append(_measure(library, lever_id, choice))
            except (ScenarioError, RecordError) as error:
                expected = "a lever of the library at one of its settings"
                faults.append(Fault(path.name, place, str(choice), expected, str(error), code="measure"))
        scenarios.append(Scenario(scenario_id, given.name_en, given.name_zh, given.description, tuple(measures)))
    if faults:
        raise InputError(faults)
    return Scenarios(tuple(scenarios), library)


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
