"""Published studies with their inputs and values: the folders of ``data/published``, and a user's folders.

A folder has ``study.yml`` (authors, given data, assumptions) and the input tables that may be redistributed.  Published
values are in ``data/published/estimates.csv``, or in a folder's own ``estimates.csv``: one value a row, with unit,
tolerance and its reason, place, confidence, licence.
"""

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from pathway_models.core import Fault, InputError, files, yaml_files
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.numbers import exact_number
from pathway_models.records import Scenario

#: Columns of a table of estimates, in order.
COLUMNS = (
    "study",
    "scope",
    "scenario",
    "quantity",
    "value",
    "unit",
    "tolerance",
    "near_within",
    "tolerance_reason",
    "locator",
    "confidence",
    "licence",
)
#: Confidence marks of published values: all of them were seen.
CONFIDENCE = ("seen", "seen_multi", "derived")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Estimate:
    """One published value with the tolerance of its reproduction.

    Parameters
    ----------
    study, scope, scenario, quantity : str
        Identity of the value; the last three are its key within the study.
    value : float
    unit : str
    tolerance : float
        Largest difference that counts as reproduced, in ``unit``; NaN where nothing is compared.
    near_within : float
        Largest difference that counts as near; NaN where nothing is compared.
    tolerance_reason, locator, confidence, licence : str
        Reason of the tolerance, place of the value, confidence mark, terms of use.
    """

    study: str
    scope: str
    scenario: str
    quantity: str
    value: float
    unit: str
    tolerance: float
    near_within: float
    tolerance_reason: str
    locator: str
    confidence: str
    licence: str

    @property
    def key(self) -> Key:
        """Scope, scenario and quantity."""
        return self.scope, self.scenario, self.quantity


def published_folder() -> Path:
    """Return the folder of the shipped studies."""
    return files.data_folder() / "published"


def read_estimates(path: str | Path | None = None) -> tuple[Estimate, ...]:
    """Read a table of published values; the shipped one when no path is given.

    Raises
    ------
    InputError
        Every fault by line: other columns, no number, a tolerance without a reason, a key that stands
        twice, a confidence that no published value may have.
    """
    path = Path(path) if path else published_folder() / "estimates.csv"
    lines = csv.DictReader(io.StringIO(files.read_text(path), newline=""))
    header = tuple(lines.fieldnames or ())
    if header != COLUMNS:
        expected = f"the columns {','.join(COLUMNS)}"
        raise InputError([Fault(path.name, "line 1", ",".join(header), expected, "rename or reorder", code="columns")])
    estimates, faults = [], []
    first: dict[tuple[str, ...], str] = {}
    for line in lines:
        place = f"line {lines.line_num}"
        estimate = _estimate(path.name, place, line, faults)
        if estimate is None:
            continue
        earlier = first.setdefault((estimate.study, *estimate.key), place)
        if earlier != place:
            expected = f"one line a value (first in {earlier})"
            faults.append(Fault(path.name, place, " / ".join(estimate.key), expected, "remove one", code="twice"))
        estimates.append(estimate)
    if faults:
        raise InputError(faults)
    return tuple(estimates)


def _estimate(file: str, place: str, line: dict[str, str | None], faults: list[Fault]) -> Estimate | None:
    before = len(faults)
    if None in line or None in line.values():
        expected, remedy = f"{len(COLUMNS)} fields", "add or remove commas; put text with commas in quotes"
        faults.append(Fault(file, place, "", expected, remedy, code="fields"))
        return None
    text = {name: str(line[name]).strip() for name in COLUMNS}

    def refuse(column: str, expected: str, remedy: str, code: str) -> None:
        faults.append(Fault(file, f"{place}, {column}", text[column], expected, remedy, code=code))

    numbers = {}
    for column in ("value", "tolerance", "near_within"):
        numbers[column] = exact_number(text[column])
        needed = column == "value" or text[column] != ""
        if needed and not (math.isfinite(numbers[column]) and (column == "value" or numbers[column] >= 0)):
            refuse(column, "a number" if column == "value" else "a number of 0 or more", "write plain digits", "number")
    for column in ("study", "scope", "scenario", "quantity", "unit", "locator", "licence"):
        if not text[column]:
            refuse(column, "a text", "say it, so that a reader finds the value", "empty")
    if not text["tolerance_reason"]:
        refuse("tolerance_reason", "a reason", "say why this tolerance, or why nothing is compared", "reason")
    if text["confidence"] not in CONFIDENCE:
        refuse("confidence", f"one of {', '.join(CONFIDENCE)}", "a value that was not seen does not ship", "confidence")
    return Estimate(**{**text, **numbers}) if len(faults) == before else None


STUDY_ID = r"^[a-z][a-z0-9_]*$"


