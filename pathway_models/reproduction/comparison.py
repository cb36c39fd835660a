"""Our values beside published ones: answers, verdicts, and the table of both."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pathway_models.core.errors import PathwayError
from pathway_models.intake.published import Estimate, Key, Study

#: From best to least; ``text only`` where no comparison was possible and the value is shown for reference.
VERDICTS = ("reproduced", "near", "not reproduced", "text only")
#: Columns of the table of a reproduction.
TABLE = (
    "study",
    "scope",
    "scenario",
    "quantity",
    "unit",
    "values",
    "published",
    "ours",
    "difference",
    "tolerance",
    "verdict",
    "cause",
)
_YEARS = re.compile(r"_\d{4}(_\d{4})?$")


@dataclass(frozen=True)
class Answer:
    """Our answer to one published value.

    Parameters
    ----------
    value : float or None
        Ours, in the unit of the published one; None when there is none.
    cause : str
        Why both agree or differ, or why there is no value.
    verdict : str
        Verdict without a value: ``not reproduced`` where it was tried, else ``text only``.
    """

    value: float | None
    cause: str
    verdict: str = "text only"


@dataclass(frozen=True)
class Answers:
    """Answers to the values of a study.

    Parameters
    ----------
    values : mapping (scope, scenario, quantity) -> Answer
    tables : mapping name -> DataFrame
        What stands behind them: sensitivities, readings.
    sentences : mapping name -> str
        Findings in a sentence each, computed.
    """

    values: Mapping[Key, Answer]
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One published value, ours, and the verdict."""

    estimate: Estimate
    ours: float | None
    verdict: str
    cause: str

    @property
    def difference(self) -> float:
        """Ours less the published value; NaN without ours."""
        return math.nan if self.ours is None else self.ours - self.estimate.value


def verdict_of(estimate: Estimate, ours: float | None, without: str = "text only") -> str:
    """Judge our value by the tolerance of the published one.

    Parameters
    ----------
    estimate : Estimate
    ours : float or None
    without : str
        Verdict when there is no value of ours.

    Returns
    -------
    str
        One of :data:`VERDICTS`.
    """
    if ours is None:
        return without
    if math.isnan(estimate.tolerance):
        return "text only"
    # Half a printed digit is not exact in binary: marginally more than the tolerance still agrees in print.
    hair = 1e-12 * max(1.0, abs(estimate.value))
    difference = abs(ours - estimate.value)
    if difference <= estimate.tolerance + hair:
        return "reproduced"
    return "near" if difference <= estimate.near_within + hair else "not reproduced"


def compare(study: Study, answers: Answers) -> tuple[Row, ...]:
    """Put an answer beside every published value of a study.

    Raises
    ------
    PathwayError
        An answer belongs to no published value.
    """
    keys = {estimate.key for estimate in study.estimates}
    unknown = [" / ".join(key) for key in answers.values if key not in keys]
    if unknown:
        raise PathwayError(f"{study.study}: no published value for {'; '.join(unknown)} (scope / scenario / quantity)")
    rows = []
    for estimate in study.estimates:
        answer = answers.values.get(estimate.key, Answer(None, "nothing was computed for this value"))
        verdict = verdict_of(estimate, answer.value, answer.verdict)
        rows.append(Row(estimate, answer.value, verdict, answer.cause))
    return tuple(rows)


def table_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Table a line for each published value; columns :data:`TABLE`, numbers as numbers."""
    lines = [
        {
            **{name: getattr(row.estimate, name) for name in ("study", "scope", "scenario", "quantity", "unit")},
            "values": 1,
            "published": row.estimate.value,
            "ours": math.nan if row.ours is None else row.ours,
            "difference": row.difference,
            "tolerance": row.estimate.tolerance,
            "verdict": row.verdict,
            "cause": row.cause,
        }
        for row in rows
    ]
    return pd.DataFrame(lines, columns=list(TABLE))


def folded_table(rows: Sequence[Row]) -> pd.DataFrame:
    """Fold all values of a place and quantity that share verdict and cause into one line; numbers as text.

    ``published`` and ``ours`` show a range where a line stands for several values, ``difference`` the largest.
    """
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        what = "" if row.verdict == "text only" else _YEARS.sub("", row.estimate.quantity)
        name = (row.estimate.study, row.estimate.scope, what, row.verdict, row.cause)
        groups.setdefault(name, []).append(row)
    return pd.DataFrame([_folded(group) for group in groups.values()], columns=list(TABLE))


def _folded(group: Sequence[Row]) -> dict[str, object]:
    units = list(dict.fromkeys(row.estimate.unit for row in group))
    largest = max(group, key=lambda row: -1.0 if row.ours is None else abs(row.difference))
    published, ours = ([row.estimate.value for row in group], [row.ours for row in group if row.ours is not None])
    tolerances = [row.estimate.tolerance for row in group if not math.isnan(row.estimate.tolerance)]
    return {
        "study": group[0].estimate.study,
        "scope": group[0].estimate.scope,
        "scenario": _joined(row.estimate.scenario for row in group),
        "quantity": _joined(row.estimate.quantity for row in group),
        "unit": units[0] if len(units) == 1 else "several",
        "values": len(group),
        "published": _range(published, units) if len(units) == 1 else "-",
        "ours": _range(ours, units) if len(units) == 1 or len(ours) == 1 else "-",
        "difference": "-" if largest.ours is None else _signed(largest),
        "tolerance": f"{max(tolerances):.3g}" if tolerances else "-",
        "verdict": group[0].verdict,
        "cause": group[0].cause,
    }


def _signed(row: Row) -> str:
    """Write a difference in three digits; rounding in the last bits, which differs between machines, is zero."""
    is_rounding = abs(row.difference) < 1e-9 * max(1.0, abs(row.estimate.value))
    return "0" if is_rounding else f"{row.difference:+.3g}"


def _joined(texts: object) -> str:
    """Join different texts in their order: all of up to three, else the first and the last."""
    different = list(dict.fromkeys(texts))
    return ", ".join(different) if len(different) <= 3 else f"{different[0]} ... {different[-1]}"


def _range(numbers: Sequence[float], units: Sequence[str]) -> str:
    if not numbers:
        return "-"
    ends = list(dict.fromkeys(shown(number, units[0]) for number in (min(numbers), max(numbers))))
    return " to ".join(ends)


def shown(number: float, unit: str) -> str:
    """Write a number in six digits at most; a year without a separator."""
    return f"{number:.0f}" if unit == "year" else f"{number:.6g}"
