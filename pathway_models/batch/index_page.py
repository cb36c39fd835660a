"""The page of a run: all parks in one sortable table, with links to every notebook."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from pathway_models.figures.style import use_style
from pathway_models.fleet.overview_figures import all_parks
from pathway_models.fleet.sentences import describe_all_parks
from pathway_models.intake.names import scenario_name

TEMPLATES = Path(__file__).parents[1] / "documents" / "templates"
TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "When do the parks peak?",
        "run": "Run",
        "done": "parks done",
        "seed": "seed",
        "members": "ensemble members",
        "reading": (
            "Peak years are quantiles over all ensemble members; '>' marks members still rising, or not yet below"
            " their plateau, at the horizon. 'Before 2030' counts peak years up to 2029. A scenario is not a forecast."
        ),
        "invented": "invented",
        "invented_note": "Demonstration parks are made up to show the method; their numbers describe no real place.",
        "failed": "failed",
        "refused": "the table was refused",
        "cancelled": "not run",
        "notebook": "notebook with the traceback",
        "figure": "Peak years of all parks",
        "table": "All parks",
        "scenario": "Scenario",
        "kind": "Kind",
        "kinds": {"park": "park", "region": "region"},
        "every": "all",
        "search": "Find",
        "columns": (
            "Park",
            "Kind",
            "Scenario",
            "Last year",
            "Emissions, 10⁴ tCO₂",
            "Peak p05",
            "p50",
            "p95",
            "P(peak before 2030)",
            "No peak by horizon",
            "Most frequent status",
            "Peak level p50, 10⁴ tCO₂",
        ),
        "no_data": "No data yet",
        "no_data_note": "Known parks without a table. They are listed, never simulated.",
        "statuses": {
            "within_horizon": "peaks within the horizon",
            "observed": "peak already observed",
            "at_start": "highest in the first year",
            "at_horizon": "still rising at the horizon",
            "plateau": "plateau, no decline shown",
        },
    },
    "zh": {
        "title": "各园区何时达峰？",
        "run": "运行批次",
        "done": "个园区完成",
        "seed": "随机种子",
        "members": "个集合成员",
        "reading": (
            "达峰年为全部集合成员的分位数；“>”表示到预测期末仍在上升或尚未走出平台期的成员。"
            "“2030年前”按达峰年不晚于 2029年计。情景不是预测。"
        ),
        "invented": "虚构",
        "invented_note": "示范园区为演示方法而虚构，数值不代表任何真实地点。",
        "failed": "运行失败",
        "refused": "数据表未通过检查",
        "cancelled": "未运行",
        "notebook": "含错误信息的笔记本",
        "figure": "全部园区的达峰年",
        "table": "全部园区",
        "scenario": "情景",
        "kind": "类型",
        "kinds": {"park": "园区", "region": "区域"},
        "every": "全部",
        "search": "查找",
        "columns": (
            "园区",
            "类型",
            "情景",
            "最后观测年",
            "排放，万tCO₂",
            "达峰年p05",
            "p50",
            "p95",
            "2030年前达峰概率",
            "期末未达峰比例",
            "最常见状态",
            "峰值p50，万tCO₂",
        ),
        "no_data": "尚无数据",
        "no_data_note": "已知但没有数据表的园区：只列出，不模拟。",
        "statuses": {
            "within_horizon": "期内达峰",
            "observed": "已观测到峰值",
            "at_start": "期初即为最高",
            "at_horizon": "期末仍未达峰",
            "plateau": "平台期，未见下降",
        },
    },
}
NUMERIC = (3, 4, 5, 6, 7, 8, 9, 11)


def index_page(run: str, rows: list[dict[str, str]], outcomes: Sequence[Any], waiting: Sequence[Any], lang: str) -> str:
    """Render the page of a run.

    Parameters
    ----------
    run : str
        Name of the run.
    rows : list of dict
        Rows of ``summary.csv``.
    outcomes : sequence
        How each park ended: ``park_id``, ``status``, ``cause``.
    waiting : sequence
        Register entries without data.
    lang : {"en", "zh"}

    Returns
    -------
    str
        HTML that needs no other file and no network.
    """
    texts = TEXTS[lang]
    table = pd.DataFrame(rows)
    figure, alt = _figure(table, lang) if rows else ("", "")
    done = sum(outcome.came_out for outcome in outcomes)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["j2", "html"]), undefined=StrictUndefined
    )
    return environment.get_template("index.html.j2").render(
        lang=lang,
        t=texts,
        run=run,
        counts=f"{done}/{len(outcomes)}",
        seed=rows[0]["seed"] if rows else "",
        members=rows[0]["members"] if rows else "",
        any_invented=any(row["invented"] == "true" for row in rows),
        problems=[outcome for outcome in outcomes if not outcome.came_out],
        figure=figure,
        alt=alt,
        rows=rows,
        scenarios={row["scenario"]: scenario_name(row["scenario"], lang) for row in rows},
        kinds=sorted({row["kind"] for row in rows}),
        columns=[{"label": label, "numeric": at in NUMERIC} for at, label in enumerate(texts["columns"])],
        waiting=waiting,
    )


def _figure(table: pd.DataFrame, lang: str) -> tuple[str, str]:
    """The figure of all parks as base64 PNG, and the sentence that describes it."""
    use_style(lang)
    # The figure shows two scenarios, so its description speaks of two: no lever, every lever.
    table = table[table["scenario"].isin(table["scenario"].iloc[[0, -1]])]
    figure = all_parks(table, lang=lang)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=110)
    plt.close(figure)
    return base64.b64encode(picture.getvalue()).decode("ascii"), describe_all_parks(table, lang=lang)
