"""The answer card: one sentence, the three shares with and without measures, the decisive family, the first steps.

A park's page takes it from the tables in its folder, a notebook from its ensemble, the explorer from the members under
the present levers.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from math import isnan
from pathlib import Path

from markupsafe import Markup

import pathway_models as pw
from pathway_models.core.files import PACKAGE_FOLDER
from pathway_models.documents.markup import page
from pathway_models.fleet import answers
from pathway_models.intake import library, naming
from pathway_models.language import say, share_text, share_words, word_list
from pathway_models.records import IF_DRIVERS_HOLD, SHARES, Draws, Park, Peaks, Scenario, Step
from pathway_models.runs.tables import write_columns

TEMPLATE = PACKAGE_FOLDER / "documents" / "templates" / "card.html.j2"
#: File of a park's folder with the measures of its best scenario, each by itself.
STEPS = "first_steps.csv"
#: Converters of the fields of a step that are not text.
_READ = {"start": int, "complete": int, "gain": float, "avoided": float, "cost": float, "has_price": "true".__eq__}


class Card:
    """The answer of a park, displayed in a notebook.

    Parameters
    ----------
    html : str
    told : iterable of str
        Its sentences.
    """

    def __init__(self, html: str, told: Iterable[str]) -> None:
        self.html, self.told = html, tuple(told)

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return "\n".join(self.told)


def answer(
    park: Park,
    scenarios: Mapping[str, Scenario],
    draws: Draws,
    *,
    before: int = 2030,
    peaks: Peaks | None = None,
    held: Peaks | None = None,
    steps: Sequence[Step] | None = None,
    lang: str = "en",
) -> Card:
    """Build the answer card of a park; arguments not given are computed.

    Parameters
    ----------
    park : Park
    scenarios : mapping of Scenario
        The first is the one without new measures.
    draws : Draws
        Made by `sample` with these scenarios.
    before : int
        Year before which emissions shall peak.
    peaks, held : Peaks, optional
        Of these scenarios, split at that year; of the same draws if the drivers hold.
    steps : sequence of Step, optional
        First steps (`first_steps`).
    lang : {"en", "zh"}

    Returns
    -------
    Card
    """
    given = {"probabilities": (), "before": before}
    peaks = pw.survey(park, scenarios, draws, **given).peaks if peaks is None else peaks
    held = pw.survey(park, scenarios, draws, **given, drivers="hold").peaks if held is None else held
    steps = pw.first_steps(park, scenarios, draws, peaks) if steps is None else steps
    found = answer_of(park, scenarios, peaks, held)
    return _card(found, steps, lang) if found else Card("", ())


def answer_of(
    park: Park, scenarios: Mapping[str, Scenario], peaks: Peaks, held: Peaks | None = None
) -> answers.Answer | None:
    """Collect the answer of an ensemble; None where the headline cannot be given."""
    about = {
        "park_id": park.park_id, "name": park.name_en, "name_zh": park.name_zh, "invented": str(park.invented).lower(),
        "before": str(peaks.before), "issue_year": str(peaks.issue_year), "members": str(peaks.members),
    }  # fmt: skip
    readings = [_shares(peaks)] if held is None else [_shares(peaks), _shares(held, IF_DRIVERS_HOLD)]
    rows = [
        about | {"scenario": name} | {key: text for reading in readings for key, text in reading[at].items()}
        for at, name in enumerate(peaks.scenarios)
    ]
    return next(iter(answers.answers(rows, scenarios)), None)


def _shares(peaks: Peaks, ending: str = "") -> list[dict[str, str]]:
    """Write the shares of each scenario as texts of a summary; empty where they are undefined."""
    rows = peaks.headline(peaks.before)
    return [{f"{name}{ending}": "" if row[name] != row[name] else str(row[name]) for name in SHARES} for row in rows]


def answer_card(folder: Path, lang: str) -> tuple[str, str]:
    """Build the card of a park from the tables in its folder.

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
    found = answers.answers(rows, library.read_scenarios())
    if not found:
        return (_name(rows[0], lang) if rows else ""), ""
    code = say(lang, en="show the code", zh="显示代码")
    back = say(lang, en="All parks of this run", zh="本次运行的全部园区")
    return _name(found[0].row, lang), _card(found[0], read_steps(folder), lang, code=code, back=back).html


