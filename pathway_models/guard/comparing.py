"""Compare the figures of two results, each the folder of a run or a CSV of figures, with tolerances."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pathway_models.core.errors import BatchError, Fault, InputError
from pathway_models.core.sheet_text import SheetWriter
from pathway_models.guard.result_checks import LAST_YEAR, as_figure
from pathway_models.intake.guard import read_guard
from pathway_models.language.rounding import stable_text
from pathway_models.records.guard import Guard, Key, Results
from pathway_models.runs.store import read_record
from pathway_models.runs.tables import whole


@dataclass(frozen=True)
class Change:
    """A figure that moved by more than its tolerance.

    Parameters
    ----------
    key : Key
    before, after : float
    times : float
        Move over tolerance, whatever the unit; infinite where a value became infinite.
    """

    key: Key
    before: float
    after: float
    times: float

    @property
    def difference(self) -> float:
        """Return after less before."""
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """Return the difference over the value before; None where that is zero or a value infinite."""
        if self.before == 0 or not math.isfinite(self.difference):
            return None
        return self.difference / abs(self.before)


@dataclass(frozen=True)
class Comparison:
    """Differences between two results.

    Parameters
    ----------
    before, after : str
        Names of the results.
    changes : tuple of Change
        The largest move over tolerance first.
    same : int
        Figures within their tolerance.
    only_before, only_after : tuple of Key
    about : mapping of str to (str, str)
        Facts that differ: versions, inputs, parameters.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    same: int
    only_before: tuple[Key, ...]
    only_after: tuple[Key, ...]
    about: Mapping[str, tuple[str, str]]

    @property
    def unchanged(self) -> bool:
        """Tell whether nothing changed, came or went."""
        return not (self.changes or self.only_before or self.only_after)

    def by_park(self) -> list[dict[str, object]]:
        """List the parks with changes: how many, the largest, and the widest relative move; most changes first."""
        rows: dict[str, list[Change]] = {}
        for change in self.changes:
            rows.setdefault(change.key.park, []).append(change)
        return [
            {
                "park": park,
                "changes": len(changes),
                "largest": changes[0],
                "relative": max((abs(c.relative) for c in changes if c.relative is not None), default=None),
            }
            for park, changes in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0]))
        ]

    def table(self, most: int | None = None) -> list[dict[str, object]]:
        """List changes with park, scenario, quantity and year, values before and after, and size."""
        return [
            {
                **change.key._asdict(),
                "before": change.before,
                "after": change.after,
                "difference": change.difference,
                "relative": change.relative,
                "times_tolerance": change.times,
            }
            for change in self.changes[:most]
        ]

    def __repr__(self) -> str:
        gone = f", {len(self.only_before)} gone, {len(self.only_after)} new"
        gone = gone if self.only_before or self.only_after else ""
        return f"<Comparison {self.before} -> {self.after}: {len(self.changes)} changed, {self.same} as before{gone}>"


def compare(before: Results, after: Results, tolerances: Guard | None = None) -> Comparison:
    """Compare all figures of two results, with the shipped tolerances by default."""
    rules = tolerances or read_guard()
    by_quantity = {name: rules.tolerance(name) for name in {*before.quantities(), *after.quantities()}}
    changes, same = [], 0
    for key, old in before.figures.items():
        if key not in after.figures:
            continue
        new = after.figures[key]
        times = _times(old, new, by_quantity[key.quantity].of(old, new) if _finite(old, new) else 0.0)
        if times > 1:
            changes.append(Change(key, old, new, times))
        else:
            same += 1
    changes.sort(key=lambda change: (-change.times, change.key))
    names = sorted({*before.about, *after.about})
    differ = {name: (before.about.get(name, ""), after.about.get(name, "")) for name in names}
    return Comparison(
        before=before.name,
        after=after.name,
        changes=tuple(changes),
        same=same,
        only_before=tuple(key for key in before.figures if key not in after.figures),
        only_after=tuple(key for key in after.figures if key not in before.figures),
        about={name: pair for name, pair in differ.items() if pair[0] != pair[1]},
    )


