"""The summary that others script against, one row a park and scenario with columns in a fixed order, and its table."""

import numpy as np
import pandas as pd

from pathway_models.gaps.analysis import gaps
from pathway_models.gaps.sentences import plain_text
from pathway_models.intake.names import park_name, scenario_name
from pathway_models.inventory.account import take_inventory
from pathway_models.language.rounding import emissions_text, share_text
from pathway_models.language.words import INVENTED, say
from pathway_models.records.gaps import Gaps
from pathway_models.records.headline import IF_DRIVERS_HOLD, SHARES
from pathway_models.records.inventory import Inventory
from pathway_models.records.park import Park
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks
from pathway_models.runs.tables import CONTRACT, asked, typed

#: The year of the contract's probability, and the one of neutrality.
YEAR, NEUTRAL = 2030, 2060


def summary_rows(
    park: Park,
    peaks: Peaks,
    pathways: Pathways,
    *,
    before: int = YEAR,
    neutral: int = NEUTRAL,
    found: Gaps | None = None,
    inventory: Inventory | None = None,
    held: Peaks | None = None,
) -> list[dict[str, object]]:
    """Compute the rows of ``summary.csv`` for one park.

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
    held : Peaks, optional
        Those of the same draws if the drivers hold; the columns of that reading are empty without them.

    Returns
    -------
    list of dict
        The columns of `CONTRACT` in their order, then ``p_peak_by_2030``, ``until``, ``tier``,
        ``factor_set``, ``grid_factor`` and ``name_zh``; then those of the years asked for: ``before``,
        ``p_peak_before`` and ``p_peak_by`` that year, ``years_late_p50``, ``neutral``, ``net_p50_tco2`` in that year
        and ``p_net_zero`` (docs/gaps.md); then the headline of 2030 in both readings (docs/headline.md),
        ``peak_parts``, the separate parts of the peak years where there are several, ``country``, ISO 3166, and
        ``bridged_until``, the last year that a nowcast gives (the last observed one where none does), and
        ``peak_year_p25`` and ``peak_year_p75``, between which the middle half of the members peak.  ``peak_status``
        is the most frequent one; peak years and years late are texts, ``">2055"`` and ``">26"`` where the quantile lies
        among members without a peak; net emissions are missing where ``neutral`` lies behind the horizon.
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
    rows = zip(peaks.summary(YEAR), _asked(peaks, found), _if_drivers_hold(peaks, held), strict=True)
    return [
        {name: (known | row)[name] for name in order}
        | asked
        | {name: row[name] for name in (*SHARES, "issue_year", "account")}
        | other
        | {"peak_parts": row["peak_parts"], "country": park.country, "bridged_until": pathways.bridged_until}
        | {"peak_year_p25": peaks.year_text(early), "peak_year_p75": peaks.year_text(late)}
        for (row, asked, other), (early, late) in zip(rows, peaks.quantiles((0.25, 0.75)), strict=True)
    ]


def _if_drivers_hold(peaks: Peaks, held: Peaks | None) -> list[dict[str, float]]:
    """Work out the columns of the other reading, by scenario; missing where it was not projected."""
    if held is None:
        return [dict.fromkeys((f"{name}{IF_DRIVERS_HOLD}" for name in SHARES), np.nan) for _ in peaks.scenarios]
    return [{f"{name}{IF_DRIVERS_HOLD}": row[name] for name in SHARES} for row in held.headline(YEAR)]


def _asked(peaks: Peaks, found: Gaps) -> list[dict[str, object]]:
    """Compute the columns of the years asked for, by scenario."""
    before, neutral = found.before, found.neutral
    late, net = found["peak_year"], found["neutrality"]
    columns = zip(
        [row["p_before"] for row in peaks.headline(before)],
        [row["p_before"] for row in peaks.headline(before + 1)],
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


def year_number(text: str) -> float:
    """Read a peak year of the summary as a number, infinite for ``">2055"``.

    Examples
    --------
    >>> year_number("2031"), year_number(">2055")
    (2031.0, inf)
    """
    return np.inf if str(text).startswith(">") else float(text)


def parks(summary: pd.DataFrame, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate rows of ``summary.csv`` by park id: range of the peak year and share of early peaks by scenario.

    Invented parks carry the mark before their name.
    """
    rows = typed(summary)
    first = rows.drop_duplicates("park_id").set_index("park_id")
    marks = [f"[{INVENTED}] " if made_up else "" for made_up in first["invented"]]
    shown = pd.DataFrame(index=first.index)
    shown[say(lang, en="name", zh="名称")] = [
        mark + park_name(park_id, lang) for mark, park_id in zip(marks, first.index, strict=True)
    ]
    years = first["last_observed_year"].astype(str)
    amounts = first["emissions_last_tco2"].map(lambda value: emissions_text(float(value), lang))
    shown[say(lang, en="last emissions", zh="最近排放")] = amounts + " (" + years + ")"
    chances: dict[str, pd.Series] = {}
    years_of: dict[str, pd.Series] = {}
    for scenario in rows["scenario"].unique():
        part = rows[rows["scenario"] == scenario].set_index("park_id")
        name = scenario_name(scenario, lang)
        ranges = part["peak_year_p50"] + " (" + part["peak_year_p05"] + " – " + part["peak_year_p95"] + ")"
        if "peak_parts" in part:
            ranges = part["peak_parts"].where(part["peak_parts"].fillna("") != "", ranges)
        years_of[say(lang, en=f"peak, {name}", zh=f"达峰年，{name}")] = ranges
        before, early = asked(part)
        told = early.map(lambda share: share_text(float(share), lang))
        chances[say(lang, en=f"before {before}, {name}", zh=f"{before}年以前，{name}")] = told
        if {"p_past", "p_ahead_given_not_past"} <= set(part):
            for key, en, zh in (
                ("p_past", "already past", "已达峰"),
                ("p_ahead_given_not_past", "ahead | not past", "尚可争取"),
            ):
                told = part[key].map(lambda share: "-" if np.isnan(share) else share_text(float(share), lang))
                chances[say(lang, en=f"{en}, {name}", zh=f"{zh}，{name}")] = told
    # The answer first, the peak year second.
    return shown.assign(**chances, **years_of)
