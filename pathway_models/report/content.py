"""The special report of a park, from its material: chapters in the order of the notice."""

from __future__ import annotations

from pathway_models.documents.blocks import Paragraph, Report, ReportBuilder, clean
from pathway_models.intake.names import park_name
from pathway_models.language.words import INVENTED, say
from pathway_models.report import ahead_chapters, annexes, claims
from pathway_models.report import annexes as method_annex
from pathway_models.report import past_chapters as review_chapter
from pathway_models.report import past_chapters as today_chapter
from pathway_models.report import task_chapters as safeguard_chapter
from pathway_models.report import task_chapters as task_chapter
from pathway_models.report.inputs import ReportInputs

#: Key in templates, heading, what writes it: the order of the notice.
CHAPTERS = (
    ("review", "Review of the 13th Five-Year Plan period", "“十三五”时期工作回顾", review_chapter.review),
    ("today", "Emissions and sinks today", "碳排放与碳汇现状", today_chapter.today),
    ("gap", "Gap to peaking and neutrality", "与碳达峰碳中和的差距", ahead_chapters.gap),
    ("targets", "Targets and pathways", "碳达峰碳中和目标与路径", ahead_chapters.pathways),
    ("tasks", "Key tasks", "重点任务", task_chapter.tasks),
    ("safeguards", "Safeguards", "保障措施", safeguard_chapter.safeguards),
)
ANNEXES = (
    ("base_data", "Base data", "基础数据表", annexes.base_data),
    ("factors", "Factors and sources", "排放因子与来源", annexes.factors),
    ("method", "Method", "方法", method_annex.method),
    ("uncertainty", "Uncertainty", "不确定性", annexes.uncertainty),
    ("manifest", "Run manifest", "运行清单", annexes.manifest),
)


def build_report(on: ReportInputs) -> Report:
    """Write the report once; every format is set from what this returns.

    Parameters
    ----------
    on : ReportInputs

    Returns
    -------
    Report
    """
    lang, park = on.lang, on.park
    pen = ReportBuilder(lang)
    for key, en, zh, write in CHAPTERS:
        pen.chapter(key, say(lang, en=en, zh=zh), lambda p, write=write: write(p, on))
    for key, en, zh, write in ANNEXES:
        pen.chapter(key, say(lang, en=en, zh=zh), lambda p, write=write: write(p, on), annex=True)
    name = clean(park_name(park, lang) or park.park_id)
    title = say(
        lang,
        en=f"{name}: special report on pathways to carbon peaking and neutrality",
        zh=f"{name}碳达峰碳中和实施路径专项报告",
    )
    mark = f"[{INVENTED}] " if park.invented else ""
    run = say(lang, en=f"run {on.manifest.run_id}", zh=f"运行批次 {on.manifest.run_id}")
    return Report(
        lang=lang,
        title=title,
        park_name=name,
        mark=_mark(on),
        cover=_cover(on),
        header=mark + say(lang, en=f"{name}: special report", zh=f"{name}：专项报告"),
        footer=f"{mark}{clean(park.park_id)} · {run}",
        summary_title=say(lang, en="The answer in short", zh="要点"),
        summary=tuple(Paragraph(clean(line)) for line in claims.answer(on)),
        chapters=tuple(pen.chapters),
        facts={"run_id": on.manifest.run_id, "park_id": clean(park.park_id), "verdict": claims.verdict(on, on.chosen)},
    )


def _mark(on: ReportInputs) -> str:
    if not on.park.invented:
        return ""
    return say(
        on.lang,
        en=f"{INVENTED}: this park does not exist. Its numbers are made up and are evidence of nothing.",
        zh=f"{INVENTED}：本园区并不存在，数据为编造，不能作为任何证据。",
    )


def _cover(on: ReportInputs) -> tuple[str, ...]:
    lang, park, run = on.lang, on.park, on.manifest
    return (
        say(
            lang,
            en=f"Data {park.years[0]}-{park.last_observed_year}; pathways to {run.until}",
            zh=f"数据年份{park.years[0]}—{park.last_observed_year}年；路径至{run.until}年",
        ),
        say(
            lang,
            en=f"Run {run.run_id}; {run.members:,} members; seed {run.seed}",
            zh=f"运行批次{run.run_id}；成员{run.members:,}个；随机种子{run.seed}",
        ),
        say(
            lang,
            en="Outline after section three of the notice 科财函〔2021〕159号; its own outline (annex 2) was not"
            " available.",
            zh="章节次序按科财函〔2021〕159号第三部分；该通知附件2《编制大纲》未能取得。",
        ),
    )
