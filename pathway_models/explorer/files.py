"""Files of the explorer: saved scenarios, and the run that it opens on."""

import csv
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from pathway_models.batch.answer_card import read_steps
from pathway_models.core.errors import InputError, PathwayError, ScenarioError, writing
from pathway_models.fleet.answers import Answer, answers, chance
from pathway_models.intake.library import read_scenarios
from pathway_models.records import Scenario, peaks, plans
from pathway_models.runs import folders, store

#: First line of files written here; others belong to the user and are not changed.
HEADER = "# Scenarios saved from the explorer; the form is that of data/scenarios.yml."
SCENARIO_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: The scenario without levers that a saved one is compared with.
REFERENCE = {"name_en": "Business as usual", "name_zh": "惯常情景", "description": "No lever is moved."}
#: Fields of a given driver that are written as they are.
WRITTEN = ("driver", "sector", "item", "kind", "value", "unit", "spread", "source")
#: Folder in which `run` puts a run that was given no other.
RESULTS = Path("results")


@dataclass(frozen=True)
class OpenedRun:
    """A run that the explorer opens on.

    Parameters
    ----------
    folder : Path
    parameters : mapping
        Members, seed, years of the run (``run.json``).
    scenarios : mapping of Scenario
    parks : mapping
        Id -> id or path that the run was given, of the parks that came out.
    """

    folder: Path
    parameters: Mapping[str, object]
    scenarios: Mapping[str, Scenario]
    parks: Mapping[str, str]

    def answer(self, park: str) -> Answer | None:
        """Read the answer of a park, given by its name in the run or its tables; None without one."""
        return next(iter(answers(self._rows(park), self.scenarios)), None)

    def steps(self, park: str) -> tuple[peaks.Step, ...] | None:
        """Read the first steps of a park; None where the run has none."""
        found = next((park_id for park_id, given in self.parks.items() if park in (park_id, given)), "")
        return read_steps(self.folder / found) if found else None

    def shares(self, park: str) -> dict[str, float]:
        """Read the answers of the run for a park: scenario -> share of members that peak before the target year."""
        return {row["scenario"]: float(chance(row)) for row in self._rows(park)}

    def _rows(self, park: str) -> list[dict[str, str]]:
        found = [park_id for park_id, given in self.parks.items() if park in (park_id, given)]
        path = self.folder / "summary.csv"
        if not found or not path.is_file():
            return []
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [row for row in csv.DictReader(file) if row["park_id"] == found[0]]


def read_run(folder: str | Path) -> OpenedRun:
    """Read the run of a folder.

    Raises
    ------
    InputError, PathwayError
        The folder holds no run, or none of its parks came out.
    """
    folder = Path(folder)
    return OpenedRun(folder, store.parameters_of(folder), store.scenarios_of(folder), store.parks_of(folder))


def newest_run(park: str, results: Path = RESULTS) -> Path | None:
    """Find the newest run of a folder of runs that holds a park; None where there is none that can be read."""
    records = sorted(results.glob("*/run.json"), key=lambda record: record.stat().st_mtime, reverse=True)
    for record in records:
        try:
            if folders.park_id_of(park) in store.parks_of(record.parent):
                return record.parent
        except (InputError, PathwayError):  # an interrupted run is skipped
            continue
    return None


def save_scenario(path: str | Path, scenario: Scenario, lever_file: str | Path = "") -> Path:
    """Save a scenario to a file of saved ones, replacing one of the same id.

    Parameters
    ----------
    path : str or Path
        Made if it is not there; written whole or not at all.
    scenario : Scenario
    lever_file : str or Path
        Levers of one's own that it may have.

    Returns
    -------
    Path

    Raises
    ------
    ScenarioError
        The id is not a plain word or belongs to a shipped scenario, or the file is not one of ours or a link.
    InputError
        The file can no longer be read, or not be written.
    """
    path, name = Path(path), scenario.scenario_id
    if not SCENARIO_ID.fullmatch(name):
        raise ScenarioError(f"{name!r}: expected small letters, digits and _ beginning with a letter, at most 40")
    shipped = read_scenarios()
    if name in shipped:
        raise ScenarioError(f"{name!r} is a shipped scenario: choose another name")
    kept: dict[str, object] = {next(iter(shipped)): REFERENCE}
    with writing(path):
        if path.is_symlink():
            raise ScenarioError(f"{path.name} is a link to another file and is left as it is: name another file")
        text = path.read_text(encoding="utf-8") if path.exists() else None
    if text is not None:
        if not text.startswith(HEADER):
            raise ScenarioError(f"{path.name} was not made by the explorer and is left as it is: name another file")
        read_scenarios(path, lever_file or None)
        kept = yaml.safe_load(text)["scenarios"]
    kept[name] = entry_of(scenario)
    body = yaml.safe_dump({"scenarios": kept}, allow_unicode=True, sort_keys=False, width=120)
    partial = path.with_name(path.name + ".partial")
    with writing(path):
        # A link must not redirect the writing to another file.
        partial.unlink(missing_ok=True)
        with partial.open("x", encoding="utf-8") as file:
            file.write(f"{HEADER}\n{body}")
        read_scenarios(partial, lever_file or None)  # a file that a run would refuse never replaces a valid one
        return partial.replace(path)


def entry_of(scenario: Scenario) -> dict[str, object]:
    """Convert a scenario to an entry of a scenario file."""
    levers = {
        m.lever.lever_id: {"setting": m.setting, "start": m.ramp.start, "complete": m.ramp.complete}
        for m in scenario.measures
    }
    entry: dict[str, object] = {"name_en": scenario.name_en, "name_zh": scenario.name_zh, "levers": levers}
    if scenario.drivers:
        entry["drivers"] = [
            {name: getattr(path, name) for name in WRITTEN} | {"period": f"{path.first}-{path.last}"}
            for path in scenario.drivers
        ]  # fmt: skip
    return entry if scenario.grid == plans.SLOW else entry | {"grid": scenario.grid}


def run_command(park: str, path: str | Path, scenario_id: str, lever_file: str | Path = "") -> str:
    """Write the command that runs a park under a saved scenario and under the one without levers."""
    words = ["pathways", "run", park, "--scenario-file", str(path)]
    words += ["--lever-file", str(lever_file)] if lever_file else []
    words += ["--scenarios", next(iter(read_scenarios()))]
    return shlex.join([*words, scenario_id])