def _finite(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def _times(old: float, new: float, room: float) -> float:
    """Return move over tolerance; infinite without tolerance, or where one side only is infinite or no number."""
    if old == new or (math.isnan(old) and math.isnan(new)):
        return 0.0
    if not _finite(old, new) or room == 0:
        return math.inf
    return abs(new - old) / room


COLUMNS = Key._fields
#: Columns of ``summary.csv`` that name a figure's park, scenario and run.
NAMES = ("park_id", "name", "name_zh", "kind", "invented", "scenario", "tier", "members", "seed", "until")
#: Sections of ``run.json`` that list what a run rests on.
ABOUT = ("parameters", "versions", "inputs_sha256")


def read_results(path: str | Path) -> Results:
    """Read the figures of a run's folder, or of a CSV written by `write_figures`.

    Raises
    ------
    BatchError
        The folder holds no run, or one in which no park came out.
    InputError
        The file is no file of figures.
    """
    path = Path(path)
    return _folder(path) if path.is_dir() else _file(path)


def write_figures(path: str | Path, results: Results, digits: int = 6) -> Path:
    """Write figures as CSV: park, scenario, quantity, year, value; sorted, so that a change is one line."""
    path = Path(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = SheetWriter(file, [*COLUMNS, "value"])
        for key in sorted(results.figures):
            value = results.figures[key]
            lines.row([*key, "inf" if math.isinf(value) else stable_text(float(value), digits)])
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _folder(folder: Path) -> Results:
    summary = folder / "summary.csv"
    if not summary.is_file():
        raise BatchError(f"{folder}: expected the folder of a run with summary.csv; give the folder that 'run' printed")
    figures = {}
    with whole(summary):
        rows = _rows(summary)
        for row in rows:
            for name, text in row.items():
                value = None if name in NAMES else as_figure(text)
                if value is not None:
                    figures[Key(row["park_id"], row["scenario"], name, 0)] = value
        last = {row["park_id"]: int(row[LAST_YEAR]) for row in rows}
    for park in last:
        path = folder / park / "pathways.csv"
        if path.is_file():
            with whole(path):
                figures |= dict(_yearly(path))
    if not figures:
        raise BatchError(f"{folder}: no park of this run came out, so that there is nothing to look at; see status.csv")
    return Results(folder.name, figures, last, _about(folder / "run.json", rows))


def _yearly(path: Path) -> Iterator[tuple[Key, float]]:
    for row in _rows(path):
        for name, text in row.items():
            value = None if name in ("park_id", "scenario", "year") else as_figure(text)
            if value is not None:
                yield Key(row["park_id"], row["scenario"], name, int(row["year"])), value


def _about(path: Path, rows: list[dict[str, str]]) -> dict[str, str]:
    """List what a run rests on, one line a fact."""
    found = {name: rows[0][name] for name in ("members", "seed", "until") if rows and name in rows[0]}
    if path.is_file():
        content = read_record(path.parent)
        for section in ABOUT:
            told = content.get(section) or {}
            if not isinstance(told, dict):
                remedy = "run the parks again into a new folder"
                whole = "a whole record of a run"
                raise InputError([Fault(str(path), section, str(told)[:80], whole, remedy, code="run_record")])
            for name, value in told.items():
                if section != "parameters" or name not in ("out", "workers", "parks", "quiet", "timeout"):
                    found[name] = str(value)[:40]
    return found


def _file(path: Path) -> Results:
    try:
        rows = _rows(path)
        header = tuple(rows[0]) if rows else ()
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"check the name: {error.strerror if isinstance(error, OSError) else 'it is no text in UTF-8'}"
        fault = Fault(path.name, "file", "", "the folder of a run or a CSV of figures", remedy)
        raise InputError([fault]) from None
    if header != (*COLUMNS, "value"):
        expected = f"the columns {', '.join((*COLUMNS, 'value'))}"
        raise InputError([Fault(path.name, "line 1", ", ".join(map(str, header)), expected, "give a file of figures")])
    figures, faults = {}, []
    for line, row in enumerate(rows, start=2):
        try:
            key = Key(row["park"], row["scenario"], row["quantity"], int(row["year"]))
            figures[key] = float(row["value"])
        except (TypeError, ValueError):
            text = ", ".join(str(cell) for cell in row.values())
            faults.append(Fault(path.name, f"line {line}", text, "a whole year and a number", "correct the line"))
    if faults:
        raise InputError(faults)
    last = {key.park: int(value) for key, value in figures.items() if key.quantity == LAST_YEAR}
    return Results(path.stem, figures, last)
