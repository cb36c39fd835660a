"""The report card of a park's baseline as a small table."""

from __future__ import annotations

import pandas as pd

from pathway_models.findings.measured import measured
from pathway_models.presenting.hindcast_words import name_of
from pathway_models.presenting.tables.texts import text_table
from pathway_models.presenting.words import say
from pathway_models.records.park import Park


def report_card(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Measured coverage and skill of forecasts like those of this park, a row a number of years ahead.

    Parameters
    ----------
    park : Park
    lang : {"en", "zh"}

    Returns
    -------
    DataFrame
        Coverage in percent of outcomes; skill is 1 - CRPS / CRPS of the rival.
    """
    found = measured(park)
    heads = [
        say(lang, en=f"{level} % band", zh=f"{level}%区间") for level in (50, 80, 90)
    ] + [
        say(lang, en="90 % band, future held out", zh="90%区间（留出未来）"),
        say(lang, en="skill against persistence", zh="相对持续不变的技巧"),
        say(lang, en="skill against log-trend", zh="相对对数直线趋势的技巧"),
        say(lang, en="forecasts", zh="预测数"),
        say(lang, en="origin years", zh="起报年数"),
    ]  # fmt: skip
    rows = []
    held_out = found.future["coverage_90"].to_dict()
    for horizon, row in found.bands.to_dict("index").items():
        held = held_out.get(horizon)
        shares = [f"{row[f'coverage_{level}']:.0%}" for level in (50, 80, 90)]
        shares.append("" if held is None else f"{held:.0%}")
        texts = [text.replace("%", say(lang, en=" %", zh="%")) for text in shares]
        skills = [f"{row[f'skill_{rival}'] + 0.0:+.2f}" for rival in ("persistence", "log_trend")]
        rows.append((str(horizon), *texts, *skills, f"{row['forecasts']:,.0f}", f"{row['origins']:.0f}"))
    name = say(lang, en=f"years ahead (law {found.version}, {name_of(found.panel, lang)}, {found.record}-year records)",
               zh=f"提前年数（模型{found.version}，{name_of(found.panel, lang)}，{found.record}年记录）")  # fmt: skip
    return text_table(rows, [name, *heads])
