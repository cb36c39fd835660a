"""Sentences about levers: which family helps most, and whether capture pays for its own energy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pathway_models.findings.effects import Effect, effects, is_free, reference_of, year_index
from pathway_models.presenting.names import scenario_name
from pathway_models.presenting.rounding import change_text, share_text
from pathway_models.presenting.words import say, word
from pathway_models.records.levers import Scenario
from pathway_models.records.pathways import Pathways
from pathway_models.records.peaks import Peaks

#: Changes smaller than this share of emissions are no change: rounding of sums.
NOTHING = 1e-9


def most_helpful(
    pathways: Pathways,
    peaks: Peaks,
    scenarios: Mapping[str, Scenario],
    *,
    year: int = 2035,
    before: int = 2030,
    lang: str = "en",
) -> str:
    """Say which single family of levers lowers emissions most, and which brings the peak forward most."""
    found = effects(pathways, peaks, scenarios, year=year, before=before)
    comparable = is_free(scenarios, reference_of(scenarios, pathways.scenarios))
    single = [one for one in found if one.family and comparable]
    year = int(pathways.years[year_index(pathways, year)])
    if not single:
        return say(
            lang,
            en="No scenario here moves one family of levers alone beside one without levers, so families cannot be"
            " compared.",
            zh="此处没有只动用单一措施类别的情景及无措施情景，无法比较各类措施。",
        )
    strongest, earliest = min(single, key=lambda one: one.p50), max(single, key=lambda one: one.gain)
    if strongest.p50 > -NOTHING:
        return say(lang, en=f"No single family lowers emissions in {year}.", zh=f"没有任何单一类别降低{year}年的排放。")
    return _helpful(strongest, earliest, year, before, lang)


def _helpful(strongest: Effect, earliest: Effect, year: int, before: int, lang: str) -> str:
    low, middle, high = (change_text(value, lang) for value in (strongest.p05, strongest.p50, strongest.p95))
    family, gain = word(strongest.family, lang), f"{100 * earliest.gain:+.0f}"
    first = say(
        lang,
        en=f"Of the single families, {family} lowers emissions in {year} most ({middle}; {low} to {high} across"
        " members)",
        zh=f"单一类别中，“{family}”对{year}年排放的降低最多（{middle}；成员间{low}至{high}）",
    )
    if round(100 * earliest.gain) <= 0:
        return first + say(
            lang,
            en=f"; none raises the share of members that peak before {before} by a percentage point.",
            zh=f"；没有一类使{before}年以前达峰的成员占比提高1个百分点。",
        )
    if earliest.family == strongest.family:
        return first + say(
            lang,
            en=f", and also raises the share of members that peak before {before} most ({gain} percentage points).",
            zh=f"，同时对{before}年以前达峰的成员占比提升也最多（{gain}个百分点）。",
        )
    other = word(earliest.family, lang)
    return first + say(
        lang,
        en=f"; {other} raises the share of members that peak before {before} most ({gain} percentage points).",
        zh=f"；对{before}年以前达峰的成员占比提升最多的是“{other}”（{gain}个百分点）。",
    )


def capture(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Say what capture takes, what its energy gives back, and where it raises emissions.

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    """
    values = pathways.emissions[pathways.index(scenario)]
    parts = {key: values[:, at] for at, key in enumerate(pathways.sources)}
    name = scenario_name(scenario, lang)
    zero = np.zeros(values[:, 0].shape)
    taken = -parts.get("captured", zero)
    penalty = parts.get("capture_heat", zero) + parts.get("capture_electricity", zero)
    if not (taken > 0).any():
        return say(lang, en=f"{name}: nothing is captured.", zh=f"{name}：没有捕集。")
    captured, given_back = taken.sum(axis=1), penalty.sum(axis=1)
    ratio = float(np.median(given_back[captured > 0] / captured[captured > 0]))
    back = f"{100 * ratio:.0f}{say(lang, en=' ', zh='')}%"
    worse = (penalty > taken) & (taken > 0)
    if not worse.any():
        return say(
            lang,
            en=f"{name}: capture lowers emissions in every member and year; its energy emits {back} of what it"
            " captures (median member).",
            zh=f"{name}：捕集在所有成员和年份都降低排放；捕集用能的排放相当于捕集量的{back}（成员中位数）。",
        )
    share = share_text(float(worse.any(axis=1).mean()), lang)
    first = int(pathways.years[worse.any(axis=0).argmax()])
    return say(
        lang,
        en=f"{name}: capture RAISES emissions in some year in {share} of members (from {first} on), because its"
        f" energy emits more than it captures; over all years its energy emits {back} of what it captures (median"
        " member).",
        zh=f"{name}：{share}的成员在某些年份（最早{first}年）因捕集用能排放超过捕集量而使排放上升；"
        f"各年合计，捕集用能的排放相当于捕集量的{back}（成员中位数）。",
    )
