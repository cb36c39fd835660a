"""CSV files of a run: written atomically, equal bytes for equal content, and read with their types.

``members.parquet``: every member of a park's ensemble in one compact columnar file.

One row a scenario and member, whole scenarios to a row group, so that a few years, or one scenario of a large ensemble,
can be read alone.  Columns:

    scenario, member
    year_of_maximum, status, value_tco2, plateau_first, plateau_last     docs/peak_rules.md
    cumulative_tco2                                                     sum over the projected years
    2016, 2017, ...                                                     total of each year, tCO2/yr

Emissions are rounded to 17 bits after the leading one (bit rounding), so that the file compresses: finer than the six
significant digits of the CSV tables, yet the last bits of a sum, which depend on the processor, never reach the file.
Equal content gives equal bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.core.errors import BatchError, Fault, InputError, PathwayError
from pathway_models.core.files import SheetWriter, write_whole
from pathway_models.kernels.turning_points import STATUS
from pathway_models.language.rounding import stable_text
from pathway_models.records.peaks import IF_DRIVERS_HOLD, SHARES
from pathway_models.runs.folders import Outcome

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from pathway_models.records import Pathways, Peaks

#: Columns of ``status.csv``.
STATUS_COLUMNS = ("park_id", "status", "seconds", "cause")


def write_status(folder: Path, outcomes: Sequence[Outcome]) -> Path:
    """Write ``status.csv``: one row a park."""
    # An unchanged park counts as done, in no time.
    rows = [[o.park_id, "done" if o.came_out else o.status, f"{o.seconds:.2f}", o.cause] for o in outcomes]
    return _write_csv(folder / "status.csv", [list(STATUS_COLUMNS), *rows])


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Turn errors of reading a truncated or altered table of a run into an `InputError`.

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
    return write_whole(path, text.encode(encoding))


#: Columns that other programs rely on: never renamed or moved; new ones follow them.
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
    """Return the year before which emissions shall peak, and by row the share of members that do so.

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


#: Bits of a single-precision significand that are stored.
SIGNIFICAND = 23


def bitround(values: ArrayLike, bits: int) -> NDArray[np.float32]:
    """Round to a number of bits after the leading one, to nearest, ties to even; set the others to zero.

    The largest relative error is ``2 ** -(bits + 1)`` beside that of single precision: 3.9e-6 for 17 bits, less than
    the 5e-6 of six significant digits.
    After Kouznetsov (2021), Geoscientific Model Development 14, 377-389, doi 10.5194/gmd-14-377-2021 (DOI from
    background knowledge).

    Parameters
    ----------
    values : array_like
        Finite, of a size that single precision holds.
    bits : int
        From 1 to 22.

    Examples
    --------
    >>> bitround([1.0, 1234567.0, -0.1], 10).tolist()
    [1.0, 1234944.0, -0.0999755859375]
    """
    if not 1 <= bits < SIGNIFICAND:
        raise ValueError(f"bits = {bits}: expected 1 to {SIGNIFICAND - 1}")
    raw = np.asarray(values, dtype=np.float32).view(np.uint32)
    dropped = np.uint32(SIGNIFICAND - bits)
    is_odd = (raw >> dropped) & np.uint32(1)
    half = np.uint32((1 << (SIGNIFICAND - bits - 1)) - 1)
    return (((raw + half + is_odd) >> dropped) << dropped).view(np.float32)


MEMBERS = "members.parquet"
Condition = tuple[str | int, str, Any]
#: Bits of emissions that are kept.
BITS = 17
#: Rows of a row group, as far as whole scenarios go into them: smaller groups cost a quarter of the file.
ROWS = 8192


