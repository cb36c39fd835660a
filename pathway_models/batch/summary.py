"""Summary of a run from its parks' folders: ``summary.csv``, lines for a terminal, and one sortable page."""

import base64
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from markupsafe import Markup

from pathway_models import plotting, sentences
from pathway_models.batch.answer_card import read_steps, what_decides, what_first
from pathway_models.console.screen import on_screen, screen_lines
from pathway_models.core import BatchError, files, yaml_files
from pathway_models.documents import markup, page_fonts
from pathway_models.fleet.answers import LEAST_GAIN, Answer, answers, chance, headline_of, worth_naming, year_asked
from pathway_models.intake import library, naming, statements
from pathway_models.intake.register import read_register
from pathway_models.kernels.event_split import WINDOW
from pathway_models.language import rounding, words
from pathway_models.records.peaks import SHARES, Step
from pathway_models.runs import folders, tables

TEMPLATES = files.PACKAGE_FOLDER / "documents" / "templates"
TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "When do the parks peak?",
        "without": "No new measures",
        "best": "Best scenario",
        "points": "Points to gain",
        "decisive": "What decides it, and what to do first",
        "first": "First: ",
        "decides": "Decides it: ",
        "nothing": "no single family gains a point",
        "not_compared": "no single-family scenario in this run",
        "data_to": "data to ",
        "nowcast_to": "nowcast to ",
        "year": "",
        "comma": ", ",
        "colon": ": ",
        "stop": ". ",
        "executed": "notebook",
        "report": "report",
        "workbook": "audit workbook",
        "papers": "Report and audit workbook of a park, linked here once they are written:",
        "narrow": "A wider window shows more columns; all of them are in",
        "groups": {"park": "Real parks", "region": "Regions", "invented": "Invented demonstration parks"},
        "best_note": "Best scenario: the one of this run with the highest probability."
        " What decides it: the lever family that gains most by itself; first: the measure of the best scenario that"
        " gains most by itself, in percentage points.",
        "run": "Run",
        "done": "parks done",
        "seed": "seed",
        "issued": "issued in",
        "members": "ensemble members",
        "reading": (
            "A member peaks before {before} if no year of {before}-{confirmed} exceeds its highest year before"
            " {before}. Already past: it does so without new measures, and its highest year is no later than the issue"
            " year; ahead: time or measures bring it about. ± is the sampling error, in percentage points. Peak years"
            " come second: they are quantiles over all members. '>' marks members without a peak within the horizon,"
            " and separate humps are listed with their shares. A scenario is not a forecast."
        ),
        "invented": "invented",
        "invented_note": "Demonstration parks are made up to show the method; their numbers describe no real place.",
        "failed": "failed",
        "refused": "the table was refused",
        "cancelled": "not run",
        "notebook": "notebook with the traceback",
        "figure": "Peak years of all parks",
        "table": "All parks",
        "no_script": "This table needs scripts; all of its numbers are in",
        "scenario": "Scenario",
        "kind": "Kind",
        "kinds": {"park": "real park", "region": "region", "invented": "invented park"},
        "every": "all",
        "search": "Find",
        "columns": (
            "Park",
            "Kind",
            "Scenario",
            "P(peak before {before})",
            "Already past",
            "Ahead",
            "Not before {before}",
            "P(ahead | not past)",
            "Last year",
            "Emissions, Mt CO₂",
            "Peak p05",
            "p50, or parts",
            "p95",
            "No peak by horizon",
            "Most frequent status",
            "Peak level p50, Mt CO₂",
        ),
        "no_data": "No data yet",
        "no_data_note": "Known parks without a table. They are listed, never simulated.",
        "credit": "Data: ",
        "statuses": {
            "closed": "closed: no emissions at the end of the record",
            "in_record": "peak lies in the record",
            "bridged": "peaks up to the issue year",
            "ahead": "peaks ahead, in time",
            "after": "peaks too late",
            "not_within_horizon": "no peak within the horizon",
            "plateau": "plateau, no decline shown",
        },
    },
    "zh": {
        "title": "各园区何时达峰？",
        "without": "无新措施",
        "best": "最佳情景",
        "points": "可提高（百分点）",
        "decisive": "起决定作用的措施，首先要做的",
        "first": "首先：",
        "decides": "决定：",
        "nothing": "无单类措施可提高1个百分点",
        "not_compared": "本次运行无单类措施情景",
        "data_to": "数据至",
        "nowcast_to": "推算至",
        "year": "年",
        "comma": "，",
        "colon": "：",
        "stop": "。",
        "executed": "笔记本",
        "report": "专项报告",
        "workbook": "核查工作簿",
        "papers": "园区的专项报告和核查工作簿，生成后在此列出链接，命令为",
        "narrow": "更宽的窗口显示更多列；全部列见",
        "groups": {"park": "真实园区", "region": "区域", "invented": "虚构示范园区"},
        "best_note": "最佳情景：本次运行中概率最高的情景。起决定作用的措施：单独实施时提高最多的一类；首先："
        "最佳情景中单独实施时提高最多的一项措施（百分点）。",
        "run": "运行批次",
        "done": "个园区完成",
        "seed": "随机种子",
        "issued": "评估年份",
        "members": "次模拟",
        "reading": (
            "{before}—{confirmed}年均不超过此前最高年，即为{before}年以前达峰。已达峰：无新措施时亦然，且最高年不晚于评估年份；"
            "未来达峰：由时间或措施促成。±为抽样误差（百分点）。达峰年次之：为全部模拟结果的分位数；“>”表示预测期内"
            "未见峰值的模拟结果；分成两段的，列出各段及其占比。情景不是预测。"
        ),
        "invented": "虚构",
        "invented_note": "示范园区为演示方法而虚构，数值不代表任何真实地点。",
        "failed": "运行失败",
        "refused": "数据表未通过检查",
        "cancelled": "未运行",
        "notebook": "含错误信息的笔记本",
        "figure": "全部园区的达峰年",
        "table": "全部园区",
        "no_script": "此表需启用脚本；全部数值见",
        "scenario": "情景",
        "kind": "类型",
        "kinds": {"park": "真实园区", "region": "区域", "invented": "虚构园区"},
        "every": "全部",
        "search": "查找",
        "columns": (
            "园区",
            "类型",
            "情景",
            "{before}年前达峰概率",
            "已达峰",
            "未来达峰",
            "届时未达峰",
            "尚可争取的达峰概率",
            "最后观测年",
            "排放，万tCO₂",
            "达峰年p05",
            "p50，或各部分",
            "p95",
            "期末未达峰比例",
            "最常见状态",
            "峰值p50，万tCO₂",
        ),
        "no_data": "尚无数据",
        "no_data_note": "已知但没有数据表的园区：只列出，不模拟。",
        "credit": "数据：",
        "statuses": {
            "closed": "已关闭：记录期末无排放",
            "in_record": "记录期内已达峰",
            "bridged": "记录之后、评估年及以前达峰",
            "ahead": "此后按时达峰",
            "after": "此后晚于目标达峰",
            "not_within_horizon": "预测期内未见达峰",
            "plateau": "平台期，未见下降",
        },
    },
}
NUMERIC = (*range(3, 14), 15)
#: Column that may take two lines: separate parts of the peak years.
PARTS = (11,)
#: Columns hidden on a tablet, and those hidden on a phone as well.
MORE, MOST = (1, 2, 4, 5, 6, 10, 12, 13, 15), (7, 8, 11, 14)
#: Shares of a terminal line, and heads of its columns.
SPLIT = ("p_past", "p_ahead", "p_ahead_given_not_past")
HEADS = (
    ("park", "scenario", "before {year}, %", "past, %", "ahead, %", "ahead if not past, %", "peak year, 90 %"),
    ("园区", "情景", "{year}年前，%", "已达峰，%", "未来达峰，%", "尚可争取，%", "达峰年90%区间"),
)
#: Most parks for which a terminal shows the decisive family of each answer.
FEW = 6
#: Placeholder of a park's report links on the page, and their formats.
_PAPERS = re.compile(r'(<span data-papers="([^"]*)">).*?</span>')
FORMS = MappingProxyType({"docx": "Word", "pdf": "PDF", "html": "HTML", "xlsx": ""})
#: Outcomes in Chinese.
ENDS = MappingProxyType({"failed": "失败", "refused": "未接受", "cancelled": "已取消", "timeout": "超时"})


