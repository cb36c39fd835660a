"""Levers as set on the screen, written as a scenario file that a run can take."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from pathway_models.foundations.errors import ScenarioError
from pathway_models.intake.library import read_scenarios
from pathway_models.records.levers import Scenario, Scenarios

#: First line of a file of ours; one without it is somebody's own and is left alone.
HEADER = "# Scenarios saved from the explorer; the form is that of data/scenarios.yml."
SCENARIO_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: The scenario without levers that a saved one is compared with.
REFERENCE = {"name_en": "Business as usual", "name_zh": "惯常情景", "description": "No lever is moved."}


def saved_scenarios(path: str | Path) -> Scenarios | None:
    """Scenarios saved so far, or None where the file is not there yet.

    Raises
    ------
    InputError
        The file is not a scenario file.
    """
    return read_scenarios(path) if Path(path).exists() else None


def save_scenario(path: str | Path, scenario: Scenario) -> Path:
    """Add a scenario to a file of saved ones, in the place of one of the same id.

    Parameters
    ----------
    path : str or Path
        Made if it is not there; written whole or not at all.
    scenario : Scenario

    Returns
    -------
    Path

    Raises
    ------
    ScenarioError
        The id is not a plain word or belongs to a shipped scenario, or the file is not one of ours.
    InputError
        The file can no longer be read.
    """
    path, name = Path(path), scenario.scenario_id
    if not SCENARIO_ID.fullmatch(name):
        raise ScenarioError(f"{name!r}: expected small letters, digits and _ beginning with a letter, at most 40")
    shipped = read_scenarios()
    if name in shipped:
        raise ScenarioError(f"{name!r} is a shipped scenario: choose another name")
    kept: dict[str, object] = {next(iter(shipped)): REFERENCE}
    if path.exists():
        text = path.read_text(encoding="utf-8")
        if not text.startswith(HEADER):
            raise ScenarioError(f"{path.name} was not made by the explorer and is left as it is: name another file")
        read_scenarios(path)
        kept = yaml.safe_load(text)["scenarios"]
    kept[name] = entry_of(scenario)
    body = yaml.safe_dump({"scenarios": kept}, allow_unicode=True, sort_keys=False, width=120)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(f"{HEADER}\n{body}", encoding="utf-8")
    read_scenarios(partial)  # what a run would refuse never takes the place of what was there
    return partial.replace(path)


def entry_of(scenario: Scenario) -> dict[str, object]:
    """A scenario as an entry of a scenario file."""
    levers = {
        measure.lever.lever_id: {
            "setting": measure.setting,
            "start": measure.ramp.start,
            "complete": measure.ramp.complete,
        }
        for measure in scenario.measures
    }
    return {"name_en": scenario.name_en, "name_zh": scenario.name_zh, "levers": levers}


def run_command(park: str, path: str | Path, scenario_id: str) -> str:
    """The command that runs a park under a saved scenario and under the one without levers."""
    words = ["pathways", "run", park, "--scenario-file", str(path), "--scenarios", next(iter(read_scenarios()))]
    return shlex.join([*words, scenario_id])
