"""The book of forecasts: every forecast of a park ever made, rows added and never changed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pathway_models.findings.tracking import Account, Outlook
from pathway_models.foundations.errors import Fault, InputError

COLUMNS = (
    "account",
    "park_id",
    "scenario",
    "state",
    "known",
    "before",
    "p_before",
    "p_by",
    "peak_year_p05",
    "peak_year_p50",
    "peak_year_p95",
    "effective_members",
    "members",
    "seed",
    "reported_tco2",
    "table_sha256",
    "version",
)


def add_forecasts(path: Path, found: Account, manifest: Mapping[str, str]) -> Path:
    """Add the forecasts of an account, those that stand there already left out.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    found : Account
    manifest : mapping of str to str
        With ``account`` and the hashes of the tables.

    Raises
    ------
    InputError
        The file is not such a book: it is left as it is.
    """
    old = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    if old and tuple(next(csv.reader(io.StringIO(old)))) != COLUMNS:
        expected, remedy = ", ".join(COLUMNS), "name another folder, or move the file away"
        raise InputError([Fault(path.name, "line 1", old.splitlines()[0][:80], expected, remedy, code="forecast_book")])
    digest = next((value for key, value in manifest.items() if key.startswith("sha256")), "")
    rows = []
    for outlooks, total in ((found.made, ""), (found.updated, f"{found.reported[found.known]:.6g}")):
        rows += [_row(one, found, manifest, digest, total) for one in outlooks.values()]
    known = set(old.splitlines())
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not old:
        writer.writerow(COLUMNS)
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(row)
        if line.getvalue().rstrip("\n") not in known:
            writer.writerow(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(old + text.getvalue(), encoding="utf-8-sig")
    return partial.replace(path)


def _row(one: Outlook, found: Account, manifest: Mapping[str, str], digest: str, total: str) -> list[str]:
    horizon = found.until
    years = [f">{horizon}" if np.isinf(year) else f"{year:.0f}" for year in one.quantiles]
    shares = [f"{one.p_before:.6f}", f"{one.p_by:.6f}"]
    made = [manifest["account"], found.park_id, one.scenario, one.state, str(one.known), str(found.before)]
    size = [f"{one.effective:.1f}", str(found.members), str(found.seed)]
    return [*made, *shares, *years, *size, total, digest, manifest.get("pathway_models", "")]
