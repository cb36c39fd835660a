"""Benchmark parks against their kind and against standards (``docs/fleet.md``).

Indicators, robust distances, outliers and groups compare parks with one another; the standards are those of the
zero-carbon parks of 2025, by size class, and HJ 274-2015.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from pathway_models.core import PathwayError
from pathway_models.fleet.fleet_results import REGION
from pathway_models.intake.rules import Requirement
from pathway_models.inventory.accounts import take_inventory
from pathway_models.inventory.indicators import CLASSES, indicators, total_energy
from pathway_models.records import Park

#: Indicators and their units, and those compared on a logarithmic scale.
INDICATORS = {
    "emissions_per_value_added": "tCO2 per million CNY",
    "energy_per_value_added": "tce per million CNY",
    "emissions_per_tce": "tCO2/tce",
    "coal_share": "share of energy",
    "emissions_growth": "log a year",
}
LOGARITHMIC = ("emissions_per_value_added", "energy_per_value_added", "emissions_per_tce")
#: Robust distance above which a value is called an outlier (Iglewicz and Hoaglin 1993; from background knowledge).
OUTLIER = 3.5
#: Fewest parks, itself counted, for a comparison with the kind, and for one of a real park with real ones only.
ENOUGH = 5


def benchmark(parks: Iterable[Park]) -> pd.DataFrame:
    """Compute the indicators of each park's last observed year, and its robust distance from its kind.

    Parks of one kind have the same industry, so that a cement park is no outlier beside electronics.

    Returns
    -------
    DataFrame
        One row a park: park_id, kind, archetype, invented, year, compared_with (number of parks, itself included), then
        `INDICATORS` (NaN where the table lacks an input) and ``<indicator>_distance``, NaN where fewer
        than five parks are of the kind, or three have the indicator.
    """
    table = pd.DataFrame([_row(park) for park in parks])
    if table.empty:
        raise PathwayError("no park to compare")
    kinds = [_peers(table, at) for at in range(len(table))]
    table["compared_with"] = [int(peers.sum()) for peers in kinds]
    for name in INDICATORS:
        scaled = _scaled(table, name)
        table[f"{name}_distance"] = [
            _distance(scaled[at], scaled[peers]) if peers.sum() >= ENOUGH else np.nan for at, peers in enumerate(kinds)
        ]
    return table


def _scaled(table: pd.DataFrame, name: str) -> np.ndarray:
    """Transform an indicator to its scale of comparison; NaN where it is missing or has no logarithm."""
    values = table[name].to_numpy(float)
    if name not in LOGARITHMIC:
        return values
    return np.log(values, out=np.full(values.size, np.nan), where=values > 0)


def _row(park: Park) -> dict[str, object]:
    """Compute the indicators of one park."""
    total = take_inventory(park).total()
    last, first = float(total[-1]), float(total[0])
    tce = total_energy(park)[park.last_observed_year]
    value = _value_added(park)
    coal = [c for c, group in enumerate(park.groups) if group == "coal"]
    used = float(park.energy[..., -1].sum())
    span = int(park.years[-1] - park.years[0])
    return {
        "park_id": park.park_id,
        "kind": park.kind,
        "archetype": park.archetype,
        "invented": park.invented,
        "year": park.last_observed_year,
        "emissions": last,
        "value_added": value,
        "emissions_per_value_added": last / value if value > 0 else np.nan,
        "energy_per_value_added": tce / value if value > 0 else np.nan,
        "emissions_per_tce": last / tce if tce > 0 else np.nan,
        "coal_share": float(park.energy[:, coal, -1].sum()) / used if used > 0 else np.nan,
        "emissions_growth": np.log(last / first) / span if span and last > 0 and first > 0 else np.nan,
    }


def _value_added(park: Park) -> float:
    """Sum value added in the last observed year, million CNY; NaN where it does not cover the whole."""
    kinds = {kind for kind in park.activity_kinds if kind != "population"}
    # ASSUME: the GDP of a region's sectors is that of the whole region, also where other sectors are told by output or
    # an index: their value added is in the GDP of industry. Value added of some sectors of a park is not the park's.
    whole = kinds <= {"value_added", "gdp"} or (park.kind == REGION and "gdp" in kinds)
    economic = [s for s, kind in enumerate(park.activity_kinds) if kind in ("value_added", "gdp")]
    return float(park.activity[economic, -1].sum()) if whole and economic else np.nan


def _peers(table: pd.DataFrame, at: int) -> np.ndarray:
    """Select parks of the same kind and industry; real ones only for a real park where there are enough."""
    same = (table[["kind", "archetype"]] == table[["kind", "archetype"]].iloc[at]).all(axis=1).to_numpy()
    real = same & ~table["invented"].to_numpy(bool)
    return real if not table["invented"].iloc[at] and real.sum() >= ENOUGH else same


def _distance(value: float, peers: np.ndarray) -> float:
    """Return the robust distance 0.6745 (x - median) / MAD of a value from its peers."""
    known = peers[np.isfinite(peers)]
    if not np.isfinite(value) or known.size < 3:
        return np.nan
    middle = float(np.median(known))
    spread = float(np.median(np.abs(known - middle)))
    return 0.6745 * (value - middle) / spread if spread > 0 else np.nan


def outliers(table: pd.DataFrame) -> pd.DataFrame:
    """List values far from their kind: park_id, indicator, value, unit, distance; the farthest first."""
    rows = [
        {
            "park_id": row["park_id"],
            "indicator": name,
            "value": row[name],
            "unit": unit,
            "distance": row[f"{name}_distance"],
        }
        for _, row in table.iterrows()
        for name, unit in INDICATORS.items()
        if abs(row[f"{name}_distance"]) > OUTLIER
    ]
    found = pd.DataFrame(rows, columns=["park_id", "indicator", "value", "unit", "distance"])
    return found.iloc[np.argsort(-found["distance"].abs().to_numpy(float), kind="stable")].reset_index(drop=True)


def groups(table: pd.DataFrame, count: int, indicators: Sequence[str] = tuple(INDICATORS)) -> pd.Series:
    """Group like parks by Ward's method on standardised indicators.

    Parameters
    ----------
    table : DataFrame
        From `benchmark`.
    count : int
        Number of groups, at most as many as parks that have all the indicators, where any has.
    indicators : sequence of str

    Returns
    -------
    Series of Int64
        Group of each park, numbered from 1 by falling size and then by name; missing where an indicator is, so that
        all are missing where no park has every indicator.

    Raises
    ------
    PathwayError
        More groups than parks to group, or an indicator that does not exist.
    """
    unknown = [name for name in indicators if name not in INDICATORS]
    if unknown:
        raise PathwayError(f"no indicator {', '.join(map(repr, unknown))}; there are {', '.join(INDICATORS)}")
    values = np.stack([_scaled(table, name) for name in indicators], axis=1)
    complete = np.isfinite(values).all(axis=1)
    found = pd.Series(pd.NA, index=table.index, dtype="Int64", name="group")
    if count >= 1 and not complete.any():
        return found
    if not 1 <= count <= complete.sum():
        raise PathwayError(f"{count} groups of {int(complete.sum())} parks that have {', '.join(indicators)}")
    found[complete] = _ward(values[complete], count, table["park_id"][complete].tolist())
    return found


def _ward(values: np.ndarray, count: int, names: Sequence[str]) -> np.ndarray:
    """Group rows by Ward's method; groups are numbered by falling size and then by their first name."""
    # Deferred: it takes half a second to load, and most fleets are not grouped.
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(values) == 1:
        return np.ones(1, dtype=int)
    spread = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    labels = fcluster(linkage(scaled, "ward"), count, "maxclust")
    order = sorted(
        set(labels.tolist()),
        key=lambda label: (-int((labels == label).sum()), min(np.array(names)[labels == label])),
    )
    return np.array([order.index(label) + 1 for label in labels.tolist()])


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


def compare_with_standards(parks: Iterable[Park]) -> pd.DataFrame:
    """Compare the last value of every indicator with its standard; regions are left out, as standards are for parks.

    Returns
    -------
    DataFrame
        One row a park and indicator, columns `COLUMNS`: asked is the requirement as its table states it, limit its
        number, times the value over the limit, size_class the lower end in tce a year (missing below all classes).
        Limit, times and met are missing where the requirement is background knowledge or no single number: a text
        that was not seen is shown and never judged.
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
    """Read a requirement as (is an upper limit, its number); None where it may not or cannot be judged.

    Examples
    --------
    >>> limit_of(Requirement("ndrc_2025_910", "", "at most; core 0.2", "tCO2/tce", "seen"))
    (True, 0.2)
    """
    found = STATED.fullmatch(requirement.text.strip())
    if found is None or not requirement.is_trusted:
        return None
    return found[1] in ("at most", "<="), float(found[2])
