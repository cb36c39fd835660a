"""The summary that others script against: one row a park and scenario, with columns in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pathway_models.accounting.inventory import take_inventory
from pathway_models.findings.gap_analysis import gaps
from pathway_models.findings.peaks import find_peaks
from pathway_models.foundations.errors import Fault, InputError
from pathway_models.intake.parks import read_park
from pathway_models.intake.register import read_register
from pathway_models.presenting.gap_words import plain_text
from pathway_models.projection.projecting import project
from pathway_models.projection.sampling import sample
from pathway_models.records.gaps import Gaps
from pathway_models.records.inventory import Inventory
from pathway_models.records.levers import Scenario
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Columns others rely on: never renamed, never moved; new ones come behind them.
CONTRACT = (
    "park_id",
    "name",
    "kind",
    "invented",
    "scenario",
    "last_observed_year",
    "emissions_last_tco2",
    "peak_status",
    "peak_year_p05",
    "peak_year_p50",
    "peak_year_p95",
    "share_censored",
    "p_peak_before_2030",
    "peak_value_p50_tco2",
    "members",
    "seed",
)
#: The year of the contract's probability, and the one of neutrality.
YEAR = 2030
NEUTRAL = 2060
#: Columns that are numbers.
NUMBERS = (
    "last_observed_year",
    "emissions_last_tco2",
    "share_censored",
    "p_peak_before_2030",
    "p_peak_by_2030",
    "peak_value_p50_tco2",
    "members",
    "seed",
    "until",
    "before",
    "p_peak_before",
    "p_peak_by",
    "neutral",
    "net_p50_tco2",
    "p_net_zero",
)


def summary_rows(
    park: Park,
    peaks: Peaks,
    pathways: Pathways,
    *,
    before: int = YEAR,
    neutral: int = NEUTRAL,
    found: Gaps | None = None,
    inventory: Inventory | None = None,
) -> list[dict[str, object]]:
    """Rows of ``summary.csv`` for one park.

    Parameters
    ----------
    park : Park
    peaks, pathways
        Of this park.
    before, neutral : int
        Year before which emissions shall peak, and in which they shall be net zero.
    found : Gaps, optional
        Those of the park where they are known already; their years take the place of ``before`` and ``neutral``.
    inventory : Inventory, optional
        The park's, where it is known already.

    Returns
    -------
    list of dict
        The columns of `CONTRACT` in their order, then ``p_peak_by_2030``, ``until``, ``tier``,
        ``factor_set``, ``grid_factor`` and ``name_zh``; then what was asked for: ``before``, ``p_peak_before``
        and ``p_peak_by`` that year, ``years_late_p50``, ``neutral``, ``net_p50_tco2`` in that year and
        ``p_net_zero`` (docs/gaps.md).  ``peak_status`` is the most frequent one; peak years and years late are
        texts, ``">2060"`` and ``">31"`` where the quantile lies among members without a peak; net emissions are
        missing where ``neutral`` lies behind the horizon.
    """
    known = {
        "park_id": park.park_id,
        "name": park.name_en,
        "kind": park.kind,
        "invented": park.invented,
        "last_observed_year": park.last_observed_year,
        "emissions_last_tco2": float((inventory or take_inventory(park)).total()[-1]),
        "members": pathways.members,
        "seed": pathways.seed,
        "until": int(pathways.years[-1]),
        "tier": park.tier,
        "factor_set": park.factor_set,
        "grid_factor": park.grid_factor,
        "name_zh": park.name_zh,
    }
    order = (*CONTRACT, f"p_peak_by_{YEAR}", "until", "tier", "factor_set", "grid_factor", "name_zh")
    found = found or gaps(park, pathways, peaks, before, neutral, targets=())
    return [
        {name: (known | row)[name] for name in order} | asked
        for row, asked in zip(peaks.summary(YEAR), _asked(peaks, found), strict=True)
    ]


def _asked(peaks: Peaks, found: Gaps) -> list[dict[str, object]]:
    """What depends on the years asked for, by scenario."""
    before, neutral = found.before, found.neutral
    late, net = found["peak_year"], found["neutrality"]
    columns = zip(
        peaks.p_peaked_by(before - 1),
        peaks.p_peaked_by(before),
        late.quantiles((0.5,))[:, 0],
        net.quantiles((0.5,))[:, 0],
        net.probability(),
        strict=True,
    )
    return [
        {
            "before": before,
            "p_peak_before": float(early),
            "p_peak_by": float(by),
            "years_late_p50": plain_text(late, float(years)),
            "neutral": neutral,
            "net_p50_tco2": float(rest),
            "p_net_zero": float(chance),
        }
        for early, by, years, rest, chance in columns
    ]


def read_summary(path: str | Path) -> pd.DataFrame:
    """Read a run's ``summary.csv``, given itself or its folder.

    Raises
    ------
    InputError
        There is no such file, or a column of the contract is missing.
    """
    path = Path(path)
    file = path / "summary.csv" if path.is_dir() else path
    if not file.is_file():
        fault = Fault(str(path), "run", "", "a results folder with summary.csv", "name a run", code="run_missing")
        raise InputError([fault])
    frame = pd.read_csv(file, encoding="utf-8-sig", dtype="str", keep_default_na=False)
    missing = ", ".join(name for name in CONTRACT if name not in frame)
    if missing:
        fault = Fault(file.name, "line 1", "", f"the columns {missing}", "make the run again", code="summary_columns")
        raise InputError([fault])
    return typed(frame)


def typed(summary: pd.DataFrame) -> pd.DataFrame:
    """Turn the texts of a summary into numbers and truth values; peak years stay texts, for ``">2060"``."""
    made_up = summary["invented"].astype(str).str.lower() == "true"
    numbers = {name: pd.to_numeric(summary[name]) for name in NUMBERS if name in summary}
    return summary.assign(invented=made_up, **numbers)


def summarise_parks(
    parks: Sequence[str],
    scenarios: Mapping[str, Scenario],
    *,
    members: int,
    seed: int,
    until: int = 2060,
) -> pd.DataFrame:
    """Compute the summary of some parks here and now, without notebooks; ``pathways run`` is the full way.

    Parameters
    ----------
    parks : sequence of str
        Ids or paths of tables; none means every park and region of the register that has data.
    scenarios : mapping of Scenario
    members, seed, until : int

    Returns
    -------
    DataFrame
        As `read_summary` gives it.
    """
    rows: list[dict[str, object]] = []
    for name in parks or [entry.park_id for entry in read_register() if entry.has_data]:
        park = read_park(name)
        pathways = project(park, scenarios, sample(park, scenarios, members=members, seed=seed, until=until))
        rows.extend(summary_rows(park, find_peaks(pathways), pathways))
    return pd.DataFrame(rows)


def year_number(text: str) -> float:
    """A peak year of the summary as a number, infinite for ``">2060"``.

    Examples
    --------
    >>> year_number("2031"), year_number(">2060")
    (2031.0, inf)
    """
    return np.inf if str(text).startswith(">") else float(text)
