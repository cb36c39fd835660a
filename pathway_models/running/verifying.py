"""A run computed again from its own record, and held against what it has stored."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random
from typing import Any

from pathway_models.foundations.errors import BatchError, InputError
from pathway_models.intake.paths import PARK_NOTEBOOK
from pathway_models.intake.register import table_of
from pathway_models.running.batch import Request, run_parks
from pathway_models.running.jobs import park_id_of
from pathway_models.running.provenance import code_hash, file_hash, park_inputs, shared_inputs, versions
from pathway_models.running.rerun import parameters_of, read_record
from pathway_models.running.summary import read_status

#: Files that are compared: what is computed. Notebooks and pages carry times.
COMPARED = (".csv", ".parquet")


@dataclass(frozen=True)
class Difference:
    """How one table differs.

    Parameters
    ----------
    table : str
        File name; empty where the park did not come out.
    what : str
        In one line.
    lines : tuple of str
        Where: line, column, value before and now.
    """

    table: str
    what: str
    lines: tuple[str, ...] = ()


def changes_since(folder: Path) -> Iterator[str]:
    """Say what a run rests on that is no longer what it was."""
    record = read_record(folder)
    now = shared_inputs()
    for park in parameters_of(folder)["parks"]:
        try:
            now |= park_inputs(table_of(park))
        except InputError:
            yield f"{park}: its table is no longer there"
    before = record.get("inputs_sha256", {})
    changed = sorted(name for name in before if name in now and before[name] != now[name])
    gone, new = sorted(set(before) - set(now)), sorted(set(now) - set(before))
    for word, names in (("changed", changed), ("no longer there", gone), ("new", new)):
        if names:
            yield f"inputs {word} since the run: {', '.join(names)}"
    if record.get("code_sha256", "") != code_hash():
        yield "the package has changed since the run"
    if record.get("notebook_sha256", "") != file_hash(PARK_NOTEBOOK):
        yield "the notebook has changed since the run"
    for name, version in versions().items():
        was = record.get("versions", {}).get(name, "not recorded")
        if was != version:
            yield f"{name} was {was}, is {version}"


def verify(
    folder: Path, *, sample: int | None = None, workers: int = 1, engine: str = "fork"
) -> Iterator[tuple[str, list[Difference]]]:
    """Run parks again and compare.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    sample : int, optional
        Number of parks, drawn by the run's id: the same ones each time. All by default.

    Yields
    ------
    park_id : str
    differences : list of Difference

    Raises
    ------
    BatchError, InputError
        The folder holds no run with results.
    """
    record = read_record(folder)
    done = {outcome.park_id for outcome in read_status(folder) if outcome.came_out}
    given: dict[str, Any] = dict(parameters_of(folder))
    unknown = sorted(set(given) - {field.name for field in fields(Request)})
    if unknown:
        raise BatchError(f"{folder}: only runs of 'pathways run' can be run again; this one has {', '.join(unknown)}")
    parks = [park for park in given.pop("parks") if park_id_of(park) in done]
    if not parks:
        raise BatchError(f"{folder}: no park of this run came out; there is nothing to compare")
    if sample is not None and sample < len(parks):
        chosen = set(Random(record.get("run_id", "")).sample(parks, sample))
        parks = [park for park in parks if park in chosen]
    given["scenarios"] = tuple(given["scenarios"])
    request = Request(parks=tuple(parks), workers=workers, engine=engine, **given)
    with tempfile.TemporaryDirectory(prefix="pathways-") as again:
        for outcome in run_parks(request, Path(again)).ordered():
            if not outcome.came_out:
                yield outcome.park_id, [Difference("", f"{outcome.status}: {outcome.cause}")]
            else:
                yield outcome.park_id, differences(folder / outcome.park_id, Path(again) / outcome.park_id)


def differences(stored: Path, computed: Path) -> list[Difference]:
    """How the tables of two folders of one park differ."""
    names = {path.name for place in (stored, computed) for path in place.iterdir() if path.suffix in COMPARED}
    found = []
    for name in sorted(names):
        before, now = stored / name, computed / name
        if not (before.is_file() and now.is_file()):
            found.append(Difference(name, "stored, but not computed again" if before.is_file() else "not stored"))
        elif before.read_bytes() != now.read_bytes():
            found.append(_difference(before, now))
    return found


def _difference(before: Path, now: Path) -> Difference:
    if before.suffix != ".csv":
        return Difference(before.name, "other bytes")
    was, is_now = (path.read_text(encoding="utf-8-sig").splitlines() for path in (before, now))
    heads = was[0].split(",")
    lines = []
    for at, (one, other) in enumerate(zip(was, is_now, strict=False), start=1):
        if one != other:
            cells = zip(heads, one.split(","), other.split(","), strict=False)
            changed = [f"{head} was {cell}, is {new}" for head, cell, new in cells if cell != new]
            lines.append(f"line {at}: {'; '.join(changed) or 'another number of cells'}")
    what = f"{len(lines)} lines differ" + (f", {len(was)} lines were {len(is_now)}" if len(was) != len(is_now) else "")
    return Difference(before.name, what, tuple(lines))
