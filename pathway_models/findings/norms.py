"""Parks beside norms: what the zero-carbon parks of 2025 ask for by size class, and HJ 274-2015 (``docs/fleet.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from pathway_models.accounting.indicators import CLASSES, indicators, total_energy
from pathway_models.findings.fleet_members import REGION
from pathway_models.intake.requirements import Requirement
from pathway_models.records.park import Park

#: The core indicator of zero-carbon parks, whose limit depends on the size class.
CORE = "zero_carbon:CO2 per tce"
#: A limit as `Requirement.text` states it: ``at most; core 0.2``, ``>=9``.
STATED = re.compile(r"(at most|at least|<=|>=)\D*?(\d+(?:\.\d+)?)")
COLUMNS = (
    "park_id",
    "invented",
    "indicator_id",
    "name_en",
    "name_zh",
    "unit",
    "year",
    "value",
    "asked",
    "limit",
    "confidence",
    "size_class",
    "times",
    "met",
)


def norms(parks: Iterable[Park]) -> pd.DataFrame:
    """Last value of every indicator beside what is asked for; regions are left out, since the norms are for parks.

    Parameters
    ----------
    parks : iterable of Park

    Returns
    -------
    DataFrame
        One row a park and indicator, columns `COLUMNS`: asked is the requirement as its table states it, limit its
        number, times the value over the limit, size_class the lower end in tce a year (missing below all classes).
        Limit, times and met are missing where the requirement is background knowledge or is no single number:
        what was not seen is shown and never judged.
    """
    rows = [row for park in parks if park.kind != REGION for row in _rows(park)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"met": "boolean", "size_class": "Float64"})


def _rows(park: Park) -> list[dict[str, object]]:
    energy = total_energy(park)[park.last_observed_year]
    size = next((least for least, _ in CLASSES if energy >= least), pd.NA)
    rows = []
    for one in indicators(park):
        year = max(one.values)
        value, found = float(one.values[year]), limit_of(one.requirement)
        rows.append(
            {
                "park_id": park.park_id,
                "invented": park.invented,
                "indicator_id": one.indicator_id,
                "name_en": one.name_en,
                "name_zh": one.requirement.name_zh,
                "unit": one.unit,
                "year": year,
                "value": value,
                "asked": one.requirement.text,
                "limit": found[1] if found else float("nan"),
                "confidence": one.requirement.confidence,
                "size_class": size,
                "times": value / found[1] if found else float("nan"),
                "met": (value <= found[1] if found[0] else value >= found[1]) if found else pd.NA,
            }
        )
    return rows


def limit_of(requirement: Requirement) -> tuple[bool, float] | None:
    """Whether a requirement is an upper limit, and its number; None where it may not or cannot be judged.

    Examples
    --------
    >>> limit_of(Requirement("ndrc_2025_910", "", "at most; core 0.2", "tCO2/tce", "seen"))
    (True, 0.2)
    """
    found = STATED.fullmatch(requirement.text.strip())
    if found is None or not requirement.is_trusted:
        return None
    return found[1] in ("at most", "<="), float(found[2])
