"""Reading ``correlations.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pathway_models.foundations.errors import Fault, InputError, RecordError
from pathway_models.intake.paths import data_folder
from pathway_models.intake.yaml_files import line_of, validated
from pathway_models.records.correlations import Correlation


class _Pair(BaseModel):
    model_config = ConfigDict(extra="forbid")
    first: str
    second: str
    rank: float
    source: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    correlations: list[_Pair]


def read_correlations(path: str | Path | None = None) -> tuple[Correlation, ...]:
    """Read rank correlations of inputs; the shipped ones when no path is given.

    Raises
    ------
    InputError
        All faults of the file, by line.
    """
    return _read(Path(path)) if path else _shipped(data_folder() / "correlations.yml")


@cache
def _shipped(path: Path) -> tuple[Correlation, ...]:
    """The shipped correlations, read once a process: every ensemble is drawn with them."""
    return _read(path)


def _read(path: Path) -> tuple[Correlation, ...]:
    content, lines = validated(path, _File)
    found, faults = [], []
    for at, pair in enumerate(content.correlations):
        try:
            found.append(Correlation(pair.first, pair.second, pair.rank, pair.source))
        except RecordError as error:
            place = f"line {line_of(lines, ('correlations', at))}, correlations.{at}"
            faults.append(Fault(path.name, place, str(pair.rank), str(error), "correct the pair", code="correlation"))
    if faults:
        raise InputError(faults)
    return tuple(found)
