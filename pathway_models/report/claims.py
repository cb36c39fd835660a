"""Claims about a path's peak: every sentence is supported by the members, or says that it is not."""

import numpy as np

from pathway_models import sentences
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import share_text
from pathway_models.language.words import say
from pathway_models.report.inputs import PROBABILITY, ReportInputs

#: Classes of a scenario's peak that its members can support.
VERDICTS = ("open", "passed", "late", "likely", "sure")


def verdict(inputs: ReportInputs, scenario: str) -> str:
    """Classify a scenario's peak by all its members.

    Returns
    -------
    {"open", "passed", "late", "likely", "sure"}
        By the share that peaks before the year asked for: at least `PROBABILITY`, ``sure``; above one half,
        ``passed`` where more than half of all members are past already, else ``likely``; up to one half, ``open``
        where as many have no peak by the horizon either, else ``late``.
    """
    at = inputs.peaks.scenarios.index(scenario)
    share, row = inputs.early(scenario), inputs.peaks.headline(inputs.before)[at]
    if share >= PROBABILITY:
        return "sure"
    if share > 0.5:
        return "passed" if row["p_past"] > 0.5 else "likely"
    return "open" if np.isinf(inputs.peaks.quantiles()[at, 1]) else "late"


def answer(inputs: ReportInputs) -> list[str]:
    """Write the answer of the first page: headline, peak year, and the path that brings the peak forward."""
    peaks, lang = inputs.peaks, inputs.lang
    lines = [sentences.inventory(inputs.inventory, lang=lang)]
    for name in dict.fromkeys([inputs.reference, inputs.chosen]):
        lines.append(sentences.probability(peaks, name, before=inputs.before, lang=lang))
        lines.append(sentences.peak(peaks, name, lang=lang))
    return [*lines, target(inputs)]


def target(inputs: ReportInputs) -> str:
    """State the target that the advised path supports, or that it supports none."""
    lang, before, last = inputs.lang, inputs.before, inputs.peaks.last_peak_year
    share, name = share_text(inputs.early(inputs.chosen), lang), scenario_name(inputs.chosen, lang)
    wanted = share_text(PROBABILITY, lang)
    en = {
        "open": f"Under {name} half of the members or more have no peak by {last}: the numbers carry no target year.",
        "passed": f"Under {name} more than half of the members are past their peak already, but {share} of"
        f" all peak before {before}, less than {wanted}: staying below that level is the target, not yet a certainty.",
        "late": f"Under {name} {share} of members peak before {before}: the numbers do not carry that year as a target"
        " that is likely to be met.",
        "likely": f"Under {name} {share} of members peak before {before}: a peak before {before} is more likely than"
        f" not, but less sure than {wanted}.",
        "sure": f"Under {name} {share} of members peak before {before}: it can be set as a target with at least"
        f" {wanted}.",
    }
    zh = {
        "open": f"在“{name}”下，半数或以上模拟结果到{last}年仍无峰值：数值不支持给出目标年。",
        "passed": f"在“{name}”下，半数以上模拟结果已经达峰，但{before}年以前达峰的模拟结果为{share}，低于{wanted}："
        "应以不再超过该水平为目标，尚不能视为已有把握。",
        "late": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：数值不支持把该年作为大概率可实现的目标。",
        "likely": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：{before}年以前达峰的可能性过半，"
        f"但把握低于{wanted}。",
        "sure": f"在“{name}”下，{share}的模拟结果在{before}年以前达峰：可以不低于{wanted}的把握将其设为目标。",
    }
    found = verdict(inputs, inputs.chosen)
    return say(lang, en=en[found], zh=zh[found])
