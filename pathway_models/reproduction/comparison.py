"""Our values beside published ones: answers, verdicts, and the table of both.

Published scenario tables run through the engine, on the study's record or on one of our regions.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError
from pathway_models.engine import projecting, sampling
from pathway_models.intake import assumptions, library
from pathway_models.intake.published import Estimate, Key, Study
from pathway_models.records import Park, Scenario
from pathway_models.records.park import NEEDED_CARRIERS

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
        Reason of agreement or difference, or of a missing value.
    verdict : str
        Verdict without a value: ``not reproduced`` where it was attempted, else ``text only``.
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
        Supporting tables: sensitivities, readings.
    sentences : mapping name -> str
        Findings, one computed sentence each.
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
    # Half a printed digit is not exact in binary: a difference marginally above the tolerance still agrees.
    hair = 1e-12 * max(1.0, abs(estimate.value))
    difference = abs(ours - estimate.value)
    if difference <= estimate.tolerance + hair:
        return "reproduced"
    return "near" if difference <= estimate.near_within + hair else "not reproduced"


def compare(study: Study, answers: Answers) -> tuple[Row, ...]:
    """Compare every published value of a study with its answer.

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
    """Write a difference in three digits; rounding errors, which differ between machines, become zero."""
    is_rounding = abs(row.difference) < 1e-9 * max(1.0, abs(row.estimate.value))
    return "0" if is_rounding else f"{row.difference:+.3g}"


def _joined(texts: object) -> str:
    """Join distinct texts in order: all of up to three, else the first and the last."""
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


#: Members of exact drivers are equal; two suffice to show it.
MEMBERS, SEED = 2, 20240401
#: Factor of the one carrier of a record of totals, tCO2/TJ; growth does not depend on it.
STAND_IN = 95.0
CARRIER = "coal"
SAME = "the engine compounds the rates of each period, as the study does"
FIRST_STEP = "the maximum is the base year: emissions fall from the first step on, which is no peak ahead"


def record_of_totals(name: str, years: Sequence[int], emissions: Sequence[float]) -> Park:
    """Build a region from a series of CO2 totals, for studies without an inventory.

    # ASSUME: one sector and one carrier stand for the whole; under Kaya drivers this does not move the path.

    Parameters
    ----------
    name : str
    years : (H,) int
        Without gap, at least three.
    emissions : (H,), tCO2/yr
    """
    co2 = np.asarray(emissions, dtype=float)
    none = np.zeros_like(co2)
    carriers = (CARRIER, *NEEDED_CARRIERS)
    return Park(
        park_id=name, name_zh=name, name_en=name, kind="region", archetype="", province="", invented=False,
        years=np.asarray(years), sectors=("whole",), carriers=carriers, groups=carriers,
        activity=np.full((1, co2.size), 100.0), activity_kinds=("gdp",),
        energy=np.stack([co2 / STAND_IN, none, none])[None], factors=np.stack([none + STAND_IN, none, none])[None],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Driven:
    """Paths of scenarios through the engine, relative to the last observed year.

    Parameters
    ----------
    base_year : int
    emissions, activity, energy : DataFrame
        Rows years from the base year on, columns scenarios; base year = 1.
    spread : float
        Largest difference between members; rounding only where all drivers are exact.
    """

    base_year: int
    emissions: pd.DataFrame
    activity: pd.DataFrame
    energy: pd.DataFrame
    spread: float

    def peak_year(self, scenario: str, last: int) -> int:
        """Year of the highest emissions from the base year to ``last``, both included; the first of equal ones."""
        return int(self.emissions.loc[:last, scenario].idxmax())


def drive(park: Park, scenarios: Mapping[str, Scenario] | Sequence[Scenario], last: int) -> Driven:
    """Run scenarios from the end of a record, the issue year, and return the paths relative to it.

    Errors of factors move a member's level in the base year and later ones alike, so that they cancel.
    """
    chosen = list(scenarios.values() if isinstance(scenarios, Mapping) else scenarios)
    base = park.last_observed_year
    draws = sampling.sample(
        park, chosen, members=MEMBERS, seed=SEED, assumptions=assumptions.read_assumptions(as_of=base)
    )
    found = projecting.project(park, chosen, draws)
    start, end = base - int(found.years[0]), last - int(found.years[0]) + 1
    years = found.years[start:end]

    def relative(values: np.ndarray) -> np.ndarray:
        return values[:, :, start:end] / values[:, :, start : start + 1]

    paths = {
        "emissions": relative(found.total()),
        "activity": relative(found.memo_items["activity"]),
        "energy": relative(found.memo_items["energy"]),
    }
    names = [scenario.scenario_id for scenario in chosen]
    tables = {what: pd.DataFrame(path[:, 0].T, index=years, columns=names) for what, path in paths.items()}
    return Driven(base, **tables, spread=float(np.ptp(paths["emissions"], axis=1).max()))


def tabled_scenarios(study: Study) -> dict[str, Scenario]:
    """Read the driver scenarios in the study's table, by the reader of users' scenario tables."""
    path = study.folder / study.about.inputs["scenarios"]
    own = set(study.table("scenarios")["scenario"])
    return {name: scenario for name, scenario in library.read_scenarios(path).items() if name in own}


def answer_scenarios(study: Study) -> Answers:
    """Run a study's table of scenarios from its record of totals and answer peaks and yearly values.

    The record is the rows ``co2`` of ``inputs.csv`` (quantity, year, value), the scenarios are ``scenarios.csv`` in the
    columns of docs/driver_scenarios.md.  Answered are ``peak_year``, ``peak_value`` and ``co2_<year>``, in the unit of
    the record.  The paths run to the last year of the table; the base year counts as a possible peak.

    Raises
    ------
    PathwayError
        The record has fewer than three years or a gap, or a published scenario has no rows.
    """
    given = study.table()
    record = given[given["quantity"] == "co2"].sort_values("year")
    years = record["year"].astype(int).tolist()
    if len(years) < 3 or years != list(range(years[0], years[0] + len(years))):
        raise PathwayError(f"{study.study}: inputs.csv: rows co2 of three years or more without a gap, found {years}")
    scenarios = tabled_scenarios(study)
    strangers = sorted({estimate.scenario for estimate in study.estimates} - set(scenarios))
    if strangers or not scenarios:
        known = ", ".join(scenarios) or "none"
        raise PathwayError(
            f"{study.study}: scenarios.csv has no rows of {', '.join(strangers) or 'any'}; it has {known}"
        )
    last = max(path.last for scenario in scenarios.values() for path in scenario.drivers)
    found = drive(record_of_totals(study.study, years, record["value"]), scenarios, last)
    paths = found.emissions * float(record["value"].iloc[-1])
    values = {}
    for estimate in study.estimates:
        path, quantity = paths[estimate.scenario], estimate.quantity
        peak = found.peak_year(estimate.scenario, last)
        cause = FIRST_STEP if peak == found.base_year and quantity.startswith("peak") else SAME
        answers = {"peak_year": float(peak), "peak_value": float(path.max())}
        answers |= {f"co2_{year}": float(value) for year, value in path.items()}
        if quantity in answers:
            values[estimate.key] = Answer(answers[quantity], cause)
        else:
            values[estimate.key] = Answer(None, f"a table of scenarios gives no {quantity}; cannot be judged here")
    peaks = ", ".join(f"{name} {found.peak_year(name, last)}" for name in paths)
    return Answers(values, {"paths": paths.rename_axis("year")}, {"peaks": f"Highest years to {last}: {peaks}."})
