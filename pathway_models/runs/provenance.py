"""Provenance of a run: parameters, inputs, versions and commit, the same on every host."""

import contextlib
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pathway_models.core import __version__
from pathway_models.core.files import PACKAGE_FOLDER, SHIPPED_FOLDER, data_folder
from pathway_models.intake.assumptions import read_assumptions

#: Packages whose version can change a number or a figure.
PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "papermill")
#: Files of `batch` that a park's results depend on; commands and schedulers do not matter to them.
WRITING = ("results.py", "in_process_kernel.py", "execution.py", "notebook_page.py")


def file_hash(path: Path) -> str:
    """Compute the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content_hash(content: object) -> str:
    """Compute the SHA-256 of JSON content in canonical form."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def commit() -> dict[str, object]:
    """Read the git commit and whether files differ from it; empty outside a checkout."""
    if not (SHIPPED_FOLDER / ".git").exists():  # git would answer for any repository around it
        return {}
    try:
        run = {"capture_output": True, "text": True, "check": True, "cwd": SHIPPED_FOLDER, "timeout": 20}
        head = subprocess.run(["git", "rev-parse", "HEAD"], **run).stdout.strip()
        dirty = bool(subprocess.run(["git", "status", "--porcelain"], **run).stdout.strip())
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"commit": head, "dirty": dirty}


def versions() -> dict[str, str]:
    """Read the versions of this package, Python and the packages that matter."""
    found = {"pathway_models": __version__, "python": ".".join(map(str, sys.version_info[:3]))}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def shared_inputs() -> dict[str, str]:
    """Hash the data that every park reads: factors, levers, scenarios, panels, register."""
    data = data_folder()
    paths = [*data.glob("*.yml"), *data.glob("*.csv"), *data.glob("factors/*.csv"), *data.glob("layouts/*.yml")]
    return {path.name: file_hash(path) for path in sorted(paths)}


def park_inputs(table: Path) -> dict[str, str]:
    """Hash a park's table and every file of its name beside it: description, projects, overrides, assets."""
    paths = {table, *table.parent.glob(f"{table.stem}.*")}
    return {path.name: file_hash(path) for path in sorted(paths) if path.is_file() and path.suffix != ".partial"}


def code_hash() -> str:
    """Hash the sources that results depend on; equal in a checkout and an installation."""
    paths = [path for path in PACKAGE_FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    if PACKAGE_FOLDER in SHIPPED_FOLDER.parents:  # data and notebooks have hashes of their own
        paths = [path for path in paths if SHIPPED_FOLDER not in path.parents]
    counted = [path for path in paths if path.parent.name != "batch" or path.name in WRITING]
    return content_hash({path.relative_to(PACKAGE_FOLDER).as_posix(): file_hash(path) for path in counted})


def describe_run(
    parameters: Mapping[str, object], tables: Iterable[Path], notebook: Path | None = None
) -> dict[str, object]:
    """Record everything a run depends on, and derive its id.

    Parameters
    ----------
    parameters : mapping
        As given to the run.
    tables : iterable of Path
        The park tables it read.
    notebook : Path, optional
        The notebook that was run for every park.
    """
    inputs = shared_inputs()
    for table in tables:
        inputs |= park_inputs(table)
    content = {
        "parameters": dict(parameters),
        "inputs_sha256": inputs,
        "assumptions_sha256": read_assumptions(as_of=parameters.get("as_of")).hash,
        "code_sha256": code_hash(),
        "versions": versions(),
        **({"notebook_sha256": file_hash(notebook)} if notebook else {}),
        **commit(),
    }
    return {**content, "run_id": content_hash(content)[:12]}


#: Files of a run that are made of its parks' and hashed in its record; its status has times.
OUTPUTS = ("summary.csv",)
#: Folder of a run that keeps the files of scenarios and levers it was given.
KEPT_INPUTS = "inputs"


def hash_outputs(folder: Path) -> None:
    """Put the hashes of a run's own files, and of those it was given, into its record, where it has one."""
    path, record = folder / "run.json", None
    with contextlib.suppress(
        OSError, ValueError, RecursionError
    ):  # whoever needs the record says what is wrong with it
        record = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(record, dict):
        kept = [f"{KEPT_INPUTS}/{path.name}" for path in sorted(folder.glob(f"{KEPT_INPUTS}/*"))]
        hashes = {name: file_hash(folder / name) for name in (*OUTPUTS, *kept) if (folder / name).is_file()}
        if record.get("outputs_sha256") != hashes:
            write_json(path, {**record, "outputs_sha256": hashes})


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, so that equal content gives equal bytes; whole or not at all."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text + "\n", encoding="utf-8", newline="\n")
    partial.replace(path)
