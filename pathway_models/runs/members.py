"""``members.parquet``: every member of a park's ensemble in one compact columnar file.

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

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pathway_models.core.errors import Fault, InputError
from pathway_models.kernels.turning_points import STATUS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from pathway_models.records.pathways import Pathways
    from pathway_models.records.peaks import Peaks

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
        # The bytes of a float apart: signs and exponents hardly differ between members.
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
    """Read some members: only the columns asked for, and only row groups that can match.

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
