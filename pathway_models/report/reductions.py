"""Where the reductions of the advised path come from, what is left, and what they do to air pollutants."""

from __future__ import annotations

from pathway_models import plotting, sentences
from pathway_models.cobenefits import sentences as cobenefit_sentences
from pathway_models.cobenefits import tables as cobenefit_tables
from pathway_models.decisions import figures as decision_plots
from pathway_models.decisions import tables as decision_tables
from pathway_models.decisions.records import Attribution
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import change_text
from pathway_models.language.words import say, word
from pathway_models.report.inputs import ReportInputs

#: Year of wedges and contributions, or the last one projected.
CONTRIBUTION_YEAR = 2035


def contributions(pen: ReportBuilder, on: ReportInputs) -> None:
    """What each family of levers takes off, as wedges and as a table."""
    lang, found = on.lang, on.shares("family")
    if found is None:
        pen.say(
            say(
                lang,
                en="The path moves no lever: there is nothing to share out.",
                zh="该路径没有动用任何措施：无可分摊。",
            )
        )
        return
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    told = _told(on, found, year)
    pen.say(told)
    head = say(
        lang,
        en="Wedges of the families of measures between the path without levers and the advised one. ",
        zh="无措施路径与建议路径之间各类措施的减排贡献图。",
    )
    pen.figure(
        say(lang, en="What each family of measures takes off", zh="各类措施的减排贡献"),
        head + told,
        lambda: decision_plots.wedges(found, lang=lang),
    )
    pen.table(
        say(lang, en=f"Contributions by family in {year}", zh=f"{year}年各类措施的贡献"),
        decision_tables.contributions(found, year=year, lang=lang),
        say(
            lang,
            en="Shapley shares: they add up and do not depend on an order. Means over members.",
            zh="Shapley分摊：各项之和等于总量，与次序无关。成员均值。",
        ),
    )


def _told(on: ReportInputs, found: Attribution, year: int) -> str:
    """The largest family, and what all reach together."""
    lang = on.lang
    rows = {str(row["player"]): row for row in found.table(year)}
    together = rows.pop("all")
    avoided = float(together["avoided_tco2"])
    gained, points = float(together["years_gained"]), 100 * float(together["probability"])
    behind = int(found.years[-1]) + 1
    tail = say(
        lang,
        en=f"Together the levers bring the peak forward by {gained:.1f} years on average (a member without a peak"
        f" counts as {behind}); the probability of a peak before {on.before} changes by {points:+.0f} percentage"
        " points.",
        zh=f"全部措施合计使达峰平均提前{gained:.1f}年（没有峰值的成员按{behind}年计），"
        f"使{on.before}年以前达峰的概率变化{points:+.0f}个百分点。",
    )
    if avoided <= 0:
        return tail
    player = max(rows, key=lambda key: float(rows[key]["avoided_tco2"]))
    name = decision_tables.player_name(found, found.players.index(player), lang)
    share = change_text(float(rows[player]["avoided_tco2"]) / avoided, lang, digits=0, sign="-")
    return say(
        lang,
        en=f"In {year} {name} contributes most ({share} of what all levers avoid together). {tail}",
        zh=f"{year}年贡献最大的是“{name}”（占全部措施共同减排的{share}）。{tail}",
    )


def sources(pen: ReportBuilder, on: ReportInputs) -> None:
    """What remains on the advised path, by source, and whether capture pays its own energy."""
    lang, scenario = on.lang, on.chosen
    pen.say(sentences.sources(on.pathways, scenario, lang=lang))
    if any(measure.lever.acts.part == "capture" for measure in on.scenarios[scenario].measures):
        pen.say(sentences.capture(on.pathways, scenario, lang=lang))
    name = scenario_name(scenario, lang)
    pen.figure(
        word("title_sources", lang, scenario=name),
        sentences.describe_sources(on.pathways, scenario, lang=lang),
        lambda: plotting.sources(on.pathways, scenario, before=on.before, lang=lang),
    )


def cobenefits(pen: ReportBuilder, on: ReportInputs) -> None:
    """What the advised path changes of air pollutants; where their factors do not carry it, that it is not told."""
    lang, found = on.lang, on.cobenefits
    if found is None:
        pen.say(
            say(
                lang,
                en="No air pollutant is told: the factors it needs were not seen in a source, and none is used without"
                " consent.",
                zh="不给出大气污染物结果：所需因子未见于来源，未经同意不予采用。",
            )
        )
        return
    year = min(CONTRIBUTION_YEAR, int(found.years[-1]))
    if on.chosen != found.scenarios[found.reference].scenario_id:
        pen.say(cobenefit_sentences.describe(found, on.chosen, year, lang=lang))
    pen.note(*cobenefit_sentences.describe_basis(found.basis, lang=lang))
    caption = say(lang, en=f"Air pollutants and CO₂ in {year}", zh=f"{year}年大气污染物与CO₂")
    pen.table(caption, cobenefit_tables.scenarios(found, year, lang=lang))
