"""Published studies and what was given for them: the folders of ``data/published``, and folders of one's own.

A folder holds ``study.yml`` (who, what was given, what had to be assumed) and the input tables that may be
passed on.  Published values stand in ``data/published/estimates.csv``, or in a folder's own ``estimates.csv``.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.estimates import Estimate, published_folder, read_estimates
from pathway_models.intake.text_files import read_text
from pathway_models.intake.yaml_files import validated

STUDY_ID = r"^[a-z][a-z0-9_]*$"


class StudyFile(BaseModel):
    """What ``study.yml`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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
        text = read_text((self.folder / self.about.inputs[name]).resolve())
        return pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])

    def __repr__(self) -> str:
        return (
            f"<Study {self.study}: {self.about.title}\n"
            f"  {self.about.citation}\n"
            f"  {len(self.estimates)} published values, inputs: {', '.join(self.about.inputs) or 'none'}>"
        )


def list_studies() -> tuple[str, ...]:
    """Names of the shipped studies, in the order of their first estimate."""
    return tuple(dict.fromkeys(estimate.study for estimate in read_estimates()))


def read_study(study: str | Path) -> Study:
    """Read a shipped study by its name, or one's own from its folder.

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
    about, _ = validated(folder / "study.yml", StudyFile)
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
