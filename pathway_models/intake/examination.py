"""Examining a park's workbook: everything wrong with it at once, and the park if nothing is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathway_models.foundations.errors import Fault
from pathway_models.intake.assembly import assemble
from pathway_models.intake.checks import Check
from pathway_models.intake.description import Description
from pathway_models.intake.energy_content import Factors
from pathway_models.intake.paths import fingerprint
from pathway_models.intake.places import places_of
from pathway_models.intake.plausibility import question
from pathway_models.intake.quality import activity_errors
from pathway_models.intake.rows import Row
from pathway_models.intake.translation import Translator
from pathway_models.intake.workbook import Filled, read_workbook
from pathway_models.records.park import Park


@dataclass(frozen=True)
class Examination:
    """What came of examining a workbook.

    Parameters
    ----------
    park : Park or None
        None where there is any error.
    faults : tuple of Fault
        Errors, warnings and notes in reading order.
    """

    park: Park | None
    faults: tuple[Fault, ...]

    def of(self, severity: str) -> tuple[Fault, ...]:
        """Faults of one severity."""
        return tuple(fault for fault in self.faults if fault.severity == severity)


def examine_workbook(path: Path, layout: Path | None = None) -> Examination:
    """Examine a workbook.

    Raises
    ------
    InputError
        The file itself is refused, is unreadable, or is of no known layout.
    """
    filled = read_workbook(path, layout)
    check = Check(filled.statements, filled.choices, filled.years)
    check.run()
    question(check)
    faults = _in_order(filled.statements.faults)
    if filled.description is None or any(fault.severity == "error" for fault in faults):
        return Examination(None, faults)
    return _park_of(path, filled, check.book, faults)


def _park_of(path: Path, filled: Filled, book: Factors, faults: tuple[Fault, ...]) -> Examination:
    description = filled.description
    result = Translator(filled.statements, description, book).translate()
    fields, more = _assembled(path.name, description, result.rows)
    if more:
        return Examination(None, (*faults, *more))
    files = [fingerprint(path)] + ([fingerprint(filled.sidecar)] if filled.sidecar else [])
    # The words before the place keep a sheet name of the input from ever standing first in a cell of a result.
    told = [f"Warning at {f.place}: expected {f.expected}; {f.remedy}" for f in faults if f.severity == "warning"]
    told += [f.remedy for f in faults if f.code == "beside"]
    park = _park(
        description,
        fields,
        files,
        notes=(*description.notes, *told),
        beside=result.beside,
        origins=places_of(result.rows),
        activity_errors=activity_errors(filled.statements, fields),
    )
    return Examination(park, faults)


def _assembled(file: str, description: Description, rows: list[Row]) -> tuple[dict[str, Any], list[Fault]]:
    return assemble(file, description.activity, description.factor_set, description.grid_factor, rows)


def _park(description: Description, fields: dict[str, Any], files: list[tuple[str, str]], **more: Any) -> Park:
    said = description.model_dump(exclude={"activity", "source", "notes"})
    return Park(**said, **fields, source="; ".join(description.source), files=tuple(files), **more)


def _in_order(faults: list[Fault]) -> tuple[Fault, ...]:
    """Errors first, then warnings, then notes, each in reading order."""
    ranks = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(faults, key=lambda fault: ranks[fault.severity]))