def write_summary(folder: Path, outcomes: Sequence[folders.Outcome]) -> list[dict[str, str]]:
    """Gather the parks' summaries into ``summary.csv``, row by row unchanged.

    Returns
    -------
    list of dict
        The rows, one a park and scenario.
    """
    header, lines = "", []
    for outcome in outcomes:
        path = folder / outcome.park_id / "summary.csv"
        if outcome.came_out and path.is_file():
            head, *rest = path.read_text(encoding="utf-8-sig").splitlines()
            if header not in ("", head):
                raise BatchError(f"{path}: its columns differ from the other parks'; run the parks again together")
            header = head
            lines += rest
    if not header:
        header = ",".join(tables.CONTRACT)
    text = "\n".join([header, *lines]) + "\n"
    tables.replace_text(folder / "summary.csv", text)
    return list(csv.DictReader(io.StringIO(text)))


def write_index(folder: Path, outcomes: Sequence[folders.Outcome], rows: list[dict[str, str]], lang: str) -> Path:
    """Write ``index.html`` and the figure of all parks it shows.

    Parks without data are listed under a run of the register's parks only, not under one of a user's parks.
    """
    register = {entry.park_id: entry for entry in read_register()}
    is_of_register = bool(outcomes) and all(outcome.park_id in register for outcome in outcomes)
    waiting = [entry for entry in register.values() if not entry.has_data] if is_of_register else []
    page = index_page(folder.name, rows, outcomes, waiting, lang, credits_of(rows, lang), steps_of(folder, rows))
    return tables.replace_text(folder / "index.html", with_papers(page, folder, lang), encoding="utf-8")


