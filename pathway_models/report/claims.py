"""What may be claimed of a path's peak: every sentence is earned by the members, or says that it is not."""

from __future__ import annotations

import numpy as np

from pathway_models import sentences
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import share_text
from pathway_models.language.words import say
from pathway_models.report.inputs import PROBABILITY, ReportInputs

#: What the members of a scenario let one say.
VERDICTS = ("open", "passed", "late", "likely", "sure")


def verdict(on: ReportInputs, scenario: str) -> str:
    """Class of a scenario's peak by all its members.

    Returns
    -------
    {"open", "passed", "late", "likely", "sure"}
        ``open``: half of the members or more have no peak by the horizon. ``passed``: more than half have theirs
        in the record. Else by the share that peaks before the year asked for: up to one half, above it, or at
        least `PROBABILITY`.
    """
    at = on.peaks.scenarios.index(scenario)
    middle = float(on.peaks.quantiles()[at, 1])
    share = on.early(scenario)
    if np.isinf(middle):
        return "open"
    if share >= PROBABILITY:
        return "sure"
    if middle <= on.park.last_observed_year:
        return "passed"
    return "likely" if share > 0.5 else "late"


def answer(on: ReportInputs) -> list[str]:
    """The answer of the first page: when, how sure, and what would bring the peak forward."""
    lang = on.lang
    lines = [sentences.inventory(on.inventory, lang=lang), sentences.peak(on.peaks, on.reference, lang=lang)]
    lines.append(sentences.probability(on.peaks, on.reference, before=on.before, lang=lang))
    if on.chosen != on.reference:
        lines.append(sentences.peak(on.peaks, on.chosen, lang=lang))
        lines.append(sentences.probability(on.peaks, on.chosen, before=on.before, lang=lang))
    return [*lines, target(on)]


def target(on: ReportInputs) -> str:
    """The target that the advised path carries, or that it carries none."""
    lang, before, last = on.lang, on.before, int(on.pathways.years[-1])
    share, name = share_text(on.early(on.chosen), lang), scenario_name(on.chosen, lang)
    wanted = share_text(PROBABILITY, lang)
    en = {
        "open": f"Under {name} half of the members or more have no peak by {last}: the numbers carry no target year.",
        "passed": f"Under {name} more than half of the members have their highest year in the record, but {share} of"
        f" all peak before {before}, less than {wanted}: staying below that level is the target, not yet a certainty.",
        "late": f"Under {name} {share} of members peak before {before}: the numbers do not carry that year as a target"
        " that is likely to be met.",
        "likely": f"Under {name} {share} of members peak before {before}: a peak before {before} is more likely than"
        f" not, but less sure than {wanted}.",
        "sure": f"Under {name} {share} of members peak before {before}: it can be set as a target with at least"
        f" {wanted}.",
    }
    zh = {
        "open": f"在“{name}”下，半数或以上成员到{last}年仍无峰值：数值不支持给出目标年。",
        "passed": f"在“{name}”下，半数以上成员的最高年在记录期内，但{before}年以前达峰的成员为{share}，低于{wanted}："
        "应以不再超过该水平为目标，尚不能视为已有把握。",
        "late": f"在“{name}”下，{share}的成员在{before}年以前达峰：数值不支持把该年作为大概率可实现的目标。",
        "likely": f"在“{name}”下，{share}的成员在{before}年以前达峰：{before}年以前达峰的可能性过半，"
        f"但把握低于{wanted}。",
        "sure": f"在“{name}”下，{share}的成员在{before}年以前达峰：可以不低于{wanted}的把握将其设为目标。",
    }
    found = verdict(on, on.chosen)
    return say(lang, en=en[found], zh=zh[found])
