"""What a run has to do: parks whose every input is as it was are not run again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pathway_models.running.execution import is_whole
from pathway_models.running.provenance import code_hash, content_hash, file_hash, park_inputs, shared_inputs, versions
from pathway_models.running.run_folders import park_folder

#: Parts of what a park's results rest on, as they are named to the user.
PARTS = {"parameters": "parameters", "code": "the package", "notebook": "the notebook", "versions": "package versions"}


@dataclass(frozen=True)
class Step:
    """What is to be done for one park, and why.

    Parameters
    ----------
    action : {"run", "unchanged", "failed"}
        ``failed``: it failed before, nothing has changed, and it need not be tried again.
    why : str
    cause : str
        Of the failure before.
    """

    park_id: str
    action: str
    why: str
    cause: str = ""


class Basis:
    """Everything results rest on, park by park; what all share is read once.

    Parameters
    ----------
    parameters : mapping
        Of the notebook, the same for all parks.
    notebook : Path
    """

    def __init__(self, parameters: Mapping[str, object], notebook: Path) -> None:
        self.common: dict[str, Any] = {
            "parameters": dict(parameters),
            "code": code_hash(),
            "notebook": file_hash(notebook),
            "versions": versions(),
        }
        given = parameters.get("scenario_file")
        self.shared = shared_inputs() | ({Path(str(given)).name: file_hash(Path(str(given)))} if given else {})

    def of(self, table: Path) -> dict[str, Any]:
        """What one park's results rest on."""
        return {**self.common, "inputs": {**self.shared, **park_inputs(table)}}


def decide(
    folder: Path, park_id: str, basis: Mapping[str, Any], *, force: bool = False, retry_failed: bool = False
) -> Step:
    """Decide whether a park must be run.

    Failures of the machine (time-out, killed, memory, disk) are always tried again; failures of a notebook,
    which would fail again, when asked for.
    """
    if force:
        return Step(park_id, "run", "asked for by --force")
    record = read_record(folder, park_id)
    if record is None:
        return Step(park_id, "run", "no results yet")
    if record["key"] != content_hash(basis):
        return Step(park_id, "run", _changed(record.get("basis", {}), basis))
    if not is_whole(folder, park_id, record["files"]):
        return Step(park_id, "run", "files are missing or cut short")
    if record["status"] == "done":
        return Step(park_id, "unchanged", "nothing has changed")
    if record["again"] or retry_failed:
        return Step(park_id, "run", f"it failed: {record['cause']}")
    return Step(park_id, "failed", "it failed before and nothing has changed; --retry-failed", record["cause"])


def read_record(folder: Path, park_id: str) -> dict[str, Any] | None:
    """Record of a park's folder; nothing where there is none that can be read."""
    try:
        record = json.loads((park_folder(folder, park_id) / "record.json").read_text(encoding="utf-8"))
        return record if {"key", "status", "again", "cause", "files"} <= set(record) else None
    except (OSError, ValueError):
        return None


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say in words what has changed."""
    was, is_now = before.get("inputs", {}), now["inputs"]
    names = sorted(name for name in {*was, *is_now} if was.get(name) != is_now.get(name))
    names += [word for part, word in PARTS.items() if before.get(part) != now[part]]
    shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    return f"changed: {shown}"
