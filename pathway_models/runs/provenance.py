"""Provenance of a run: parameters, inputs, versions and commit, the same on every host.

Sealed forecasts: kept so that later years score them and a change is noticed.

``forecast.json`` in the folder of a park holds the headline and the quantiles of the emissions to come by scenario,
with the SHA-256 of both in canonical JSON.  It has no date: equal seeds give equal bytes.  ``run.json`` keeps the hash
of every forecast once more, with the day it was sealed on, under ``seals``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pathway_models.core import PathwayError, __version__
from pathway_models.core.files import PACKAGE_FOLDER, SHIPPED_FOLDER, data_folder, write_whole
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.records.peaks import SHARES
from pathway_models.runs.folders import park_folder

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


def hash_outputs(folder: Path, *, with_inputs: bool = True) -> None:
    """Add the hashes of a run's own files, and of its input files, to its record, where it has one.

    Input files are hashed by the run alone: a later summary would hash altered ones as if they were the originals.
    """
    path, record = folder / "run.json", None
    with contextlib.suppress(OSError, ValueError, RecursionError):  # reported where the record is needed
        record = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(record, dict):
        kept = [f"{KEPT_INPUTS}/{path.name}" for path in sorted(folder.glob(f"{KEPT_INPUTS}/*"))]
        before = record.get("outputs_sha256")
        hashes = dict(before) if isinstance(before, dict) and not with_inputs else {}
        names = (*OUTPUTS, *kept) if with_inputs else OUTPUTS
        hashes |= {name: file_hash(folder / name) for name in names if (folder / name).is_file()}
        if record.get("outputs_sha256") != hashes:
            write_json(path, {**record, "outputs_sha256": hashes})


def write_json(path: Path, content: object) -> None:
    """Write JSON with sorted keys, so that equal content gives equal bytes; whole or not at all."""
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(path, f"{text}\n".encode())


def read_park_record(folder: Path, park_id: str) -> dict[str, Any] | None:
    """Read the record of a park's folder; None where there is none that can be read."""
    try:
        record = json.loads((park_folder(folder, park_id) / "record.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    is_whole = isinstance(record, dict) and {"key", "status", "again", "cause", "files"} <= set(record)
    listings = [record["files"], record.get("files_sha256", {})] if is_whole else []
    return record if is_whole and all(isinstance(one, dict) for one in listings) else None


def altered_results(folder: Path, park_id: str) -> list[str]:
    """List a park's files that are no longer as the run wrote them; its record may have no hashes.

    Notebooks are left out: a reader may have saved one, and no figure is taken from there.
    """
    record = read_park_record(folder, park_id) or {}
    return [name for name in altered(park_folder(folder, park_id), record) if Path(name).stem != "notebook"]


def is_whole(folder: Path, park_id: str, record: Mapping[str, Any]) -> bool:
    """Tell whether the files of a park's record are all there, as they were written."""
    place, files = park_folder(folder, park_id), record["files"]
    sizes = {name: (place / name).stat().st_size for name in files if (place / name).is_file()}
    return sizes == files and not altered(place, record) and not unhashed(record)


def unhashed(record: Mapping[str, Any]) -> list[str]:
    """List the files of a park's record that have no hash in it: older versions wrote none, later ones one of each."""
    return [name for name in record.get("files", {}) if name not in record.get("files_sha256", {})]


def altered(place: Path, record: Mapping[str, Any]) -> list[str]:
    """List the files of a park's folder that are no longer as its record has them; a record may have no hashes."""
    hashes = record.get("files_sha256", {})
    return [name for name, was in hashes.items() if not (place / name).is_file() or file_hash(place / name) != was]


if TYPE_CHECKING:
    from pathway_models.records import Assumptions, Inventory, Park, Pathways

FORECAST = "forecast.json"
#: Quantiles that are sealed: every 2.5 %, the edges of the 50, 80 and 90 % bands among them.
LEVELS = tuple(step / 40 for step in range(1, 40))
#: Number of years after the issue year that are sealed; later ones are left to later forecasts.
AHEAD = 15
#: Columns of the summary that are sealed as far as it has them.
HEADLINE = ("p_peak_before_2030", *SHARES)


class BrokenSealError(PathwayError):
    """A forecast differs from the sealed one, or none was sealed."""


def sealed_forecast(
    park: Park,
    inventory: Inventory,
    pathways: Pathways,
    rows: Sequence[Mapping[str, Any]],
    assumptions: Assumptions | None = None,
) -> dict[str, Any]:
    """Collect the sealed forecast of a park.

    Parameters
    ----------
    park : Park
    inventory : Inventory
        Its observed emissions, against which later years are compared.
    pathways : Pathways
    rows : sequence of mapping
        Rows of the summary, one a scenario in the order of the pathways.
    assumptions : Assumptions, optional
        Those of the pathways; without them the law goes unnamed.

    Returns
    -------
    dict
        JSON content: numbers have six significant digits, and null stands where nothing was computed.
    """
    issue = int(rows[0].get("issue_year") or pathways.last_observed_year)
    kept = (pathways.years > pathways.last_observed_year) & (pathways.years <= issue + AHEAD)
    ordered = np.sort(_as_reported(pathways, inventory)[:, :, kept], axis=1).transpose(0, 2, 1)
    quantiles = np.moveaxis(sorted_quantiles(ordered, LEVELS), 0, -1)
    law = {"law": assumptions.law, "law_versions": _versions(assumptions)} if assumptions else {"law": None}
    return {
        "park": park.park_id,
        "account": str(rows[0].get("account", "")),
        "unit": "tCO2/yr",
        "issue_year": issue,
        "last_observed_year": int(pathways.last_observed_year),
        "observed": {str(y): _rounded(v) for y, v in zip(inventory.years, inventory.total(), strict=True)},
        **law,
        "assumptions": pathways.assumptions,
        "package": __version__,
        "members": pathways.members,
        "seed": pathways.seed,
        "inputs": dict(park.files),
        "years": pathways.years[kept].tolist(),
        "levels": list(LEVELS),
        "scenarios": {
            name: {
                "headline": {column: _rounded(row[column]) for column in HEADLINE if column in row},
                "peaks_before": _events(row),
                "quantiles": [[_rounded(value) for value in year] for year in of_scenario],
            }
            for name, row, of_scenario in zip(pathways.scenarios, rows, quantiles, strict=True)
        },
    }


def _as_reported(pathways: Pathways, inventory: Inventory) -> np.ndarray:
    """Return the totals as the park will report them: (scenario, member, year).

    A member's growth since the last observed year times the emissions reported for that year: the error of an emission
    factor is in both years of a member and in none of the reports.  A member without emissions in that year stays as
    it is.
    """
    total, last = pathways.total(), int(np.flatnonzero(pathways.years == pathways.last_observed_year)[0])
    start = total[:, :, last, None]
    return total * np.divide(inventory.total()[-1], start, out=np.ones_like(start), where=start > 0)


def _versions(assumptions: Assumptions) -> dict[str, str]:
    """List the versions of the fitted numbers of laws."""
    found = {"baselines": assumptions.baselines.version}
    return found | ({"levels": assumptions.levels.version} if assumptions.levels else {})


def _events(row: Mapping[str, Any]) -> dict[str, float | None]:
    """Collect the probabilities of having peaked before a year, by that year."""
    found = {"2030": _rounded(row["p_peak_before_2030"])}
    return found if "before" not in row else found | {str(row["before"]): _rounded(row["p_peak_before"])}


def _rounded(value: float) -> float | None:
    return float(f"{value:.6g}") + 0.0 if math.isfinite(value) else None


def write_forecast(path: Path, content: Mapping[str, Any]) -> Path:
    """Write the forecast of a park with its seal, whole or not at all."""
    text = json.dumps({"sealed": content, "sha256": content_hash(content)}, ensure_ascii=False, sort_keys=True)
    return write_whole(path, f"{text}\n".encode())


def seals_in(folder: Path) -> dict[str, dict[str, str]]:
    """Read the seals that the record of a run holds: park to ``sha256`` and ``date``; none where there is no record."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        seals = record.get("seals", {}).items()
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
    return {park: seal if isinstance(seal, dict) else {} for park, seal in seals}


def write_record(
    folder: Path,
    about: Mapping[str, Any],
    made: Iterable[str] = (),
    earlier: Mapping[str, dict[str, str]] | None = None,
) -> None:
    """Write ``run.json`` with the seals of the parks that have a forecast.

    Parameters
    ----------
    folder : Path
    about : mapping
        Record of the run.
    made : iterable of str
        Parks whose forecast was made now: sealed today, or on the day the same forecast was sealed before.
    earlier : mapping park -> seal, optional
        Seals that stay, and the days of those that are renewed.
    """
    seals, today = dict(earlier or {}), date.today().isoformat()
    for park in made:
        sealed = (_content(folder / park / FORECAST) or {}).get("sealed")
        digest, was = content_hash(sealed), seals.pop(park, {})
        if sealed is not None:
            seals[park] = was if was.get("sha256") == digest else {"sha256": digest, "date": today}
    write_json(folder / "run.json", {**about, "seals": seals} if seals else about)


def _content(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def read_forecasts(folder: Path) -> dict[str, dict[str, Any]]:
    """Read the forecasts of a run whose seals hold.

    Returns
    -------
    dict
        Park to what `sealed_forecast` collected, and ``sealed_on``, the day in the record.

    Raises
    ------
    BrokenSealError
        In one line: the run has no seals, or a forecast is missing or not the one that was sealed.
    """
    seals, found = seals_in(folder), {}
    if not seals:
        raise BrokenSealError(f"{folder}: no sealed forecasts; give the folder of a whole run of this version")
    broken = []
    for park, seal in seals.items():
        content = _content(folder / park / FORECAST) or {}
        sealed, digest = content.get("sealed"), seal.get("sha256")
        if not isinstance(sealed, dict) or not digest == content.get("sha256") == content_hash(sealed):
            broken.append(park)
        else:
            found[park] = {**sealed, "sealed_on": seal.get("date", "")}
    if broken:
        names = ", ".join(broken)
        raise BrokenSealError(f"{folder}: seal broken, the forecast is not the one that was sealed: {names}")
    return found
