"""The answer card: one sentence, the three shares with and without measures, what decides them.

A park's page takes it from the summary in its folder, the explorer from the members under the levers as set.
"""

import csv
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path

from markupsafe import Markup

from pathway_models.core.files import PACKAGE_FOLDER
from pathway_models.documents.markup import page
from pathway_models.fleet.answers import Answer, Split, answer_sentence, answers, decisive_sentence
from pathway_models.intake.library import read_scenarios
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import share_text
from pathway_models.language.words import say, share_words, word_list

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
    splits = {say(lang, en="No new measures", zh="无新措施"): one.without}
    if one.best_scenario != one.row["scenario"]:
        splits[scenario_name(one.best_scenario, lang)] = one.best
    notes = (_decisive(one, lang), _readings(one, lang))
    back = say(lang, en="All parks of this run", zh="本次运行的全部园区")
    card = card_of(
        _name(one.row, lang), _sentence(one, lang), splits, one.year, lang,
        notes=[note for note in notes if note], about=_about(one, lang), invented=one.row["invented"] == "true",
        code=say(lang, en="show the code", zh="显示代码"), back=back,
    )  # fmt: skip
    return _name(one.row, lang), card


def card_of(
    name: str,
    sentence: str | Markup,
    splits: Mapping[str, Split],
    year: int,
    lang: str,
    *,
    notes: Sequence[str] = (),
    about: str = "",
    invented: bool = False,
    code: str = "",
    back: str = "",
) -> str:
    """Render a card.

    Parameters
    ----------
    name, sentence : str
        Of the park; the answer in one sentence.
    splits : mapping of Split
        One bar each, by its label.
    year : int
        Year before which emissions shall peak.
    lang : {"en", "zh"}
    notes : sequence of str
        Lines below the bars.
    about : str
        Small line at the end.
    invented : bool
    code, back : str
        Labels of the switch for code and of the way back to the run's page; left out where empty.

    Returns
    -------
    str
        HTML with its style.
    """
    words = share_words(lang, year) | {"made_up": say(lang, en="invented", zh="虚构")}
    given = {"notes": notes, "about": about, "invented": invented, "code": code, "back": back, "lang": lang}
    listed = word_list(lang, year)
    return page(TEMPLATE, name=name, sentence=sentence, splits=splits, word_list=listed, **words, **given)


def _name(row: Mapping[str, str], lang: str) -> str:
    return row.get("name_zh") or row["name"] if lang == "zh" else row["name"]


def _sentence(one: Answer, lang: str) -> str:
    is_better = one.best_scenario != one.row["scenario"]
    name = scenario_name(one.best_scenario, lang) if is_better else ""
    return answer_sentence(one.without.before, one.best.before, name, one.year, lang)


def _decisive(one: Answer, lang: str) -> str:
    name = scenario_name(one.decisive, lang).removesuffix("情景") if one.decisive else ""
    return decisive_sentence(name, one.gained, one.has_families, lang)


def _readings(one: Answer, lang: str) -> str:
    """Say the other reading beside the first; empty where the run does not have it."""
    held = (one.without.if_drivers_hold, one.best.if_drivers_hold)
    if any(map(isnan, held)):
        return ""
    without, best = (share_text(share, lang) for share in held)
    if one.best_scenario == one.row["scenario"]:
        return say(lang, en=f"If its drivers hold: {without}.", zh=f"若其驱动因素如期实现：{without}。")
    return say(
        lang,
        en=f"If its drivers hold as stated: {without} without new measures, {best} with them.",
        zh=f"若其驱动因素如期实现：无新措施{without}，采取措施{best}。",
    )


def _about(one: Answer, lang: str) -> str:
    error = f"± {100 * one.without.error:.1f}"
    issued, members = one.row.get("issue_year", ""), one.row.get("members", "")
    return say(
        lang,
        en=f"Answer of {issued}; {members} members; sampling error {error} points. A scenario is not a forecast.",
        zh=f"评估年份{issued}年；模拟{members}次；抽样误差{error}个百分点。情景不是预测。",
    )
