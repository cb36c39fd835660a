"""The stored report card of the baseline: what hindcasts measured, with the version of the law they measured."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.paths import data_folder

#: Tables of the report card and the files they stand in, below the data folder.
FILES = {
    "summary": "hindcast_summary.csv",
    "deciles": "hindcasts/deciles.csv",
    "peaks": "hindcasts/peaks.csv",
    "reliability": "hindcasts/reliability.csv",
    "combination": "hindcasts/combination.csv",
    "chain": "hindcasts/chain.csv",
}


def hindcast_files() -> dict[str, Path]:
    """Where each table of the report card stands."""
    return {name: data_folder() / file for name, file in FILES.items()}


def read_hindcasts(table: str = "summary") -> pd.DataFrame:
    """Read a table of the stored report card.

    Parameters
    ----------
    table : str
        ``summary`` (coverage and skill by horizon), ``deciles`` (calibration), ``peaks`` and ``reliability``
        (probability of having peaked), ``combination`` (pools with the rivals), ``chain`` (drivers, synthetic parks).

    Returns
    -------
    DataFrame
        Columns in ``data/README.md``; ``version`` is that of the laws that were tested.

    Raises
    ------
    InputError
        There is no such table, or its file is missing.
    """
    files = hindcast_files()
    if table not in files or not files[table].is_file():
        expected = f"one of {', '.join(FILES)}, present in the data folder"
        raise InputError(
            [Fault("hindcasts", "table", table, expected, "name another, or restore it", code="hindcasts")]
        )
    return _read(files[table]).copy()


@cache
def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, encoding="utf-8", dtype={"version": "str"})
