"""Where a run comes from: parameters, inputs, versions and commit, the same on every host."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pathway_models import __version__
from pathway_models.intake.paths import data_folder

#: Packages whose version can move a number or a figure.
PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "papermill")
#: Repository, or whatever folder holds the package.
ROOT = Path(__file__).resolve().parents[2]


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def commit() -> dict[str, object]:
    """Git commit and whether files differ from it; empty outside a checkout."""
    try:
        run = {"capture_output": True, "text": True, "check": True, "cwd": ROOT, "timeout": 20}
        head = subprocess.run(["git", "rev-parse", "HEAD"], **run).stdout.strip()
        dirty = bool(subprocess.run(["git", "status", "--porcelain"], **run).stdout.strip())
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"commit": head, "dirty": dirty}


def versions() -> dict[str, str]:
    """Versions of this package, Python and the packages that matter."""
    found = {"pathway_models": __version__, "python": ".".join(map(str, sys.version_info[:3]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def describe_run(parameters: dict[str, object], tables: Iterable[Path]) -> dict[str, object]:
    """Everything a run rests on.

    Parameters
    ----------
    parameters : dict
        As given to the run.
    tables : iterable of Path
        The park tables it read.
    """
    shared = sorted(path for path in data_folder().glob("*.yml")) + sorted(data_folder().glob("factors/*.csv"))
    inputs = [*shared, data_folder() / "carriers.csv", *tables]
    return {
        "parameters": parameters,
        "inputs_sha256": {path.name: file_hash(path) for path in inputs if path.is_file()},
        "versions": versions(),
        **commit(),
    }


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, so that equal content is equal bytes."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
