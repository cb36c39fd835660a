"""Sealed forecasts: what a run said, kept so that later years score it and a change is noticed.

``forecast.json`` in the folder of a park holds the headline and the quantiles of the emissions to come by scenario,
with the SHA-256 of both in canonical JSON.  It has no date: equal seeds give equal bytes.  ``run.json`` keeps the hash
of every forecast once more, with the day it was sealed on, under ``seals``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pathway_models.core import __version__
from pathway_models.core.errors import PathwayError
from pathway_models.kernels.quantiles import sorted_quantiles
from pathway_models.records.headline import SHARES
from pathway_models.runs.provenance import content_hash, write_json

if TYPE_CHECKING:
    from pathway_models.records.assumptions import Assumptions
    from pathway_models.records.inventory import Inventory
    from pathway_models.records.park import Park
    from pathway_models.records.pathways import Pathways

FORECAST = "forecast.json"
#: Quantiles that are sealed: every 2.5 %, the edges of the 50, 80 and 90 % bands among them.
LEVELS = tuple(step / 40 for step in range(1, 40))
#: Years after the issue year that are sealed; by then other forecasts will have been made.
AHEAD = 15
#: Columns of the summary that are sealed as far as it has them.
HEADLINE = ("p_peak_before_2030", *SHARES)


class BrokenSealError(PathwayError):
    """A forecast is not the one that was sealed, or none was."""


def sealed_forecast(
    park: Park,
    inventory: Inventory,
    pathways: Pathways,
    rows: Sequence[Mapping[str, Any]],
    assumptions: Assumptions | None = None,
) -> dict[str, Any]:
    """Collect what is sealed of a park.

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

    A member's growth since the last observed year times what was reported for it: the error of an emission factor is
    in both years of a member and in none of the reports.  A member without emissions in that year stays as it is.
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
    partial = path.with_name(path.name + ".partial")
    text = json.dumps({"sealed": content, "sha256": content_hash(content)}, ensure_ascii=False, sort_keys=True)
    partial.write_text(text + "\n", encoding="utf-8", newline="\n")
    return partial.replace(path)


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