def write_steps(path: Path, park_id: str, steps: Sequence[Step]) -> Path:
    """Write the effect of each measure by itself, one row per measure, the first step first."""
    columns = {name: [getattr(step, name) for step in steps] for name in (field.name for field in fields(Step))}
    return write_columns(path, {"park_id": [park_id] * len(steps), **columns})


def read_steps(folder: Path) -> tuple[Step, ...] | None:
    """Read the first steps from a park's folder; None where a run of an older version has none."""
    path = folder / STEPS
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(Step(**{one.name: _READ.get(one.name, str)(row[one.name]) for one in fields(Step)}) for row in rows)


def what_first(one: answers.Answer, steps: Sequence[Step] | None, lang: str, most: int = answers.FIRST) -> str:
    """Name the first steps; empty where the run has none, or no scenario gains a point."""
    return (
        answers.first_sentence(steps, lang=lang, most=most)
        if steps is not None and one.points >= answers.LEAST_GAIN
        else ""
    )


def _card(one: answers.Answer, steps: Sequence[Step] | None, lang: str, *, code: str = "", back: str = "") -> Card:
    splits = {say(lang, en="No new measures", zh="无新措施"): one.without}
    if one.best_scenario != one.row["scenario"]:
        splits[naming.scenario_name(one.best_scenario, lang)] = one.best
    sentence, about, first = _sentence(one, lang), _about(one, lang), what_first(one, steps, lang)
    notes, listed = [what_decides(one, lang), _readings(one, lang)], answers.worth_naming(steps or ()) if first else []
    if first and not listed:
        notes.insert(1, first)
    notes = list(filter(None, notes))
    html = card_of(
        _name(one.row, lang), sentence, splits, one.year, lang,
        notes=notes, steps=listed, about=about, invented=one.row["invented"] == "true", code=code, back=back,
    )  # fmt: skip
    return Card(html, filter(None, [sentence, *notes, first if listed else "", about]))


def card_of(
    name: str,
    sentence: str | Markup,
    splits: Mapping[str, answers.Split],
    year: int,
    lang: str,
    *,
    notes: Sequence[str] = (),
    steps: Sequence[Step] = (),
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
    steps : sequence of Step
        First steps, one line each.
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
    # Deferred: it loads matplotlib, and a summary on a terminal has no colours.
    from pathway_models.figures.style import FAMILY_COLOURS

    words = share_words(lang, year) | {"made_up": say(lang, en="invented", zh="虚构")}
    first = [
        (say(lang, en=step.name_en, zh=step.name_zh), answers.step_text(step, lang), step.family) for step in steps
    ]
    words["do_first"] = say(lang, en="What to do first", zh="首先要做的")
    given = {
        "notes": notes,
        "steps": first,
        "colours": FAMILY_COLOURS,
        "about": about,
        "invented": invented,
        "code": code,
        "back": back,
        "lang": lang,
    }
    listed = word_list(lang, year)
    return page(TEMPLATE, name=name, sentence=sentence, splits=splits, word_list=listed, **words, **given)


def _name(row: Mapping[str, str], lang: str) -> str:
    return row.get("name_zh") or row["name"] if lang == "zh" else row["name"]


def _sentence(one: answers.Answer, lang: str) -> str:
    is_better = one.best_scenario != one.row["scenario"]
    name = naming.scenario_name(one.best_scenario, lang) if is_better else ""
    return answers.answer_sentence(one.without.before, one.best.before, name, one.year, lang)


def what_decides(one: answers.Answer, lang: str) -> str:
    """Name the decisive lever family of an answer."""
    name = naming.scenario_name(one.decisive, lang).removesuffix("情景") if one.decisive else ""
    return answers.decisive_sentence(name, one.gained, one.has_families, lang)


def _readings(one: answers.Answer, lang: str) -> str:
    """State the other reading beside the first; empty where the run does not have it."""
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


def _about(one: answers.Answer, lang: str) -> str:
    error = f"±{100 * one.without.error:.1f}"
    issued, members = one.row.get("issue_year", ""), f"{int(one.row.get('members') or 0):,}"
    return say(
        lang,
        en=f"Issue year {issued}; {members} members; sampling error {error} percentage points. A scenario is not a"
        " forecast.",
        zh=f"评估年份{issued}年；模拟{members}次；抽样误差{error}个百分点。情景不是预测。",
    )
