"""CSV files of a run: written whole or not at all, equal bytes for equal content, and read with their types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pathway_models.core.errors import BatchError, Fault, InputError, PathwayError
from pathway_models.core.sheet_text import SheetWriter
from pathway_models.language.rounding import stable_text
from pathway_models.records.headline import IF_DRIVERS_HOLD, SHARES
from pathway_models.runs.jobs import Outcome

if TYPE_CHECKING:
    import pandas as pd

#: Columns of ``status.csv``.
STATUS_COLUMNS = ("park_id", "status", "seconds", "cause")


def write_status(folder: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write ``status.csv``: one row a park."""
    # To a reader of the run an unchanged park is done; no time was spent on it.
    rows = [[o.park_id, "done" if o.came_out else o.status, f"{o.seconds:.2f}", o.cause] for o in outcomes]
    return _write_csv(folder / "status.csv", [list(STATUS_COLUMNS), *rows])


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Guard the reading of a table of a run: one that was cut short or altered gives no traceback.

    Raises
    ------
    InputError
        The table is not as a run writes it.
    """
    try:
        yield
    except PathwayError:
        raise
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        expected, remedy = "a table as the run wrote it", "it is damaged: run the parks again into the same folder"
        fault = Fault(f"{path.parent.name}/{path.name}", "table", "", expected, remedy, code="table_damaged")
        raise InputError([fault]) from None


def read_status(folder: Path) -> list[Outcome]:
    """Read ``status.csv`` of a run.

    Raises
    ------
    BatchError
        The folder holds no run.
    """
    path = folder / "status.csv"
    if not path.is_file():
        raise BatchError(f"{folder}: expected the folder of a run with status.csv; give the folder that 'run' printed")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        return [Outcome(r["park_id"], r["status"], float(r["seconds"]), r["cause"]) for r in rows]
    except (ValueError, KeyError, TypeError, csv.Error):
        raise BatchError(f"{path}: it is damaged; run the parks again into the same folder") from None


def _write_csv(path: Path, rows: list[list[str]]) -> Path:
    text = io.StringIO(newline="")
    SheetWriter(text).rows(rows)
    return replace_text(path, text.getvalue())


def replace_text(path: Path, text: str, encoding: str = "utf-8-sig") -> Path:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding=encoding, newline="\n")
    return partial.replace(path)


#: Columns that other programs rely on: never renamed, never moved; new ones follow them.
CONTRACT = (
    "park_id",
    "name",
    "kind",
    "invented",
    "scenario",
    "last_observed_year",
    "emissions_last_tco2",
    "peak_status",
    "peak_year_p05",
    "peak_year_p50",
    "peak_year_p95",
    "share_censored",
    "p_peak_before_2030",
    "peak_value_p50_tco2",
    "members",
    "seed",
)
#: Columns that are numbers.
NUMBERS = (
    "last_observed_year",
    "emissions_last_tco2",
    "share_censored",
    "p_peak_before_2030",
    "p_peak_by_2030",
    "peak_value_p50_tco2",
    "members",
    "seed",
    "until",
    "before",
    "p_peak_before",
    "p_peak_by",
    "neutral",
    "net_p50_tco2",
    "p_net_zero",
    *SHARES,
    *(f"{name}{IF_DRIVERS_HOLD}" for name in SHARES),
    "issue_year",
)


def read_summary(path: str | Path) -> pd.DataFrame:
    """Read a run's ``summary.csv``, given itself or its folder.

    Raises
    ------
    InputError
        There is no such file, or a column of the contract is missing.
    """
    import pandas as pd

    path = Path(path)
    file = path / "summary.csv" if path.is_dir() else path
    if not file.is_file():
        fault = Fault(str(path), "run", "", "a results folder with summary.csv", "name a run", code="run_missing")
        raise InputError([fault])
    with whole(file):
        frame = pd.read_csv(file, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    missing = ", ".join(name for name in CONTRACT if name not in frame)
    if missing:
        fault = Fault(file.name, "line 1", "", f"the columns {missing}", "make the run again", code="summary_columns")
        raise InputError([fault])
    with whole(file):
        return typed(frame)


def typed(summary: pd.DataFrame) -> pd.DataFrame:
    """Convert the texts of a summary to numbers and booleans; peak years stay texts, for ``">2060"``."""
    import pandas as pd

    invented = summary["invented"].astype(str).str.lower() == "true"
    # pandas before 3 does not know the text "nan".
    known = {
        name: summary[name].map(lambda text: None if text == "nan" else text) for name in NUMBERS if name in summary
    }
    return summary.assign(invented=invented, **{name: pd.to_numeric(values) for name, values in known.items()})


def asked(summary: pd.DataFrame) -> tuple[int, pd.Series]:
    """Return the year before which emissions shall peak, and the share of members that do so, row by row.

    Runs of older versions have neither column, and ask for 2030.
    """
    if summary.empty or "p_peak_before" not in summary:
        return 2030, summary["p_peak_before_2030"]
    return int(summary["before"].iloc[0]), summary["p_peak_before"]


#: Columns of a table: name to values.
Columns = Mapping[str, Sequence[object]]


def write_table(path: Path, table: pd.DataFrame) -> Path:
    """Write a table as CSV that Excel opens with Chinese intact, whole or not at all."""
    # What was not computed stays an empty cell.
    known = table.astype(object).where(table.notna(), None)
    return write_columns(path, {name: known[name].tolist() for name in table.columns})


def write_columns(path: Path, columns: Columns) -> Path:
    """Write columns as CSV, numbers as stable text; whole or not at all."""
    partial = path.with_suffix(".partial")
    texts = [[_cell(value) for value in values] for values in columns.values()]
    with partial.open("w", encoding="utf-8-sig", newline="") as file:
        SheetWriter(file, columns).rows(zip(*texts, strict=True))
    return partial.replace(path)


def _cell(value: object) -> object:
    """Format a value for a file: numbers as stable text, empty where nothing was computed."""
    if isinstance(value, float):
        return "" if value != value else stable_text(value)
    return stable_text(value) if value is None or isinstance(value, bool) else value
