"""Figures of decisions and of uncertainty: contributions, cost and probability, abatement costs, drivers."""

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathway_models.decisions.decision import Candidate, Decision
from pathway_models.decisions.records import OUTPUTS, Attribution, Macc, Sensitivity, Worth
from pathway_models.decisions.tables import UNKNOWN, output_name, player_name
from pathway_models.figures import canvas, marks, style
from pathway_models.intake.naming import headline, scenario_name
from pathway_models.language import say, scale_of, significant, word
from pathway_models.records import Park

#: Colours of an input alone, and with interactions.
ALONE, WHOLE = "#9CCBE8", "#0072B2"
READING_TITLES = {
    "stand_alone": (
        "Abatement costs, each measure by itself (overlaps counted twice)",
        "减排成本：单独措施（重叠重复计）",
    ),
    "retrospective": ("Abatement costs, each measure on top of the cheaper ones", "减排成本：按成本次序叠加"),
    "shapley": ("Abatement costs, Shapley shares (order-free)", "减排成本：Shapley分摊（与次序无关）"),
}
#: Share of the largest wedge below which a wedge is invisible.
UNSEEN = 1e-9
#: Height of a row of a curve, and of the space above and below its rows, inches.
ROW, AROUND = 0.31, 1.75
#: Longest line of a label beside an axis or in a legend; a Chinese character counts twice.
LABEL_WIDTH = 30


