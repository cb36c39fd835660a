"""All parks in one table: a row a park, its peak year under each scenario beside it."""

from __future__ import annotations

import pandas as pd

from pathway_models.presenting.names import park_name, scenario_name
from pathway_models.presenting.rounding import emissions_text, share_text
from pathway_models.presenting.tables.summary import typed
from pathway_models.presenting.words import INVENTED, say


def parks(summary: pd.DataFrame, *, lang: str = "en") -> pd.DataFrame:
    """Show a summary with one row a park: range of the peak year and share of early peaks by scenario.

    Parameters
    ----------
    summary : DataFrame
        Rows of ``summary.csv``.
    lang : {"en", "zh"}

    Returns
    -------
    DataFrame
        Indexed by park id; invented parks carry the mark before their name.
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
    for scenario in rows["scenario"].unique():
        part = rows[rows["scenario"] == scenario].set_index("park_id")
        name = scenario_name(scenario, lang)
        ranges = part["peak_year_p50"] + " (" + part["peak_year_p05"] + " – " + part["peak_year_p95"] + ")"
        shown[say(lang, en=f"peak, {name}", zh=f"达峰年，{name}")] = ranges
        early = part["p_peak_before_2030"].map(lambda share: share_text(float(share), lang))
        shown[say(lang, en=f"before 2030, {name}", zh=f"2030年以前，{name}")] = early
    return shown
