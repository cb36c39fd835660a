"""Figures of a new year of data: the plan's band with the report, the deviation by driver, the replay of history."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.figures import canvas, style
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import rounding, say, word
from pathway_models.records import Park
from pathway_models.tracking.records import DRIVERS, TrackingResult

PLAN, SEEN, MORE = style.WITH, "#000000", style.OWN_COLOURS[0]


def driver_name(driver: str, lang: str) -> str:
    """Return the name of a driver of a deviation."""
    names = {
        "activity": ("activity", "活动规模"),
        "energy_per_activity": ("energy per activity", "单位活动能耗"),
        "emissions_per_energy": ("emissions per energy", "单位能源排放"),
    }
    return say(lang, en=names[driver][0], zh=names[driver][1])


def plan_comparison(found: TrackingResult, park: Park | None = None, *, lang: str = "en") -> Figure:
    """Draw the reported years in the plan's band (left), and the deviation of the last by driver (right).

    The title has the name of the park given, else that in the result.
    """
    years = sorted(found.reported)
    band = np.array([found.foreseen[year] for year in years])
    reported = np.array([found.reported[year] for year in years])
    scale = rounding.scale_of(float(max(band.max(), reported.max())), lang)
    figure, (left, right) = canvas.sheet(
        lang, (8.0, 3.9), columns=(1, 1.25), shared_y=False, head=0.98, foot=0.75, wspace=0.62, left=0.1
    )
    place = np.arange(len(years))
    left.vlines(place, band[:, 0] / scale.divisor, band[:, 2] / scale.divisor, color=PLAN, alpha=0.4, linewidth=14,
                label=say(lang, en="90 % of the plan's members", zh="计划的90%区间"))  # fmt: skip
    left.plot(place, band[:, 1] / scale.divisor, "_", color=PLAN, markersize=18, markeredgewidth=2,
              label=say(lang, en="their median", zh="中位数"))  # fmt: skip
    left.plot(
        place, reported / scale.divisor, "D", color=SEEN, markersize=5, label=say(lang, en="reported", zh="报告值")
    )
    left.set_xticks(place, [str(year) for year in years])
    left.set_xlim(-0.7, len(years) - 0.3)
    left.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
    left.set_ylabel(word("per_year", lang, unit=scale.unit))
    left.legend(loc="lower left", bbox_to_anchor=(-0.25, 1.0), ncols=3, **canvas.LEGEND)
    _drivers(right, found, scale.divisor, lang)
    line = say(lang, en=f"{found.known} against the plan “{scenario_name(found.plan, lang)}”",
               zh=f"{found.known}年与计划“{scenario_name(found.plan, lang)}”比较")  # fmt: skip
    canvas.put_title(figure, headline(park or found.identity, lang), line)
    note = say(
        lang,
        en=f"Right: reported minus foreseen, LMDI over members: mean and 5-95 %, {scale.unit}. The means add up to the"
        " whole deviation.",
        zh=f"右：报告值减计划值，逐次模拟LMDI分解的均值与5—95%区间，{scale.unit}；均值之和等于总偏差。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _drivers(ax: Axes, found: TrackingResult, divisor: float, lang: str) -> None:
    parts = [found.deviation[name] / divisor for name in DRIVERS]
    parts.append(np.sum(parts, axis=0))
    names = [driver_name(name, lang) for name in DRIVERS] + [say(lang, en="total", zh="合计")]
    place = np.arange(len(parts))[::-1]
    means = [float(part.mean()) for part in parts]
    ax.barh(place, means, height=0.55, color=[MORE if mean > 0 else PLAN for mean in means])
    for at, part in zip(place, parts, strict=True):
        low, high = np.quantile(part, (0.05, 0.95))
        ax.hlines(at, low, high, color=canvas.DARK, linewidth=1.2)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_yticks(place, names)
    ax.grid(axis="y", visible=False)


def replayed(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw the log score of each region by the last year fed, with the mean, from a table of `replay`."""
    figure, (ax,) = canvas.sheet(lang, (8.0, 4.2), foot=0.85)
    for _, rows in table.groupby("region"):
        ax.plot(rows["known"], rows["log_score"], color="#BDBDBD", linewidth=0.8)
    mean = table.groupby("known")["log_score"].mean()
    label = say(lang, en="mean, updated yearly", zh="逐年更新的均值")
    ax.plot(mean.index, mean, color=PLAN, marker="o", linewidth=2.4, label=label)
    ax.axhline(np.log(0.1), color=canvas.DARK, linestyle="dashed", label=say(lang, en="never updated", zh="不更新"))
    ax.set_xticks(list(mean.index))
    ax.set_xlabel(say(lang, en="last data year", zh="已输入的最后年份"))
    ax.set_ylabel(say(lang, en="log of the probability of the outcome", zh="对实际结果所给概率的对数"))
    ax.legend(loc="upper left", **canvas.LEGEND)
    title = say(lang, en="Do new years of data help? Replay of real history", zh="逐年更新有用吗？真实历史回放")
    canvas.put_title(figure, title)
    note = say(
        lang,
        en="Grey: one line per region. The first forecast is split into tenths; the one with the outcome has a"
        " probability of one tenth (ln 0.1 = -2.30) until something is learnt.",
        zh="灰线：各区域。首次预测十等分，实际结果所在份的概率为十分之一（ln 0.1 = -2.30），直至获得新信息。",
    )
    canvas.put_note(figure, note, lang)
    return figure