def steps_of(folder: Path, rows: Sequence[Mapping[str, str]]) -> dict[str, Sequence[Step] | None]:
    """Read the first steps of each park of a run from the parks' folders."""
    return {name: read_steps(folder / name) for name in dict.fromkeys(row["park_id"] for row in rows)}


def link_papers(folder: Path) -> None:
    """Put links to the reports and audit workbooks that lie in a run's folder into its index, where it has one."""
    path = folder / "index.html"
    if path.is_file():
        page = path.read_text(encoding="utf-8")
        linked = with_papers(page, folder, "zh" if '<html lang="zh-CN">' in page else "en")
        if linked != page:
            tables.replace_text(path, linked, encoding="utf-8")


def with_papers(page: str, folder: Path, lang: str) -> str:
    """Fill in the links of an index to the files in the run's folder ``reports``."""
    names = {path.name for path in (folder / "reports").glob("*.*")}
    return _PAPERS.sub(lambda place: f"{place[1]}{_papers(place[2], names, lang)}</span>", page)


def _papers(quoted: str, names: set[str], lang: str) -> Markup:
    """Render the links of a park: its report in every format, and its audit workbook, each before a dot."""
    links = Markup("")
    for form, name in FORMS.items():
        asked = (f"{unquote(quoted)}_{one}.{form}" for one in (lang, *(one for one in words.LANGUAGES if one != lang)))
        file = next((file for file in asked if file in names), "")
        label = f"{TEXTS[lang]['report']} ({name})" if name else TEXTS[lang]["workbook"]
        links += (
            markup.html('<a href="reports/{file}">{label}</a> · ', file=quote(file, ""), label=label) if file else ""
        )
    return links


def credits_of(rows: Sequence[Mapping[str, str]], lang: str) -> list[str]:
    """List the licences of the shipped tables of a run, one per source: some require attribution."""
    ids = {row["park_id"] for row in rows}
    # The tables of a source have one licence: one of them is read.
    first = {entry.source: entry for entry in reversed(read_register()) if entry.has_data and entry.park_id in ids}
    sidecars = [(files.data_folder() / entry.table).with_suffix(".yml") for entry in reversed(first.values())]
    licences = [
        yaml_files.validated(sidecar, statements.Description)[0].licence for sidecar in sidecars if sidecar.is_file()
    ]
    return [naming.in_one_language(text, lang) for text in dict.fromkeys(licences) if text]


def kind_of(row: Mapping[str, str]) -> str:
    """Tell real parks, regions and invented parks apart."""
    return "invented" if row["invented"] == "true" else row["kind"]


