"""The annex on method: how the numbers are made, in a few sentences."""

from __future__ import annotations

from pathway_models.presenting.report.blocks import Pen
from pathway_models.presenting.report.material import Material
from pathway_models.presenting.words import say

#: (English, Chinese); ``{last}``, ``{before}`` and ``{eve}`` are years of the run.
SENTENCES = (
    (
        "Inventory: energy by carrier x calorific value x carbon content x oxidation x 44/12, plus process output x"
        " factor; purchased power and heat at their own factors (scope 2). Sinks stand beside.",
        "清单：分品种能源消费×热值×含碳量×碳氧化率×44/12，加工业过程产量×因子；外购电力与热力按各自因子计入范围二。"
        "碳汇并列。",
    ),
    (
        "Review: exact logarithmic mean Divisia index (Ang 2004) and Tapio's decoupling (Tapio 2005).",
        "回顾：对数平均迪氏指数分解（Ang 2004）与Tapio脱钩指标（Tapio 2005）。",
    ),
    (
        "Baseline: damped log-trends of activity, intensity and mix, their parameters fitted by hindcasts on panels of"
        " provinces, cities and countries; short records lean on the panels.",
        "基准情景：活动水平、强度与能源结构的阻尼对数趋势，参数由省、市、国家面板的回溯检验拟合；记录较短时更多依靠面板。",
    ),
    (
        "Levers act in the order structure, efficiency, management, substitution, process, capture, sinks, each on what"
        " the ones before left; capture pays its own energy.",
        "措施依次作用于产业结构、能效、管理、能源替代、工艺、捕集与碳汇，后者作用于前者的余量；捕集自身用能计入排放。",
    ),
    (
        "Peak: the year of each member's maximum, with a status; a member still rising, or not yet below its plateau,"
        " in {last} has none. 'Before {before}' means by the end of {eve}; both readings stand in the tables.",
        "达峰：每个成员排放最高的年份及其状态；到{last}年仍在上升或未走出平台期的成员没有峰值。“{before}年以前”指"
        "{eve}年底前，表中同时给出另一种理解。",
    ),
)


def method(pen: Pen, on: Material) -> None:
    """Annex C: how the numbers are made."""
    years = {"last": on.pathways.years[-1], "before": on.before, "eve": on.before - 1}
    pen.bullets(say(on.lang, en=en, zh=zh).format(**years) for en, zh in SENTENCES)
