"""Figures of hindcasts: skill and coverage by horizon, calibration, and the reliability of peak probabilities."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.figures import marks, style
from pathway_models.figures.canvas import FAINT, LEGEND, put_note, put_title, sheet
from pathway_models.hindcast.evaluation import Hindcast
from pathway_models.hindcast.matching import name_of, of_regions
from pathway_models.intake.naming import region_name
from pathway_models.intake.panels import Panel
from pathway_models.language import say

#: Colours of the bands of 50, 80 and 90 %, and of horizons.
BANDS = {50: "#9CCBE8", 80: "#0072B2", 90: "#000000"}
#: Coverage required of 90 % bands.
ASKED = (0.86, 0.94)
HORIZONS = (1, 5, 10)
#: Forecasts below which a frequency is drawn hollow and unconnected.
FEW = 20
#: Colour and mark of each status of the observed-peak test.
STATUSES = {
    "peaked": ("#009E73", "o"),
    "rising": ("#D55E00", "^"),
    "plateau": ("#E69F00", "s"),
    "unknown": ("#8C8C8C", "."),
}


def _cases(table: pd.DataFrame, law: str, record: int, holdout: str | None) -> tuple[pd.DataFrame, list[str]]:
    rows = of_regions(table[(table["law"] == law) & (table["record"] == record)])
    if holdout is not None:
        rows = rows[rows["holdout"] == holdout]
    return rows, list(dict.fromkeys(rows["panel"]))


def origins(cast: Hindcast, panel: Panel, entity: str, every: int = 3, *, lang: str = "en") -> Figure:
    """Draw forecasts of one region from rolling origins beside the outcome: centre and 90 % band of each.

    Parameters
    ----------
    cast : Hindcast
    panel : Panel
        The one it was made of.
    entity : str
        Region of the panel.
    every : int
        Years between the origins that are drawn.
    lang : {"en", "zh"}
    """
    at = panel.entities.index(entity)
    own = np.flatnonzero(cast.windows.entity == at)
    own = own[(cast.windows.origin[own] - cast.windows.origin[own].min()) % every == 0]
    figure, (ax,) = sheet(lang, (8.0, 4.0), head=0.75, left=0.09, foot=0.5)
    observed = panel.values["emissions_tco2"][at] / 1e6
    for place, colour in zip(own, np.resize(style.OKABE_ITO[1:], own.size), strict=True):
        origin = int(cast.windows.origin[place])
        steps = np.arange(0, cast.windows.change.shape[1] + 1)
        start = observed[origin - int(panel.years[0])]
        forecast = cast.forecast.take(np.array([place]))
        centre, width = (np.r_[0.0, values[0]] for values in (forecast.centre, forecast.half_width(0.9)))
        inside = origin + steps <= panel.years[-1]
        low, middle, high = (start * np.exp(centre + sign * width)[inside] for sign in (-1, 0, 1))
        ax.fill_between(origin + steps[inside], low, high, color=colour, alpha=0.13, linewidth=0)
        ax.plot(origin + steps[inside], middle, color=colour, linewidth=1.1, linestyle="dashed")
        ax.plot(origin, start, "o", color=colour, markersize=5)
    ax.plot(panel.years, observed, color="black", linewidth=1.8, label=say(lang, en="outcome", zh="实际"))
    ax.set_ylim(0, 2.2 * np.nanmax(observed))
    ax.set_ylabel(say(lang, en="Mt CO₂ a year", zh="百万tCO₂/年"))
    ax.legend(loc="upper left", **LEGEND)
    record = cast.windows.record
    put_title(
        figure,
        region_name(entity, lang),
        say(
            lang,
            en=f"Forecasts from {record}-year records, one colour per origin: centre and 90 % band",
            zh=f"以{record}年记录作出的预测，每种颜色为一个起报年：中心线与90%区间",
        ),
    )
    return figure


def skill(
    summary: pd.DataFrame,
    law: str = "own",
    record: int = 5,
    holdout: str = "region",
    rivals: Sequence[str] = ("persistence", "log_trend"),
    *,
    lang: str = "en",
) -> Figure:
    """Draw CRPS skill by years ahead, axes a rival, a line a panel; above zero the law is better.

    Parameters
    ----------
    summary : DataFrame
        As `intake.panels.read_hindcasts` returns it.
    law, record, holdout
        Which rows.
    rivals : sequence of str
    lang : {"en", "zh"}
    """
    rows, panels = _cases(summary, law, record, holdout)
    figure, axes = sheet(lang, (8.0, 3.7), columns=(1.0,) * len(rivals), head=0.8, foot=0.75, left=0.09)
    for ax, rival in zip(axes, rivals, strict=True):
        for panel, colour in zip(panels, style.OKABE_ITO[1:], strict=False):
            of = rows[rows["panel"] == panel]
            ax.plot(of["horizon"], of[f"skill_{rival}"], "o-", markersize=3.5, color=colour, label=name_of(panel, lang))
        ax.axhline(0, color="black", linewidth=0.9)
        ax.set_title(say(lang, en=f"against {name_of(rival, lang)}", zh=f"对比{name_of(rival, lang)}"), size="medium")
        _ahead(ax, lang)
    axes[0].set_ylabel(say(lang, en="CRPS skill", zh="CRPS技巧评分"))
    axes[0].legend(loc="upper left", **LEGEND)
    put_title(figure, say(lang, en="Is the forecast better than its rivals?", zh="预测优于对照方法吗？"),
              _which(law, record, holdout, lang))  # fmt: skip
    return figure


def coverage(summary: pd.DataFrame, law: str = "own", record: int = 5, *, lang: str = "en") -> Figure:
    """Draw the share of outcomes inside the bands by years ahead: a row a hold-out, a column a panel; dotted: nominal.

    Parameters
    ----------
    summary : DataFrame
    law, record
        Which rows.
    lang : {"en", "zh"}
    """
    rows, panels = _cases(summary, law, record, None)
    holdouts = list(dict.fromkeys(rows["holdout"]))
    size = (8.0, 1.7 + 1.9 * len(holdouts))
    figure, axes = sheet(lang, size, rows=(1.0,) * len(holdouts), columns=(1.0,) * len(panels), head=0.85, foot=0.95,
                         left=0.09, hspace=0.14)  # fmt: skip
    for at, (holdout, panel) in enumerate((one, two) for one in holdouts for two in panels):
        ax, of = axes[at], rows[(rows["holdout"] == holdout) & (rows["panel"] == panel)]
        ax.axhspan(*ASKED, color="#E8E8E8", linewidth=0, zorder=0)
        for level, colour in BANDS.items():
            label = say(lang, en=f"{level} % band", zh=f"{level}%区间")
            ax.plot(of["horizon"], of[f"coverage_{level}"], "o-", markersize=3, color=colour, label=label)
            ax.axhline(level / 100, color=colour, linewidth=0.8, linestyle="dotted")
        ax.set_ylim(0, 1)
        if at < len(panels):
            ax.set_title(name_of(panel, lang), size="medium")
        if at % len(panels) == 0:
            ax.set_ylabel(name_of(holdout, lang))
        if at >= len(panels) * (len(holdouts) - 1):
            _ahead(ax, lang)
    axes[0].legend(loc="lower left", **LEGEND)
    put_title(figure, say(lang, en="Do the bands cover what they claim?", zh="区间的覆盖率与名义值一致吗？"),
              _which(law, record, None, lang))  # fmt: skip
    note = say(
        lang,
        en="Share of outcomes inside the band. Dotted: nominal; grey: 86-94 %, required of 90 % bands.",
        zh="落入区间的结果占比。虚线为名义值；灰带为90%区间应达到的86%—94%。",
    )
    put_note(figure, note, lang)
    return figure


def calibration(
    deciles: pd.DataFrame,
    law: str = "own",
    record: int = 5,
    holdout: str = "region",
    horizons: Sequence[int] = HORIZONS,
    *,
    lang: str = "en",
) -> Figure:
    """Draw the share of outcomes below each decile of their forecast, a column a panel; diagonal when calibrated.

    Parameters
    ----------
    deciles : DataFrame
    law, record, holdout
        Which rows.
    horizons : sequence of int
        Years ahead.
    lang : {"en", "zh"}
    """
    rows, panels = _cases(deciles, law, record, holdout)
    figure, axes = sheet(lang, (8.0, 3.6), columns=(1.0,) * len(panels), head=0.8, foot=0.75, left=0.09)
    edges = np.linspace(0, 1, 11)
    for ax, panel in zip(axes, panels, strict=True):
        ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1.0)
        for horizon, colour in zip(horizons, style.OKABE_ITO, strict=False):
            of = rows[(rows["panel"] == panel) & (rows["horizon"] == horizon)]
            if len(of):
                shares = of[[f"decile_{at}" for at in range(1, 11)]].to_numpy()[0]
                label = say(lang, en=f"{horizon} year{'s' if horizon > 1 else ''} ahead", zh=f"提前{horizon}年")
                ax.plot(edges, np.r_[0, np.cumsum(shares)], "o-", markersize=3, color=colour, label=label)
        ax.set_title(name_of(panel, lang), size="medium")
        ax.set_xlabel(say(lang, en="forecast probability", zh="预测概率"))
        ax.set_aspect("equal")
    axes[0].set_ylabel(say(lang, en="share of outcomes below", zh="低于该值的结果占比"))
    axes[0].legend(loc="lower right", **LEGEND)
    put_title(figure, say(lang, en="Do outcomes fall where the forecast says?", zh="结果是否落在预测所述之处？"),
              _which(law, record, holdout, lang))  # fmt: skip
    return figure


def peak_reliability(
    reliability: pd.DataFrame,
    events: pd.DataFrame,
    law: str = "parks_0_2",
    holdout: str = "region",
    *,
    lang: str = "en",
) -> Figure:
    """Draw the reliability of probabilities of the law in force, and in pale colours of an earlier law.

    Numbers count the forecasts of the law in force; frequencies of fewer than `FEW` forecasts are hollow.

    Parameters
    ----------
    reliability : DataFrame
        Of the earlier law: probability of having peaked (`read_hindcasts("reliability")`).
    events : DataFrame
        Of the law in force: probability of peaking before a year (`read_hindcasts("event_reliability")`).
    law, holdout
        Which rows of the earlier law.
    lang : {"en", "zh"}
    """
    now = events[events["cases"] == "all"]
    rows = reliability[(reliability["law"] == law) & (reliability["holdout"] == holdout)]
    rows = rows[rows["ahead"] == rows["ahead"].max()]
    panels = list(dict.fromkeys(now["panel"]))
    figure, axes = sheet(lang, (8.0, 3.5), columns=(1.0,) * len(panels), head=0.98, foot=0.98, left=0.09)
    for ax, panel in zip(axes, panels, strict=True):
        ax.plot([0, 1], [0, 1], color=FAINT, linewidth=1.0)
        for of, colour, line in (
            (rows[rows["panel"] == panel], style.WITHOUT, "dashed"),
            (now[now["panel"] == panel], style.WITH, "solid"),
        ):
            label = say(lang, en="the law in force", zh="现行模型") if line == "solid" else name_of(law, lang)
            many, few = of[of["forecasts"] >= FEW], of[of["forecasts"] < FEW]
            look = {"color": colour, "markersize": 4}
            ax.plot(many["forecast"], many["frequency"], "o", linestyle=line, label=label, **look)
            ax.plot(few["forecast"], few["frequency"], "o", markerfacecolor="white", **look)
        for x, y, count in zip(of["forecast"], of["frequency"], of["forecasts"], strict=True):
            place = {"textcoords": "offset points", "size": "xx-small", "color": colour, "va": "center"}
            ax.annotate(f"{count}", (x, y), (6, -5), ha="left", **place)
        ax.set_xlim(0, 1.02)
        ax.set_ylim(-0.03, 1.03)
        ax.set_title(name_of(panel, lang), size="medium")
        ax.set_xlabel(say(lang, en="forecast probability", zh="预测概率"))
    axes[0].set_ylabel(say(lang, en="frequency", zh="实际频率"))
    marks.key_row(axes[0], marks.entries_of(axes[0])[::-1], above=22)
    title = say(lang, en="Did events given 30 % occur 30 % of the time?", zh="预测为30%的事件，是否有30%发生？")
    put_title(figure, title)
    note = say(
        lang,
        en="The law in force: does it peak before the given year? The version 0.2 law, faint: had it peaked within"
        f" {rows['ahead'].max()} years? Shown where it was tested, regions held out.",
        zh=f"现行模型：是否在给定年份以前达峰；0.2版模型（虚线）：{rows['ahead'].max()}年内是否达峰，仅在其检验过的面板，留出地区。",
    )
    put_note(figure, note, lang)
    return figure


def error_rates(results: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw the miss rate of the observed-peak test at each series' own noise and length, by its status.

    Parameters
    ----------
    results : DataFrame
        As `peaks.judging.observed_peaks` gives it.
    lang : {"en", "zh"}
    """
    able = results[results["p_peaked"].notna()]
    figure, axes = sheet(lang, (8.0, 3.8), columns=(1.0, 1.0), head=0.75, foot=0.75, left=0.09)
    declines = ((2, "miss_2"), (3, "miss_3"))
    for ax, (percent, column) in zip(axes, declines, strict=True):
        for status, (colour, marker) in STATUSES.items():
            of = able[able["status"] == status]
            label = f"{name_of(status, lang)} ({len(of)})"
            ax.plot(100 * of["noise"], 100 * of[column], marker, color=colour, markersize=4.5, alpha=0.8, label=label)
        ax.set_title(say(lang, en=f"decline of {percent} % a year", zh=f"年降{percent}%"), size="medium")
        ax.set_xlabel(say(lang, en="noise of the series, %", zh="序列波动，%"))
        ax.set_ylim(-3, 103)
    axes[0].set_ylabel(say(lang, en="declines missed, %", zh="未被识别的下降，%"))
    axes[1].legend(loc="lower right", **LEGEND)
    title = say(
        lang, en="How many declines would the test miss in these records?", zh="在这些记录中，检验会漏掉多少下降？"
    )
    put_title(figure, title, say(lang, en="One dot per series", zh="每点为一个序列"))
    return figure


def _ahead(ax: Axes, lang: str) -> None:
    ax.set_xlabel(say(lang, en="years ahead", zh="提前年数"))
    ax.set_xticks([1, 5, 10, 15])


def _which(law: str, record: int, holdout: str | None, lang: str) -> str:
    hidden = "" if holdout is None else say(lang, en=f", {name_of(holdout, lang)}", zh=f"，{name_of(holdout, lang)}")
    return say(lang, en=f"{name_of(law, lang)}, {record}-year records{hidden}",
               zh=f"{name_of(law, lang)}，{record}年记录{hidden}")  # fmt: skip