def index_page(
    run: str,
    rows: list[dict[str, str]],
    outcomes: Sequence[Any],
    waiting: Sequence[Any],
    lang: str,
    credit: Sequence[str] = (),
    steps: Mapping[str, Sequence[Step] | None] = MappingProxyType({}),
) -> str:
    """Render the page of a run.

    Parameters
    ----------
    run : str
        Name of the run.
    rows : list of dict
        Rows of ``summary.csv``.
    outcomes : sequence
        Outcomes with ``park_id``, ``status``, ``cause``.
    waiting : sequence
        Register entries without data; counted, and listed on demand.
    lang : {"en", "zh"}
    credit : sequence of str
        Licences that require attribution.
    steps : mapping of sequence of Step
        First steps, by park.

    Returns
    -------
    str
        HTML that needs no other file and no network.
    """
    before = year_asked(rows[0]) if rows else 2030
    texts = _texts(lang, before)
    # Runs of older versions do not have all columns.
    rows = [dict.fromkeys((*SHARES, "peak_parts"), "") | row for row in rows]
    figure, alt = _figure(rows, lang) if rows else ("", "")
    done = sum(outcome.came_out for outcome in outcomes)
    known = library.read_scenarios()
    rows = [row | {"kind": kind_of(row), "chance": chance(row)} for row in rows]
    found = answers(rows, known)
    names = {row["scenario"]: naming.scenario_name(row["scenario"], lang) for row in rows}
    sentence = headline_of(found, lang=lang) if found else ""
    shown = "".join([str(texts), sentence, *names.values(), *(value for row in rows for value in row.values())])
    shown += "".join(words.word(row.get("account") or "total", lang) for row in rows)
    listed = words.word_list(lang, *(year_asked(row) for row in rows[:1]))
    shown += "".join(step.name_zh for of_park in steps.values() for step in of_park or ())
    shown += str(listed) + "".join(f"{entry.name_zh}{entry.name_en}" for entry in waiting) + alt + "".join(credit)
    return markup.page(
        TEMPLATES / "index.html.j2",
        lang=lang,
        word_list=listed,
        found=found,
        sentence=sentence,
        font_face=page_fonts.font_face(shown),
        t=texts,
        run=run,
        sizes={row["park_id"]: rounding.emissions_text(float(row["emissions_last_tco2"]), lang) for row in rows},
        counts=f"{done}/{len(outcomes)}",
        seed=rows[0]["seed"] if rows else "",
        members=rows[0]["members"] if rows else "",
        issue_year=rows[0].get("issue_year", "") if rows else "",
        accounts=list(dict.fromkeys(words.word(row["account"], lang) for row in rows if row.get("account"))),
        any_invented=any(row["invented"] == "true" for row in rows),
        problems=[outcome for outcome in outcomes if not outcome.came_out],
        figure=figure,
        alt=alt,
        rows=rows,
        table=markup.data_block(_table(rows, names, texts, lang)),
        scenarios=names,
        kinds=[kind for kind in texts["groups"] if kind in {row["kind"] for row in rows}],
        decisive={name: text.removesuffix("情景") for name, text in names.items()},
        first={one.row["park_id"]: _first(one, steps.get(one.row["park_id"]), lang) for one in found},
        credit=credit,
        columns=[{"label": label, "look": _look(at)} for at, label in enumerate(texts["columns"])],
        waiting=waiting,
    )


def _first(one: Answer, steps: Sequence[Step] | None, lang: str) -> str:
    """Name the first step and its gain by itself, percentage points; empty where none gains one."""
    told = worth_naming(steps or (), 1) if one.points >= LEAST_GAIN else []
    return "".join(
        words.say(lang, en=f"{step.name_en} ({100 * step.gain:+.0f})", zh=f"{step.name_zh}（{100 * step.gain:+.0f}）")
        for step in told
    )