class StudyFile(yaml_files.Strict):
    """Contents of ``study.yml``."""

    study: str = Field(pattern=STUDY_ID)
    title: str
    citation: str
    doi: str = ""
    source: list[str] = Field(default_factory=list)
    licence: str
    given: list[str] = Field(default_factory=list)
    assumed: list[str] = Field(default_factory=list)
    inputs: dict[str, str] = Field(default_factory=dict)
    expected: dict[str, int] = Field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """A published study: its description, its values, its input tables.

    Parameters
    ----------
    about : StudyFile
    folder : Path
    estimates : tuple of Estimate
    """

    about: StudyFile
    folder: Path
    estimates: tuple[Estimate, ...]

    @property
    def study(self) -> str:
        """Name of the study."""
        return self.about.study

    def table(self, name: str = "inputs") -> pd.DataFrame:
        """Read one of the input tables that ``study.yml`` names; text stays as it stands, also ``NA``.

        Raises
        ------
        InputError
            The study names no such table, or the file is missing.
        """
        where = f"{self.study}/study.yml"
        if name not in self.about.inputs:
            known = ", ".join(self.about.inputs) or "none"
            raise InputError([Fault(where, "inputs", name, f"one of: {known}", "name the table there", code="table")])
        text = files.read_text((self.folder / self.about.inputs[name]).resolve())
        return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])

    def __repr__(self) -> str:
        return (
            f"<Study {self.study}: {self.about.title}\n"
            f"  {self.about.citation}\n"
            f"  {len(self.estimates)} published values, inputs: {', '.join(self.about.inputs) or 'none'}>"
        )


def list_studies() -> tuple[str, ...]:
    """List the names of the shipped studies, in the order of their first estimate."""
    return tuple(dict.fromkeys(estimate.study for estimate in read_estimates()))


def read_study(study: str | Path) -> Study:
    """Read a shipped study by its name, or a user's from its folder.

    Parameters
    ----------
    study : str or Path
        ``"guan2018"``, or the path of a folder with ``study.yml`` and ``estimates.csv``.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        There is no such study, or its files have faults; all of them are listed.

    Examples
    --------
    >>> len(read_study("guan2018").estimates)
    5
    """
    estimates = read_estimates()
    names = tuple(dict.fromkeys(estimate.study for estimate in estimates))
    is_shipped = str(study) in names
    folder = published_folder() / str(study) if is_shipped else Path(study)
    if not folder.is_dir():
        expected = f"a folder, or one of {', '.join(names)}"
        raise InputError([Fault("study", "name", str(study), expected, "correct the name", code="study")])
    about, _ = yaml_files.validated(folder / "study.yml", StudyFile)
    name = folder.resolve().name
    if about.study != name:
        fault = Fault("study.yml", "study", about.study, f"the folder's name, {name}", "rename one", code="study")
        raise InputError([fault])
    if not is_shipped:
        estimates = read_estimates(folder / "estimates.csv")
        _refuse_others(estimates, name)
    return Study(about, folder, tuple(estimate for estimate in estimates if estimate.study == name))


def _refuse_others(estimates: tuple[Estimate, ...], name: str) -> None:
    others = sorted({estimate.study for estimate in estimates} - {name})
    if others:
        faults = [Fault("estimates.csv", "study", other, name, "one folder holds one study") for other in others]
        raise InputError(faults)


def read_templates() -> pd.DataFrame:
    """Tabulate the templates: file, citation, licence, verdict, and data missing for a verdict."""
    text = files.read_text(published_folder() / "templates" / "missing.csv")
    return pd.read_csv(io.StringIO(text), keep_default_na=False)


def template_scenarios(table: str) -> dict[str, Scenario]:
    """Read the scenarios of a template, ready for any park.

    Parameters
    ----------
    table : str
        Name as in :func:`read_templates`.

    Raises
    ------
    InputError
        There is no such template.
    """
    known = [name for name in read_templates()["table"] if name]
    if table not in known:
        raise InputError([Fault("templates", "table", table, f"one of {', '.join(known)}", "correct the name")])
    path = published_folder() / "templates" / table
    own = set(pd.read_csv(io.StringIO(files.read_text(path)))["scenario"])
    return {name: scenario for name, scenario in read_scenarios(path).items() if name in own}


class _Told(yaml_files.Strict):
    en: yaml_files.Text
    zh: yaml_files.Text


class _Of(yaml_files.Strict):
    study: yaml_files.Text
    scope: yaml_files.Text
    scenario: yaml_files.Text
    quantity: yaml_files.Text


class Baseline(yaml_files.Strict):
    """A published path without new measures, the shipped parks of its place, and the reason of its peak year."""

    place: _Told
    parks: tuple[yaml_files.Text, ...] | Literal["all"]
    of: _Of
    why: _Told


class _Baselines(yaml_files.Strict):
    baselines: tuple[Baseline, ...]


def read_baselines() -> tuple[tuple[Baseline, Estimate], ...]:
    """Read the published baselines of places of shipped parks, each with its value of ``estimates.csv``.

    Raises
    ------
    InputError
        An entry refers to a value that is not in the table.
    """
    path = published_folder() / "baselines.yml"
    given, _ = yaml_files.validated(path, _Baselines)
    known = {(one.study, *one.key): one for one in read_estimates()}
    found, faults = [], []
    for number, one in enumerate(given.baselines, start=1):
        key = (one.of.study, one.of.scope, one.of.scenario, one.of.quantity)
        if key in known:
            found.append((one, known[key]))
        else:
            expected = "a study, scope, scenario and quantity of estimates.csv"
            faults.append(Fault(path.name, f"entry {number}, of", " / ".join(key), expected, "correct it", code="key"))
    if faults:
        raise InputError(faults)
    return tuple(found)