def label(name: str) -> str:
    """Wrap a name into lines that fit beside an axis."""
    return canvas.wrapped(name, LABEL_WIDTH if name.isascii() else LABEL_WIDTH // 2)


def wedges(found: Attribution, *, lang: str = "en") -> Figure:
    """Draw wedges: emissions that each family or lever avoids, year by year, named at their ends.

    Means over members add up; a wedge of a lever that raises emissions lies above the line it starts from.
    """
    figure, (ax,) = canvas.sheet(lang, (8.0, 4.6), foot=0.75, right=0.68)
    years, count = found.years, found.years.size
    without, scale = found.without[:count], scale_of(float(found.without[:count].max()), lang)
    upper = without.copy()
    named = [(without[-1] / scale.divisor, say(lang, en="no lever", zh="无措施"), "black")]
    for at, (colour, hatch) in enumerate(style.lever_fills(found.families)):
        lower = upper - found.shares[at, :count]
        if np.abs(found.shares[at, :count]).max() > UNSEEN * without.max():
            name = label(player_name(found, at, lang))
            ax.fill_between(
                years, lower / scale.divisor, upper / scale.divisor, facecolor=colour, hatch=hatch, edgecolor="white",
                linewidth=0.3, label=name,
            )  # fmt: skip
            named.append(((lower[-1] + upper[-1]) / 2 / scale.divisor, name, colour))
        upper = lower
    ax.plot(years, without / scale.divisor, color="black", linestyle="dashed")
    ax.plot(years, upper / scale.divisor, color="black", linewidth=2.0)
    named.append(
        (upper[-1] / scale.divisor, scenario_name(found.scenario, lang), canvas.style_of(found.scenario)["color"])
    )
    canvas.emissions_axis(ax, scale, lang)
    canvas.years_axis(ax, int(years[0]), int(years[-1]))
    canvas.mark_year(ax, found.before, lang)
    marks.name_beside(ax, *zip(*named, strict=True))
    columns = {
        player_name(found, at, lang): found.shares[at, :count] / scale.divisor for at in range(len(found.players))
    }
    canvas.tell_years(ax, years.tolist(), columns, word("year_and_unit", lang, unit=scale.unit))
    line = say(lang, en="Reduction by each measure, mean of members", zh="各类措施的减排贡献（模拟均值）")
    canvas.put_title(figure, headline(found.identity, lang), line)
    note = say(
        lang,
        en="Shapley shares: they add up and do not depend on the order. Means are over the central 90 % of members.",
        zh="Shapley分摊：各项之和等于总量，与次序无关。排放均值取中间90%的模拟结果。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def years_gained(found: Attribution, *, lang: str = "en") -> Figure:
    """Draw the years by which each player brings the peak forward, and the probability it gains."""
    figure, (left, right) = canvas.sheet(
        lang, (8.0, 0.36 * len(found.players) + 1.9), columns=(1, 1), foot=0.95, left=0.27
    )
    place = np.arange(len(found.players))[::-1]
    for ax, quantity, factor in ((left, "years_gained", 1.0), (right, "probability", 100.0)):
        column = found.column(quantity)
        values = factor * found.shares[:, column]
        error = None if found.standard_error is None else factor * found.standard_error[:, column]
        colours, hatches = zip(*style.lever_fills(found.families), strict=True)
        look = {"color": colours, "hatch": hatches, "edgecolor": "white", "linewidth": 0, "ecolor": canvas.DARK}
        ax.barh(place, values, xerr=error, height=0.65, **look)
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
    canvas.put_title(figure, headline(found.identity, lang), line)
    share, last = 100 * found.censored[0], found.last_peak_year
    note = say(
        lang,
        en=f"Shapley shares. Without levers {share:.0f} % of members have no peak by {last}; they count as"
        f" {last + 1}, so the years gained are a lower bound.",
        zh=f"Shapley分摊。无措施时{share:.0f}%的模拟结果至{last}年未达峰，按{last + 1}年计，提前年数为下限。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def cost_front(decision: Decision, *, lang: str = "en") -> Figure:
    """Draw the cheapest package for every probability, by its number of steps of unknown cost."""
    figure, (ax,) = canvas.sheet(lang, (8.0, 4.6), foot=0.95, left=0.09)
    steps = sorted({one.steps for one in decision.front})
    shades = {step: str(0.75 * at / max(len(steps) - 1, 1)) for at, step in enumerate(steps)}
    named, stairs = [], []
    for step in steps:
        of_step = [(_money(one, lang), 100 * one.p_before) for one in decision.front if one.steps == step]
        ax.plot(*zip(*of_step, strict=True), drawstyle="steps-post", marker="o", markersize=4.5, color=shades[step],
                linewidth=1.2)  # fmt: skip
        for (x, y), (right, top) in pairwise(of_step):
            stairs += [((x, y), (right, y)), ((right, y), (right, top))]
        named.append((max(of_step, key=lambda point: point[1]), _steps(step, lang), shades[step]))
    best, chosen = decision.closest, ("closest; none reaches it", "最接近，均未达标")
    if decision.reached:
        chosen = ("cheapest that reaches it", "达标的最低成本")
    place = (_money(best, lang), 100 * best.p_before)
    ax.plot(*place, "o", markersize=13, markerfacecolor="none", markeredgecolor=canvas.MARK, markeredgewidth=2)
    named.append((place, say(lang, en=chosen[0], zh=chosen[1]), canvas.MARK))
    asked = 100 * decision.target.probability
    ax.axhline(asked, color=canvas.MARK, linestyle=(0, (4, 2)), linewidth=1.2)
    ax.axvline(0, color=canvas.FAINT, linewidth=0.8)
    shares = [asked, *(100 * one.p_before for one in decision.front)]
    room = max(0.15 * (max(shares) - min(shares)), 3.0)
    ax.set_ylim(max(min(shares) - room, 0.0), min(max(shares) + room, 103.0))
    ax.margins(x=0.1)
    ax.set_xlabel(say(lang, en="known cost, billion CNY a year", zh="已知成本，亿元/年"))
    before = decision.target.before
    ax.set_ylabel(say(lang, en=f"P(peak before {before}), %", zh=f"{before}年前达峰概率，%"))
    places, names, colours = zip(*named, strict=True)
    left, right = ax.get_xlim()
    drawn = [((left, asked), (right, asked)), *stairs]
    marks.name_points(ax, np.array(places), names, colours, drawn)
    canvas.put_title(
        figure, headline(decision.identity, lang), say(lang, en="Probability and its cost", zh="达峰概率与成本")
    )
    note = say(
        lang,
        en=f"{decision.evaluated:,} packages, {decision.members:,} members. Costs can be compared only within a line:"
        " steps of unknown cost come on top and are ranked after everything that has a price. Below zero: the energy"
        " saved is worth more than what is paid.",
        zh=f"{decision.evaluated:,}个组合，{decision.members:,}次模拟。只有同一条线上的点可以比较成本：成本未知的措施另计，"
        "排在所有有价格的措施之后。负值表示节省的能源价值高于支出。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _money(one: Candidate, lang: str) -> float:
    """Convert the known cost a year to billion CNY in English, 亿元 in Chinese."""
    return one.annualised / {"en": 1000.0, "zh": 100.0}[lang]


def _steps(step: int, lang: str) -> str:
    if step == 0:
        return say(lang, en="whole cost known", zh="成本全部已知")
    return say(lang, en=f"+ {step} steps of unknown cost", zh=f"另有{step}级成本未知")


def abatement_curve(found: Macc, reading: str = "shapley", *, lang: str = "en") -> Figure:
    """Draw one reading of the abatement cost curve, a row a lever from the cheapest on: tonnes and cost of each.

    Tonnes begin where those of the cheaper levers end; a lever of unknown cost has tonnes, and no bar of cost.
    """
    rows = found.curve(reading)
    place = np.arange(len(rows))[::-1]
    figure, (left, right) = canvas.sheet(
        lang, (8.0, ROW * len(rows) + AROUND), columns=(1.0, 1.0), head=0.72, foot=0.98, left=0.3, wspace=0.08
    )
    scale = scale_of(sum(float(str(row["tco2_per_year"])) for row in rows), lang)
    tonnes = np.array([float(str(row["tco2_per_year"])) for row in rows]) / scale.divisor
    fills = style.lever_fills([str(row["family"]) for row in rows])
    look = {"color": [colour for colour, _ in fills], "hatch": [hatch for _, hatch in fills], "edgecolor": "white",
            "linewidth": 0, "height": 0.66, "zorder": 2}  # fmt: skip
    starts = np.cumsum(tonnes) - tonnes
    left.barh(place, tonnes, left=starts, **look)
    priced = [at for at, row in enumerate(rows) if row["cny_per_tco2"] is not None]
    costs = {key: np.array([float(str(rows[at][key])) for at in priced])
             for key in ("cny_per_tco2", "cny_p05", "cny_p25", "cny_p75", "cny_p95")}  # fmt: skip
    own = {key: [value[at] for at in priced] if isinstance(value, list) else value for key, value in look.items()}
    right.barh(place[priced], costs["cny_per_tco2"], **own)
    right.hlines(place[priced], costs["cny_p05"], costs["cny_p95"], color=canvas.DARK, linewidth=1.0, zorder=3)
    right.hlines(place[priced], costs["cny_p25"], costs["cny_p75"], color=canvas.DARK, linewidth=2.8, zorder=3)
    names = [label(str(row["name_zh" if lang == "zh" else "name_en"])) for row in rows]
    left.set_yticks(place, names, size="small")
    left.set_ylim(-0.6, len(rows) - 0.4)
    left.set_xlim(0, 1.18 * float(tonnes.sum()))
    _write_costs(right, rows, place, float(costs["cny_p95"].max(initial=0.0)), lang)
    for at, start, amount in zip(place, starts, tonnes, strict=True):
        left.annotate(significant(amount), (start + amount, at), (3, 0), textcoords="offset points", va="center",
                      size="x-small", color=canvas.DARK)  # fmt: skip
    for ax in (left, right):
        ax.axvline(0, color="black", linewidth=0.8)
        ax.grid(axis="y", visible=False)
        ax.tick_params(axis="y", length=0)
        _tell_costs(ax, rows, place, tonnes, scale.unit, lang)
    left.set_xlabel(say(lang, en=f"avoided, added up, {scale.unit} a year", zh=f"累加减排量，{scale.unit}/年"))
    year = found.price_year
    right.set_xlabel(say(lang, en=f"CNY of {year} per tonne", zh=f"元/吨（{year}年价）"))
    en, zh = READING_TITLES[reading]
    canvas.put_title(figure, headline(found.identity, lang), say(lang, en=en, zh=zh))
    note = say(
        lang,
        en="Thin lines: 5-95 % of members; thick lines: the middle half. An unknown cost is not zero: it has no bar.",
        zh="细线：5%-95%区间；粗线：居中一半。成本未知并非为零，不画柱。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _tell_costs(
    ax: Axes, rows: list[dict[str, object]], place: np.ndarray, tonnes: np.ndarray, unit: str, lang: str
) -> None:
    """Describe tonnes and cost of each row on both axes; the table is given once."""
    if hasattr(ax.figure, "told"):
        return
    head = [say(lang, en="measure", zh="措施"), say(lang, en=f"avoided, {unit} a year", zh=f"减排，{unit}/年"),
            say(lang, en="CNY per tonne", zh="元/吨"), "5 %", "95 %"]  # fmt: skip
    told = []
    for row, amount in zip(rows, tonnes.tolist(), strict=True):
        keys = ("cny_per_tco2", "cny_p05", "cny_p95")
        known = row["cny_per_tco2"] is not None
        costs = [significant(float(str(row[key]))) for key in keys] if known else [UNKNOWN[lang], "", ""]
        told.append([str(row["name_zh" if lang == "zh" else "name_en"]), significant(amount), *costs])
    canvas.tell(ax, np.array([(-np.inf, at - 0.5, np.inf, at + 0.5) for at in place]), head, told)


def _write_costs(ax: Axes, rows: list[dict[str, object]], place: np.ndarray, furthest: float, lang: str) -> None:
    """Write the cost of each row after its range, or that it is not known, inside the axes."""
    lowest = min([float(str(row["cny_p05"])) for row in rows if row["cny_p05"] is not None], default=0.0)
    ax.set_xlim(min(1.1 * lowest, 0.0), 1.22 * furthest or 1.0)
    for at, row in zip(place, rows, strict=True):
        known = row["cny_per_tco2"] is not None
        text = significant(float(str(row["cny_per_tco2"]))) if known else UNKNOWN[lang]
        end = max(float(str(row["cny_p95"])), 0.0) if known else 0.0
        ax.annotate(text, (end, at), (4, 0), textcoords="offset points", va="center", size="x-small", color=canvas.DARK)


def drivers(found: Sensitivity, park: Park, before: int, *, most: int = 8, lang: str = "en") -> Figure:
    """Draw the strongest inputs for the three outputs side by side, with 90 % intervals."""
    at = OUTPUTS.index("peaked_before")
    order = np.argsort(-found.leading[:, at], kind="stable")[:most]
    place = np.arange(len(order))[::-1]
    figure, axes = canvas.sheet(
        lang, (8.0, 0.42 * len(order) + 1.9), columns=(1, 1, 1), foot=0.95, left=0.3, wspace=0.12
    )
    names = found.labels_zh if lang == "zh" else found.labels_en
    ends = [part[order] for part in (found.first, found.first_high, found.total, found.total_high) if part is not None]
    # One scale for the three, as wide as the data.
    widest = 1.06 * max(0.05, *(float(part.max()) for part in ends))
    for ax, column in zip(axes, range(len(OUTPUTS)), strict=True):
        low, high = found.first_low[order, column], found.first_high[order, column]
        shift = 0.0 if found.total is None else 0.19
        _bars(ax, place + shift, found.first[order, column], low, high, ALONE, say(lang, en="alone", zh="单独"))
        if found.total is not None:
            low, high = found.total_low[order, column], found.total_high[order, column]
            meaning = say(lang, en="with interactions", zh="含交互")
            _bars(ax, place - shift, found.total[order, column], low, high, WHOLE, meaning)
        ax.set_title(output_name(OUTPUTS[column], before, lang), size="medium", loc="left")
        ax.set_xlim(-0.03 * widest, widest)
        ax.axvline(0, color="black", linewidth=0.8)
        ax.grid(axis="y", visible=False)
    axes[0].set_yticks(place, [label(names[i]) for i in order])
    axes[1].set_xlabel(say(lang, en="share of the variance", zh="方差占比"))
    if found.total is not None:
        axes[2].legend(loc="lower right", **canvas.LEGEND)
    canvas.put_title(figure, headline(park, lang), say(lang, en="Sources of uncertainty", zh="不确定性来自何处？"))
    chance = f"{100 * found.p_before:.0f}"
    note = say(
        lang,
        en=f"{found.runs:,} members; {chance} % of them peak before {before}. Lines: 90 % intervals.",
        zh=f"{found.runs:,}次模拟，其中{chance}%在{before}年前达峰。线段：90%区间。",
    )
    canvas.put_note(figure, note, lang)
    return figure


def _bars(
    ax: Axes, place: np.ndarray, values: np.ndarray, low: np.ndarray, high: np.ndarray, colour: str, meaning: str
) -> None:
    ax.barh(place, np.maximum(values, 0.0), height=0.34, color=colour, label=meaning)
    ax.hlines(place, np.maximum(low, 0.0), np.maximum(high, 0.0), color=canvas.DARK, linewidth=1.2)


def measure_first(found: list[Worth], park: Park, before: int, *, most: int = 10, lang: str = "en") -> Figure:
    """Draw the variance that each input would remove if it were known; inputs that cannot be learnt are pale."""
    shown = sorted(found, key=lambda worth: -worth.doubt)[:most]
    place = np.arange(len(shown))[::-1]
    figure, (ax,) = canvas.sheet(lang, (8.0, 0.44 * len(shown) + 1.7), foot=0.85, left=0.3)
    for learnt, colour, meaning in (
        (True, WHOLE, say(lang, en="can be learnt", zh="可以获知")),
        (False, canvas.FAINT, say(lang, en="cannot be learnt by the park", zh="园区无法获知")),
    ):
        here = [at for at, worth in enumerate(shown) if worth.input.can_be_learnt == learnt]
        ax.barh(place[here], [100 * shown[at].doubt for at in here], color=colour, height=0.65, label=meaning)
    ax.axvline(
        100 * shown[0].spread, color=canvas.DARK, linestyle="dotted", label=say(lang, en="chance alone", zh="随机水平")
    )
    ax.set_yticks(place, [label(worth.input.label_zh if lang == "zh" else worth.input.label_en) for worth in shown])
    ax.grid(axis="y", visible=False)
    ax.set_xlabel(say(lang, en="uncertainty removed, %", zh="可消除的不确定性，%"))
    ax.legend(loc="lower right", **canvas.LEGEND)
    line = say(
        lang,
        en=f"What is worth measuring first, for the peak before {before}?",
        zh=f"为判断能否在{before}年前达峰，先测什么？",
    )
    canvas.put_title(figure, headline(park, lang), line)
    canvas.put_note(figure, say(lang, en="Share of the variance of peaking in time that the input explains by itself.",
                         zh="各输入单独解释的“按时达峰”方差占比。"), lang)  # fmt: skip
    return figure