def _table(
    rows: Sequence[Mapping[str, str]], names: Mapping[str, str], texts: Mapping[str, Any], lang: str
) -> dict[str, Any]:
    """Collect the cells of all rows for the script of the page, which builds those in view."""
    parks: dict[str, list[str]] = {}
    places = {park: at for at, park in enumerate(dict.fromkeys(row["park_id"] for row in rows))}
    table = []
    for row in rows:
        name, made_up = row["name"], texts["invented"] if row["invented"] == "true" else ""
        name = row.get("name_zh") or name if lang == "zh" else name
        kind = row["kind"], texts["kinds"].get(row["kind"], row["kind"])
        parks.setdefault(row["park_id"], [name, row["park_id"], quote(row["park_id"], ""), made_up, *kind])
        cells = [
            _share(row["chance"]) + _points(row.get("p_se")),
            *(_share(row.get(name)) for name in ("p_past", "p_ahead", "p_not_before")),
            _share(row.get("p_ahead_given_not_past")) + _points(row.get("p_se_ahead_given")),
            row["last_observed_year"], _amount(row["emissions_last_tco2"], lang), row["peak_year_p05"],
            _parts(row, lang), row["peak_year_p95"], _share(row["share_censored"]),
            texts["statuses"].get(_status(row), row["peak_status"]),
            _amount(row["peak_value_p50_tco2"], lang),
        ]  # fmt: skip
        table.append([places[row["park_id"]], row["scenario"], *cells])
    return {"parks": list(parks.values()), "names": dict(names), "rows": table}


def _parts(row: Mapping[str, str], lang: str) -> str:
    """Write the median peak year, or the years of each hump with its share, whose signs stay together."""
    told = row.get("peak_parts") or row["peak_year_p50"]
    return "; ".join(
        part.replace(" ", "\u00a0").replace("\u00a0%", words.say(lang, en="\u00a0%", zh="%"))
        for part in told.split("; ")
    )


def _amount(text: str, lang: str) -> str:
    """Write tonnes in the unit of their column."""
    return rounding.significant(float(text) / (1e4 if lang == "zh" else 1e6))


def _look(column: int) -> str:
    """Return the classes of a column: numbers to the right, and in which windows it is left out."""
    looks = {"n": NUMERIC, "parts": PARTS, "more": MORE, "most": MOST}
    return " ".join(look for look, columns in looks.items() if column in columns)


def _share(value: str | None) -> str:
    return f"{_percent(value)} %" if value else "-"


def _texts(lang: str, before: int) -> dict[str, Any]:
    """Insert the target year, and the last year that confirms the peak, into the texts of the page."""
    given = {"before": before, "confirmed": before + WINDOW - 1}
    texts = {key: text.format(**given) if isinstance(text, str) else text for key, text in TEXTS[lang].items()}
    return (
        texts | words.share_words(lang, before) | {"columns": tuple(text.format(**given) for text in texts["columns"])}
    )


def _figure(rows: list[dict[str, str]], lang: str) -> tuple[str, str]:
    """Draw the figure of all parks as base64 PNG; return it with the sentence that describes it."""
    import matplotlib.pyplot as plt
    import pandas as pd
    from PIL.PngImagePlugin import PngImageFile

    # The figure shows two scenarios, the first and the last, so its description covers the same two.
    table = pd.DataFrame(row for row in rows if row["scenario"] in (rows[0]["scenario"], rows[-1]["scenario"]))
    figure = plotting.all_parks(table, before=year_asked(rows[0]), lang=lang)
    picture = io.BytesIO()
    try:
        figure.savefig(picture, format="png", dpi=110)
    finally:
        plt.close(figure)
    # The figure has a few dozen colours: a palette takes a third of the bytes.
    picture.seek(0)
    small = io.BytesIO()
    PngImageFile(picture).convert("RGB").quantize(32).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode("ascii"), sentences.describe_all_parks(table, lang=lang)


