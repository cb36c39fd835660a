"""Figures of the decision and of the doubt: contributions, cost and probability, abatement costs, drivers."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pathway_models.decisions.decision import Candidate, Decision
from pathway_models.decisions.records import OUTPUTS, Attribution, Macc, Sensitivity, Worth
from pathway_models.decisions.tables import output_name, player_name
from pathway_models.figures.canvas import (
    DARK,
    FAINT,
    LEGEND,
    MARK,
    emissions_axis,
    mark_year,
    put_note,
    put_title,
    sheet,
    wrapped,
    years_axis,
)
from pathway_models.intake.names import headline, scenario_name
from pathway_models.language.rounding import scale_of
from pathway_models.language.words import say
from pathway_models.records.park import Park

#: Colours of the seven families in their order; neighbours differ in brightness, so that grey print keeps them apart.
PLAYER_COLOURS = ("#3B3B3B", "#9CCBE8", "#0072B2", "#F0C27B", "#D55E00", "#8FD3BF", "#CC79A7")

#: An input alone, and with interactions.
ALONE, WHOLE = "#9CCBE8", "#0072B2"
READING_TITLES = {
    "stand_alone": (
        "Abatement costs, each measure by itself (overlaps counted twice)",
        "减排成本：单独措施（重叠重复计）",
    ),
    "retrospective": ("Abatement costs, each measure on top of the cheaper ones", "减排成本：按成本次序叠加"),
    "shapley": ("Abatement costs, Shapley shares (no order)", "减排成本：Shapley分摊（与次序无关）"),
}
#: Share of the width of a curve within which two numbers would touch.
NARROW = 0.035
#: A block whose cost is not known.
NO_HEIGHT = {"facecolor": "none", "edgecolor": DARK, "hatch": "////"}
#: Longest line of a label beside an axis or in a legend; a Chinese character counts twice.
LABEL_WIDTH = 30


def label(name: str) -> str:
    """Break a name over lines that fit beside an axis."""
    return wrapped(name, LABEL_WIDTH if name.isascii() else LABEL_WIDTH // 2)


def player_fills(count: int) -> list[tuple[str, str]]:
    """Choose a colour and hatch for each player; beyond seven the colours come again, hatched."""
    return [(PLAYER_COLOURS[at % 7], ("", "////", "....")[at // 7 % 3]) for at in range(count)]


def wedges(found: Attribution, *, lang: str = "en") -> Figure:
    """Draw wedges: emissions that each family or lever avoids, year by year.

    Means over members add up; a wedge of a lever that raises emissions lies above the line it starts from.
    """
    figure, (ax,) = sheet(lang, (8.0, 4.6), foot=0.75, right=0.68)
    years, count = found.years, found.years.size
    without, scale = found.without[:count], scale_of(float(found.without[:count].max()), lang)
    upper = without.copy()
    for at, (colour, hatch) in enumerate(player_fills(len(found.players))):
        lower = upper - found.shares[at, :count]
        if np.abs(found.shares[at, :count]).max() > 1e-9 * without.max():
            ax.fill_between(
                years, lower / scale.divisor, upper / scale.divisor, facecolor=colour, hatch=hatch, edgecolor="white",
                linewidth=0.3, label=label(player_name(found, at, lang)),
            )  # fmt: skip
        upper = lower
    ax.plot(
        years, without / scale.divisor, color="black", linestyle="dashed", label=say(lang, en="no lever", zh="无措施")
    )
    ax.plot(years, upper / scale.divisor, color="black", linewidth=2.0, label=scenario_name(found.scenario, lang))
    emissions_axis(ax, scale, lang)
    years_axis(ax, int(years[0]), int(years[-1]))
    mark_year(ax, found.before, lang)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), **LEGEND)
    line = say(lang, en="What each measure takes off, mean of members", zh="各类措施的减排贡献（模拟均值）")
    put_title(figure, headline(found.identity, lang), line)
    note = say(
        lang,
        en="Shapley shares: they add up and do not depend on an order. Means are over the central 90 % of members.",
        zh="Shapley分摊：各项之和等于总量，与次序无关。排放均值取中间90%的模拟结果。",
    )
    put_note(figure, note, lang)
    return figure


def years_gained(found: Attribution, *, lang: str = "en") -> Figure:
    """Draw the years each player brings the peak forward, and the probability it wins."""
    figure, (left, right) = sheet(lang, (8.0, 0.36 * len(found.players) + 1.9), columns=(1, 1), foot=0.95, left=0.27)
    place = np.arange(len(found.players))[::-1]
    for ax, quantity, factor in ((left, "years_gained", 1.0), (right, "probability", 100.0)):
        column = found.column(quantity)
        values = factor * found.shares[:, column]
        error = None if found.standard_error is None else factor * found.standard_error[:, column]
        ax.barh(place, values, xerr=error, color=PLAYER_COLOURS[2], height=0.65, ecolor=DARK)
        for at, value in zip(place, values, strict=True):
            ax.annotate(
                f"{value:+.1f}", (max(value, 0.0), at), (4, 0), textcoords="offset points", va="center", size="small"
            )
        ax.axvline(0, color="black", linewidth=0.8)
        ax.margins(x=0.18)
    left.set_yticks(place, [label(player_name(found, at, lang)) for at in range(len(found.players))])
    left.grid(axis="y", visible=False)
    left.set_xlabel(say(lang, en="years gained on the peak", zh="达峰提前，年"))
    year = found.before
    right.set_xlabel(say(lang, en=f"points of P(peak before {year})", zh=f"{year}年前达峰概率，百分点"))
    gained, won = found.whole()[[found.column("years_gained"), found.column("probability")]]
    line = say(
        lang,
        en=f"Together {gained:.1f} years and {100 * won:+.0f} points",
        zh=f"合计提前{gained:.1f}年，概率{100 * won:+.0f}个百分点",
    )
    put_title(figure, headline(found.identity, lang), line)
    share = 100 * found.censored[0]
    note = say(
        lang,
        en=f"Shapley shares. Without levers {share:.0f} % of members have no peak by {found.years[-1]}; they count as"
        f" {found.years[-1] + 1}, so that years gained are a lower bound.",
        zh=f"Shapley分摊。无措施时{share:.0f}%的模拟结果至{found.years[-1]}年未达峰，按{found.years[-1] + 1}年计，"
        "提前年数为下限。",
    )
    put_note(figure, note, lang)
    return figure


def cost_front(decision: Decision, *, lang: str = "en") -> Figure:
    """Draw the cheapest package for every probability, by how many steps of unknown cost it takes."""
    figure, (ax,) = sheet(lang, (8.0, 4.6), foot=0.95)
    steps = sorted({one.steps for one in decision.front})
    shades = {step: str(0.75 * at / max(len(steps) - 1, 1)) for at, step in enumerate(steps)}
    for at, step in enumerate(steps):
        of_step = [one for one in decision.front if one.steps == step]
        ax.plot(
            [_money(one, lang) for one in of_step], [100 * one.p_before for one in of_step], drawstyle="steps-post",
            marker="osDv^<>Xph"[at % 10], markersize=4.5, color=shades[step], linewidth=1.2, label=_steps(step, lang),
        )  # fmt: skip
    best, chosen = decision.closest, ("closest; none reaches it", "最接近，均未达标")
    if decision.reached:
        chosen = ("cheapest that reaches it", "达标的最低成本")
    ax.plot(_money(best, lang), 100 * best.p_before, "o", markersize=13, markerfacecolor="none", markeredgecolor=MARK,
            markeredgewidth=2, label=say(lang, en=chosen[0], zh=chosen[1]))  # fmt: skip
    ax.axhline(100 * decision.target.probability, color=MARK, linestyle=(0, (4, 2)), linewidth=1.2)
    ax.axvline(0, color=FAINT, linewidth=0.8)
    ax.set_ylim(0, 103)
    ax.set_xlabel(say(lang, en="known cost, billion CNY a year", zh="已知成本，亿元/年"))
    before = decision.target.before
    ax.set_ylabel(say(lang, en=f"P(peak before {before}), %", zh=f"{before}年前达峰概率，%"))
    ax.legend(loc="lower left", bbox_to_anchor=(1.0, 0.0), **LEGEND)
    figure.subplots_adjust(right=0.72)
    put_title(figure, headline(decision.identity, lang), say(lang, en="What probability costs", zh="达峰概率与成本"))
    note = say(
        lang,
        en=f"{decision.evaluated:,} packages, {decision.members:,} members. Costs compare only within a line: steps of"
        " unknown cost come on top and are ranked after everything that has a price. Below zero: the energy saved is"
        " worth more than what is paid.",
        zh=f"{decision.evaluated}个组合，{decision.members}次模拟。只有同一条线上的点可以比较成本：成本未知的措施另计，"
        "排在所有有价格的措施之后。负值表示节省的能源价值高于支出。",
    )
    put_note(figure, note, lang)
    return figure


def _money(one: Candidate, lang: str) -> float:
    """Convert the known cost a year to billion CNY in English, 亿元 in Chinese."""
    return one.annualised / {"en": 1000.0, "zh": 100.0}[lang]


def _steps(step: int, lang: str) -> str:
    if step == 0:
        return say(lang, en="whole cost known", zh="成本全部已知")
    return say(lang, en=f"+ {step} steps of unknown cost", zh=f"另有{step}级成本未知")


def abatement_curve(found: Macc, reading: str = "shapley", *, lang: str = "en") -> Figure:
    """Draw one reading of the abatement cost curve; levers of unknown cost are hatched blocks without a height."""
    figure, (ax,) = sheet(lang, (8.0, 5.0), foot=1.0)
    rows = [row for row in found.table(reading) if float(row["tco2_per_year"]) > 0]
    scale = scale_of(sum(float(row["tco2_per_year"]) for row in rows), lang)
    top = max([float(row["cny_p95"]) for row in rows if row["cny_p95"] is not None], default=1.0)
    start, patches, whole = 0.0, [], sum(float(row["tco2_per_year"]) for row in rows) / scale.divisor
    middle = lift = -whole
    for at, (row, (colour, hatch)) in enumerate(zip(rows, player_fills(len(rows)), strict=True)):
        width = float(row["tco2_per_year"]) / scale.divisor
        name = str(row["name_zh"] if lang == "zh" else row["name_en"])
        _block(ax, row, start, width, colour, hatch, top)
        # Numbers of narrow blocks stand above one another, not over one another.
        lift = lift + 10 if start + width / 2 - middle < NARROW * whole else 3
        middle = start + width / 2
        _number(ax, at + 1, (middle, lift), row, top)
        look = {"facecolor": colour, "hatch": hatch, "edgecolor": "white"} if row["cost_known"] else NO_HEIGHT
        patches.append(Patch(label=label(f"{at + 1} {name}"), **look))
        start += width
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xlim(0, start)
    ax.set_ylim(min(ax.get_ylim()[0], 0.0), 1.12 * top)
    ax.set_xlabel(say(lang, en=f"avoided, {scale.unit} a year", zh=f"减排，{scale.unit}/年"))
    year = found.price_year
    ax.set_ylabel(say(lang, en=f"CNY of {year} per tonne", zh=f"元/吨（{year}年价）"))
    ax.legend(handles=patches, loc="center left", bbox_to_anchor=(1.01, 0.5), **LEGEND)
    figure.subplots_adjust(right=0.68)
    en, zh = READING_TITLES[reading]
    put_title(figure, headline(found.identity, lang), say(lang, en=en, zh=zh))
    note = say(
        lang,
        en="Bars: 5-95 % of members. Hatched without a height: cost not known, which is not zero. Area: yearly cost.",
        zh="误差线：5%-95%区间。斜线且无高度：成本未知，并非为零。面积：年成本。",
    )
    put_note(figure, note, lang)
    return figure


def _block(ax: Axes, row: dict[str, object], start: float, width: float, colour: str, hatch: str, top: float) -> None:
    if row["cny_per_tco2"] is None:
        ax.bar(start, 0.06 * top, width, align="edge", linewidth=0.6, **NO_HEIGHT)
        return
    ax.bar(start, float(row["cny_per_tco2"]), width, align="edge", facecolor=colour, hatch=hatch, edgecolor="white")
    middle = start + width / 2
    ax.plot([middle, middle], [float(row["cny_p05"]), float(row["cny_p95"])], color=DARK, linewidth=1.4)


def _number(ax: Axes, number: int, at: tuple[float, float], row: dict[str, object], top: float) -> None:
    height = 0.06 * top if row["cny_per_tco2"] is None else max(float(row["cny_p95"]), 0.0)
    middle, lift = at
    ax.annotate(str(number), (middle, height), (0, lift), textcoords="offset points", ha="center", size="small")


def drivers(found: Sensitivity, park: Park, before: int, *, most: int = 8, lang: str = "en") -> Figure:
    """Draw the strongest inputs for the three outputs side by side, with 90 % intervals."""
    at = OUTPUTS.index("peaked_before")
    order = np.argsort(-found.leading[:, at], kind="stable")[:most]
    place = np.arange(len(order))[::-1]
    figure, axes = sheet(lang, (8.0, 0.42 * len(order) + 1.9), columns=(1, 1, 1), foot=0.95, left=0.3, wspace=0.12)
    names = found.labels_zh if lang == "zh" else found.labels_en
    for ax, column in zip(axes, range(len(OUTPUTS)), strict=True):
        low, high = found.first_low[order, column], found.first_high[order, column]
        shift = 0.0 if found.total is None else 0.19
        _bars(ax, place + shift, found.first[order, column], low, high, ALONE, say(lang, en="alone", zh="单独"))
        if found.total is not None:
            low, high = found.total_low[order, column], found.total_high[order, column]
            meaning = say(lang, en="with interactions", zh="含交互")
            _bars(ax, place - shift, found.total[order, column], low, high, WHOLE, meaning)
        ax.set_title(output_name(OUTPUTS[column], before, lang), size="medium", loc="left")
        ax.set_xlim(-0.05, 1.1)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.grid(axis="y", visible=False)
    axes[0].set_yticks(place, [label(names[i]) for i in order])
    axes[1].set_xlabel(say(lang, en="share of the variance", zh="方差占比"))
    if found.total is not None:
        axes[2].legend(loc="lower right", **LEGEND)
    put_title(figure, headline(park, lang), say(lang, en="What drives the doubt?", zh="不确定性来自何处？"))
    chance = f"{100 * found.p_before:.0f}"
    note = say(
        lang,
        en=f"{found.runs:,} members; {chance} % of them peak before {before}. Lines: 90 % intervals.",
        zh=f"{found.runs}次模拟，其中{chance}%在{before}年前达峰。线段：90%区间。",
    )
    put_note(figure, note, lang)
    return figure


def _bars(
    ax: Axes, place: np.ndarray, values: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, meaning: str
) -> None:
    ax.barh(place, np.maximum(values, 0.0), height=0.34, color=colour, label=meaning)
    ax.hlines(place, np.clip(low, -0.05, 1.1), np.clip(high, -0.05, 1.1), color=DARK, linewidth=1.2)


def measure_first(found: list[Worth], park: Park, before: int, *, most: int = 10, lang: str = "en") -> Figure:
    """Draw the doubt each input would remove if it were known; those nobody can learn are pale."""
    shown = sorted(found, key=lambda worth: -worth.doubt)[:most]
    place = np.arange(len(shown))[::-1]
    figure, (ax,) = sheet(lang, (8.0, 0.44 * len(shown) + 1.7), foot=0.85, left=0.3)
    for learnt, colour, meaning in (
        (True, WHOLE, say(lang, en="can be learnt", zh="可以获知")),
        (False, FAINT, say(lang, en="cannot be learnt by the park", zh="园区无法获知")),
    ):
        here = [at for at, worth in enumerate(shown) if worth.input.can_be_learnt == learnt]
        ax.barh(place[here], [100 * shown[at].doubt for at in here], color=colour, height=0.65, label=meaning)
    ax.axvline(100 * shown[0].spread, color=DARK, linestyle="dotted", label=say(lang, en="chance alone", zh="随机水平"))
    ax.set_yticks(place, [label(worth.input.label_zh if lang == "zh" else worth.input.label_en) for worth in shown])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(say(lang, en="doubt it would remove, %", zh="可消除的不确定性，%"))
    ax.legend(loc="lower right", **LEGEND)
    line = say(
        lang,
        en=f"What is worth measuring first, for the peak before {before}?",
        zh=f"为判断能否在{before}年前达峰，先测什么？",
    )
    put_title(figure, headline(park, lang), line)
    put_note(figure, say(lang, en="Share of the variance of peaking in time that the input explains by itself.",
                         zh="各输入单独解释的“按时达峰”方差占比。"), lang)  # fmt: skip
    return figure
