"""Tables of published values: one value a row, with unit, tolerance and its reason, place, confidence, licence."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.paths import data_folder
from pathway_models.intake.text_files import read_text

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
#: Marks of how a published value is known.  A value that nobody saw is no published value.
CONFIDENCE = ("seen", "seen_multi", "derived")

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Estimate:
    """One published value and how closely it is to be met.

    Parameters
    ----------
    study, scope, scenario, quantity : str
        Which value; the last three are its key within the study.
    value : float
    unit : str
    tolerance : float
        Largest difference that counts as reproduced, in ``unit``; NaN where nothing is compared.
    near_within : float
        Largest difference that counts as near; NaN where nothing is compared.
    tolerance_reason, locator, confidence, licence : str
        Why that tolerance, where the value stands, how it is known, under what terms it is shown.
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
    """Folder of the shipped studies."""
    return data_folder() / "published"


def read_estimates(path: str | Path | None = None) -> tuple[Estimate, ...]:
    """Read a table of published values; the shipped one when no path is given.

    Raises
    ------
    InputError
        Every fault by line: other columns, no number, a tolerance without a reason, a key that stands
        twice, a confidence that no published value may have.
    """
    path = Path(path) if path else published_folder() / "estimates.csv"
    lines = csv.DictReader(io.StringIO(read_text(path), newline=""))
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
        numbers[column] = _number(text[column])
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


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