def summary_lines(
    rows: list[dict[str, str]],
    outcomes: Sequence[folders.Outcome],
    lang: str = "en",
    steps: Mapping[str, Sequence[Step] | None] = MappingProxyType({}),
) -> list[str]:
    """Write a line for the first and the last scenario of each park: the probability with its parts, and peak years.

    For a few parks the decisive family and the first steps follow; for many a reference to the page.

    Parameters
    ----------
    rows : list of dict
        Rows of ``summary.csv``.
    outcomes : sequence of Outcome
    lang : {"en", "zh"}
    steps : mapping of sequence of Step
        First steps, by park.
    """
    lines = []
    by_park: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_park.setdefault(row["park_id"], []).append(row)
    if by_park:
        scenarios = list(dict.fromkeys(row["scenario"] for row in rows))
        shown = list(dict.fromkeys([scenarios[0], scenarios[-1]]))
        heads = words.say(lang, en=HEADS[0], zh=HEADS[1])
        table = [tuple(head.format(year=year_asked(rows[0])) for head in heads)]
        for name, of_park in by_park.items():
            table += _rows(name, of_park, shown, lang)
        lines += screen_lines(table)
        lines += _advice(rows, steps, lang)
    lines += [_failure(outcome, lang) for outcome in outcomes if not outcome.came_out]
    done = sum(outcome.came_out for outcome in outcomes)
    unchanged = sum(outcome.status == "unchanged" for outcome in outcomes)
    if unchanged:
        left = words.say(
            lang, en="{} of {} parks unchanged, and not run again", zh="{}个园区（共{}个）无变化，未重新运行"
        )
        lines.append(left.format(unchanged, len(outcomes)))
    kinds = {park_id: kind_of(of_park[0]) for park_id, of_park in by_park.items()}
    count = {name: sum(kind == name for kind in kinds.values()) for name in ("park", "region", "invented")}
    if len(set(kinds.values())) > 1:
        told = words.say(lang, en="real parks {park}, regions {region}, invented parks {invented}",
                   zh="真实园区{park}个，区域{region}个，虚构园区{invented}个")  # fmt: skip
        lines.append(told.format(**count))
    said = words.say(
        lang,
        en="{} of {} parks done; invented demonstration parks among them (*): {}",
        zh="完成{}个，共{}个园区；其中{}个为虚构示范园区（*）",
    )
    lines.append(said.format(done, len(outcomes), count["invented"]))
    return lines


def _advice(rows: list[dict[str, str]], steps: Mapping[str, Sequence[Step] | None], lang: str) -> list[str]:
    """Name the decisive family and the first steps of each of a few parks; of many, refer to the page."""
    if not any(steps.values()):  # a run of an older version
        return []
    found = answers(rows, library.read_scenarios())
    if len(found) > FEW:
        return [words.say(lang, en="What decides each place, and what to do first: index.html",
                    zh="各地起决定作用的措施、首先要做的：见index.html")]  # fmt: skip
    lines, colon, space = [], words.say(lang, en=": ", zh="："), words.say(lang, en=" ", zh="")
    for one in found:
        name = one.row["park_id"]
        told = filter(None, [what_decides(one, lang), what_first(one, steps.get(name), lang)])
        lines.append(on_screen(f"{name}{colon}{space.join(told)}"))
    return lines


def _rows(name: str, rows: list[dict[str, str]], shown: Sequence[str], lang: str) -> Iterator[tuple[str, ...]]:
    """Yield a row a scenario; the park stands in the first one."""
    mark = "*" if rows[0]["invented"] == "true" else ""
    for at, scenario in enumerate(shown):
        row = next(row for row in rows if row["scenario"] == scenario)
        total, past, ahead, given = map(_percent, (chance(row), *(row.get(key, "") for key in SPLIT)))
        yield (
            name + mark if at == 0 else "",
            naming.scenario_name(scenario, lang),
            total + _points(row.get("p_se", "")),
            past,
            ahead,
            given + _points(row.get("p_se_ahead_given", "")),
            words.say(lang, en="closed", zh="已关闭")
            if _status(row) == "closed"
            else f"{row['peak_year_p05']} - {row['peak_year_p95']}",
        )


def _status(row: Mapping[str, str]) -> str:
    """Return the most frequent status, or that the site is closed: no emissions in the last year of its record."""
    return "closed" if float(row["emissions_last_tco2"]) == 0 else row["peak_status"]


def _percent(text: str | None) -> str:
    """Write a share of the summary in percent, ``-`` where there is none."""
    return rounding.percent(float(text)) if text else "-"


def _points(text: str | None) -> str:
    return rounding.error_text(float(text or "nan"))


def _failure(outcome: folders.Outcome, lang: str) -> str:
    if lang == "en":
        return f"{outcome.park_id:<24} {outcome.status.upper()}: {outcome.cause}"
    # The catalogue of messages is read only where somebody reads Chinese.
    from pathway_models.intake.messages import cause_in

    return f"{outcome.park_id:<24} {ENDS.get(outcome.status, outcome.status)}：{cause_in(outcome.cause, lang)}"
