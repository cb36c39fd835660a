"""The chapter on what is to be done: key tasks from the levers of the advised path, with cost and alternatives."""

from __future__ import annotations

from pathway_models.intake.library import read_levers
from pathway_models.presenting import decision_tables
from pathway_models.presenting.decision_sentences import describe
from pathway_models.presenting.decision_words import family_name, option_name
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.report.blocks import Pen
from pathway_models.presenting.report.material import PROBABILITY, Material
from pathway_models.presenting.report.reductions import CONTRIBUTION_YEAR
from pathway_models.presenting.rounding import emissions_text, share_text
from pathway_models.presenting.words import say
from pathway_models.records.levers import Measure

#: The notice's tasks and the families of levers that serve each (section two of the notice).
TASKS = (
    (("structure", "efficiency", "substitution"), "Energy mix, efficiency and industrial"
                                                  " structure", "优化能源结构、能效和产业结构"),
    (("process", "ccus"), "Low-carbon technology", "推动低碳技术创新应用转化"),
    (("management",), "Management platform, education and behaviour", "构建双碳管理平台与绿色低碳宣传教育"),
    (("sinks",), "Carbon sinks", "增加碳汇"),
)  # fmt: skip
#: An avoided amount below this share of the park's emissions is no contribution.
NOTHING = 1e-6


def tasks(pen: Pen, on: Material) -> None:
    """Chapter 5: the levers of the advised path under the notice's tasks, each with what it brings."""
    lang, scenario = on.lang, on.scenarios[on.chosen]
    pen.say(_chosen_from(on))
    if on.decision is not None:
        pen.say(*describe(on.decision, lang=lang))
    brought = _brought(on)
    for families, en, zh in TASKS:
        own = [measure for measure in scenario.measures if measure.lever.family in families]
        if not own:
            continue
        pen.section(say(lang, en=en, zh=zh))
        pen.bullets(_task(on, measure, brought.get(measure.lever.lever_id)) for measure in own)
    if not scenario.measures:
        pen.say(say(lang, en="The path moves no lever.", zh="该路径没有动用任何措施。"))
    if on.decision is not None:
        _packages(pen, on)


def _chosen_from(on: Material) -> str:
    name = scenario_name(on.chosen, on.lang)
    if on.decision is None:
        return say(
            on.lang,
            en=f"No package was searched for. The tasks are the levers of the scenario of this run with the most early"
            f" peaks: {name}.",
            zh=f"未进行措施组合优选。任务取自本次运行中提前达峰成员最多的情景：“{name}”。",
        )
    found = on.decision
    fresh, wanted = found.fresh_members, share_text(PROBABILITY, on.lang)
    goal = (
        say(on.lang, en=f"the cheapest that peaks before {on.before} with at least {wanted}",
            zh=f"能以不低于{wanted}的概率在{on.before}年以前达峰的最低成本组合")
        if found.reached
        else say(on.lang, en=f"the closest to a peak before {on.before} with {wanted}, which none reaches",
                 zh=f"最接近以{wanted}的概率在{on.before}年以前达峰的组合（没有组合达到）")
    )  # fmt: skip
    return say(
        on.lang,
        en=f"The tasks are the levers of the advised package: of {found.packages:,} packages, {goal}. It was searched"
        f" for with {found.members:,} members and tried on {fresh:,} fresh ones; figures of its path in this report"
        f" rest on the run's own {on.pathways.members:,} members.",
        zh=f"任务取自推荐组合：在{found.packages:,}个组合中，{goal}。优选用{found.members:,}个成员，"
        f"并以{fresh:,}个新成员检验；"
        f"本报告中该路径的数值基于本次运行的{on.pathways.members:,}个成员。",
    )


def _brought(on: Material) -> dict[str, tuple[float, float]]:
    """Tonnes avoided and points of probability by lever."""
    found = on.shares("lever")
    if found is None:
        return {}
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    return {
        str(row["player"]): (float(row["avoided_tco2"]), float(row["probability"]))
        for row in found.table(year)
        if row["player"] in found.players
    }


def _task(on: Material, measure: Measure, brought: tuple[float, float] | None) -> str:
    """One lever in a sentence: setting, years, and what it brings in this park."""
    lang, lever, ramp = on.lang, measure.lever, measure.ramp
    name = lever.name_zh if lang == "zh" else lever.name_en
    setting = option_name(measure.setting, lang)
    year = min(CONTRIBUTION_YEAR, int(on.pathways.years[-1]))
    avoided, points = brought or (0.0, 0.0)
    if abs(avoided) < NOTHING * float(on.inventory.total()[-1]):
        effect = say(
            lang,
            en=f"changes no emissions of the total in {year}",
            zh=f"不改变{year}年的排放合计",
        )
    elif avoided < 0:
        effect = say(
            lang,
            en=f"RAISES emissions in {year} by {emissions_text(-avoided, lang)} on average",
            zh=f"使{year}年排放平均增加{emissions_text(-avoided, lang)}",
        )
    else:
        effect = say(
            lang,
            en=f"avoids {emissions_text(avoided, lang)} in {year} on average and changes the probability of a"
            f" peak before {on.before} by {100 * points:+.1f} points",
            zh=f"{year}年平均减排{emissions_text(avoided, lang)}，"
            f"使{on.before}年以前达峰的概率变化{100 * points:+.1f}个百分点",
        )
    return say(
        lang,
        en=f"{name} ({setting}; {ramp.start}-{ramp.complete}): {effect}.",
        zh=f"{name}（{setting}；{ramp.start}—{ramp.complete}年实施）：{effect}。",
    )


def _packages(pen: Pen, on: Material) -> None:
    lang, found = on.lang, on.decision
    pen.section(say(lang, en="Cost and alternatives", zh="成本与备选组合"))
    pen.table(
        say(lang, en="The advised package, alternatives and no lever", zh="推荐组合、备选组合与无措施"),
        decision_tables.packages(found, most=3, lang=lang),
        say(
            lang,
            en=f"Costs at prices of {found.costs.price_year}, beside the bill without levers; below zero: the"
            " energy saved is worth more than what is paid. What has no price is named and never counted as free.",
            zh=f"成本为{found.costs.price_year}年价，相对于无措施时的能源支出；负值表示节省的能源价值高于支出。"
            "没有价格的措施单独列出，绝不按零计。",
        ),
    )
    if found.without_block:
        pen.table(
            say(lang, en="What the package cannot do without", zh="不可或缺的措施"),
            decision_tables.indispensable(found, lang=lang),
        )
    if found.dropped:
        names = say(lang, en=", ", zh="、").join(_dropped(name, lang) for name in found.dropped)
        pen.say(
            say(
                lang,
                en=f"Left out of the search, because they cannot change this park's peak: {names}.",
                zh=f"因不能改变本园区的达峰而未纳入优选：{names}。",
            )
        )


def _dropped(name: str, lang: str) -> str:
    """Name of a block left out of the search: a lever of the library, or a family."""
    levers = read_levers()
    if name in levers:
        return levers[name].name_zh if lang == "zh" else levers[name].name_en
    return family_name(name, lang)