def write_members(path: Path, pathways: Pathways, peaks: Peaks) -> Path:
    """Write every member's peak and totals, whole or not at all.

    Parameters
    ----------
    path : Path
    pathways, peaks
        Of the same park and draws.
    """
    # pyarrow takes a tenth of a second to load: only where a file is written.
    import pyarrow.parquet as pq

    table = member_table(pathways, peaks)
    floats = [field.name for field in table.schema if str(field.type) == "float"]
    partial = path.with_name(path.name + ".partial")
    pq.write_table(
        table,
        partial,
        compression="zstd",
        compression_level=3,
        # Bytes of floats split by position: signs and exponents hardly differ between members.
        use_byte_stream_split=floats,
        use_dictionary=["scenario", "status"],
        row_group_size=pathways.members * max(1, ROWS // pathways.members),
    )
    return partial.replace(path)


def member_table(pathways: Pathways, peaks: Peaks) -> pa.Table:
    """Build the content of the file with its metadata: no times, no paths, no host."""
    import pyarrow as pa

    scenarios, members = len(pathways.scenarios), pathways.members
    ahead = pathways.years > pathways.last_observed_year
    total = pathways.total()
    names = pa.array(pathways.scenarios, pa.string())
    codes = np.repeat(np.arange(scenarios, dtype=np.int16), members)
    columns = {
        "scenario": pa.DictionaryArray.from_arrays(pa.array(codes), names),
        "member": pa.array(np.tile(np.arange(members, dtype=np.int32), scenarios)),
        "year_of_maximum": pa.array(peaks.year.ravel().astype(np.int16)),
        "status": pa.DictionaryArray.from_arrays(pa.array(peaks.status.ravel().astype(np.int8)), pa.array(STATUS)),
        "value_tco2": pa.array(bitround(peaks.value.ravel(), BITS)),
        "plateau_first": pa.array(peaks.plateau_first.ravel().astype(np.int16)),
        "plateau_last": pa.array(peaks.plateau_last.ravel().astype(np.int16)),
        "cumulative_tco2": pa.array(bitround(total[..., ahead].sum(axis=-1).ravel(), BITS)),
    }
    columns |= {str(y): pa.array(bitround(total[..., at].ravel(), BITS)) for at, y in enumerate(pathways.years)}
    about = {
        "park_id": pathways.park_id,
        "unit": "tCO2/yr",
        "last_observed_year": str(pathways.last_observed_year),
        "seed": str(pathways.seed),
    }
    return pa.table(columns, metadata=about)


def read_members(
    path: Path, scenarios: Sequence[str] | None, columns: Sequence[str | int] | None, where: Sequence[Condition]
) -> pd.DataFrame:
    """Read some members: only the columns requested, and only row groups that can match.

    Parameters
    ----------
    path : Path
    scenarios : sequence of str or None
    columns : sequence of str or int or None
        Years as numbers or texts.
    where : sequence of (column, operator, value)

    Raises
    ------
    InputError
        The file is not there or cannot be read, or a scenario or column is not in it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    place = path.parent.name
    if not path.is_file():
        expected = f"{MEMBERS} beside the tables: this run did not keep its members"
        raise InputError([Fault(place, "members", "", expected, "run again with members kept", code="no_members")])
    wanted = None if columns is None else [str(name) for name in columns]
    conditions = [(str(name), operator, value) for name, operator, value in where]
    try:
        known = pq.read_schema(path).names
        named = [*(wanted or ()), *(name for name, _, _ in conditions)]
        _refuse(place, "column", [name for name in named if name not in known], known)
        if scenarios is not None:
            scenarios = [scenarios] if isinstance(scenarios, str) else list(scenarios)
            there = pq.read_table(path, columns=["scenario"])["scenario"].unique().to_pylist()
            _refuse(place, "scenario", [name for name in scenarios if name not in there], there)
            conditions.append(("scenario", "in", scenarios))
        return pq.read_table(path, columns=wanted, filters=conditions or None).to_pandas()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        fault = Fault(
            f"{place}/{MEMBERS}", "file", "", f"a whole file ({reason})", "run the park again", code="parquet"
        )
        raise InputError([fault]) from None


def _refuse(place: str, what: str, wrong: Sequence[str], known: Sequence[str]) -> None:
    expected = f"one of {', '.join(known)}"
    if wrong:
        raise InputError(Fault(place, what, name, expected, "correct the name", code=f"no_{what}") for name in wrong)
