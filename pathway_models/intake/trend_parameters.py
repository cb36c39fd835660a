"""Reading ``data/baseline.yml``: fitted trend parameters by use, with unit and source."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.paths import data_folder
from pathway_models.intake.yaml_files import validated
from pathway_models.kernels.growth import TrendParameters
from pathway_models.records.assumptions import Baselines

#: What a set of parameters is for.
USES = ("emissions", "activity", "intensity", "mix")


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: float
    unit: str
    source: str


class _Use(BaseModel):
    model_config = ConfigDict(extra="forbid")
    panel: str
    fitted_by: str
    origins: str
    parameters: dict[str, _Value]


class _LongRun(BaseModel):
    model_config = ConfigDict(extra="forbid")
    unit: str
    confidence: str
    source: str
    growth: dict[int, float] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: str
    uses: dict[str, _Use]
    correlation: dict[str, _Value]
    long_run: dict[str, _LongRun]


def read_baselines(path: Path | None = None) -> Baselines:
    """Read the fitted parameters; the shipped ``data/baseline.yml`` by default.

    Raises
    ------
    InputError
        A key is missing, unknown or of the wrong kind, or a parameter lies outside its range.
    """
    return _shipped(data_folder() / "baseline.yml") if path is None else _read(Path(path))


@cache
def _shipped(path: Path) -> Baselines:
    """The shipped parameters, read once a process: every projection asks for them."""
    return _read(path)


def _read(path: Path) -> Baselines:
    content, lines = validated(path, _File)
    faults = _missing(path, content, lines)
    trends = {}
    for use, entry in content.uses.items():
        values = {name: item.value for name, item in entry.parameters.items()}
        if any(fault.place.endswith(f"uses.{use}.parameters") for fault in faults):
            continue
        try:
            trends[use] = TrendParameters(**values)
        except ValueError as error:
            place = f"line {lines[('uses', use)]}, uses.{use}.parameters"
            faults.append(Fault(path.name, place, str(error), "values in range", "refit or correct", code="range"))
    if faults:
        raise InputError(faults)
    return Baselines(
        version=content.version,
        trends=trends,
        correlation={name: item.value for name, item in content.correlation.items()},
        knots={use: entry.growth for use, entry in content.long_run.items()},
    )


def _missing(path: Path, content: _File, lines: dict[tuple[str | int, ...], int]) -> list[Fault]:
    names = {field.name for field in fields(TrendParameters)}
    faults = []
    for use in USES:
        if use not in content.uses:
            faults.append(Fault(path.name, "uses", "", f"an entry {use}", "add it or refit", code="no_use"))
    for use, entry in content.uses.items():
        wrong = names.symmetric_difference(entry.parameters)
        if wrong:
            place = f"line {lines[('uses', use)]}, uses.{use}.parameters"
            expected = f"the parameters {', '.join(sorted(names))}"
            found = ", ".join(sorted(wrong))
            faults.append(Fault(path.name, place, found, expected, "add or remove these", code="parameters"))
    return faults
