"""The answer card of a park's page: one sentence, the three shares with and without measures, what decides them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from pathway_models.core.files import PACKAGE_FOLDER
from pathway_models.documents.markup import page
from pathway_models.fleet.answers import Answer, answers
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.names import scenario_name
from pathway_models.language.words import say, word_list

TEMPLATE = PACKAGE_FOLDER / "documents" / "templates" / "card.html.j2"


def answer_card(folder: Path, lang: str) -> tuple[str, str]:
    """Make the card of a park from the summary in its folder.

    Returns
    -------
    name, html
        Name of the park for the title of its page, and the card with its style; empty where the folder has no summary
        with a headline.
    """
    path = folder / "summary.csv"
    if not path.is_file():
        return "", ""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = answers(rows, read_scenarios())
    if not found:
        return (_name(rows[0], lang) if rows else ""), ""
    (one,) = found
    best, decisive = (scenario_name(name, lang) if name else "" for name in (one.best_scenario, one.decisive))
    values = _texts(one, best, decisive, lang) | {
        "name": _name(one.row, lang),
        "invented": one.row["invented"] == "true",
    }
    return str(values["name"]), page(TEMPLATE, one=one, lang=lang, word_list=word_list(lang), **values)


def _name(row: Mapping[str, str], lang: str) -> str:
    return row.get("name_zh") or row["name"] if lang == "zh" else row["name"]


def _texts(one: Answer, best: str, decisive: str, lang: str) -> dict[str, str]:
    error = f"± {100 * one.without.error:.1f}"
    without, with_best = (f"{100 * split.before:.0f} %" for split in (one.without, one.best))
    issued, members = one.row.get("issue_year", ""), one.row.get("members", "")
    sentence = say(
        lang,
        en=f"Without new measures {without} before 2030; with “{best}” {with_best}.",
        zh=f"无新措施时2030年前达峰的概率为{without}；“{best}”下为{with_best}。",
    )
    if one.best_scenario == one.row["scenario"]:
        sentence = say(
            lang,
            en=f"{without} before 2030; no scenario of this run does better than no new measures.",
            zh=f"2030年前达峰的概率为{without}；本次运行没有情景优于不采取新措施。",
        )
    if decisive:
        decides = say(lang, en=f"What decides it: {decisive}.", zh=f"起决定作用的措施：{decisive}。")
    elif one.has_families:
        decides = say(lang, en="No single lever family gains a point.", zh="没有哪一类措施单独可提高1个百分点。")
    else:
        en = "What decides it cannot be said: this run has no scenario of one lever family alone."
        decides = say(lang, en=en, zh="无法判断何者起决定作用：本次运行没有只含一类措施的情景。")
    return {
        "sentence": sentence,
        "decides": decides,
        "past": say(lang, en="already past", zh="已经达峰"),
        "ahead": say(lang, en="still ahead, in time", zh="尚待实现（按时）"),
        "not_before": say(lang, en="not before 2030", zh="2030年前未达峰"),
        "no_measures": say(lang, en="No new measures", zh="无新措施"),
        "best": best,
        "made_up": say(lang, en="invented", zh="虚构"),
        "about": say(
            lang,
            en=f"Answer of {issued}; {members} members; sampling error {error} points. A scenario is not a forecast.",
            zh=f"作答年份{issued}年；模拟{members}次；抽样误差{error}个百分点。情景不是预测。",
        ),
        "code": say(lang, en="show the code", zh="显示代码"),
        "back": say(lang, en="All parks of this run", zh="本次运行的全部园区"),
    }
