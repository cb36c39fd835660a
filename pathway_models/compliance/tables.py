"""Tables of compliance: verdicts of a profile, accounts side by side, bridges between two accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from pathway_models.compliance.records import CarbonBudget, Compliance, CoreAhead, Judgement
from pathway_models.intake.names import scenario_name
from pathway_models.inventory.accounts import Accounted, Bridge
from pathway_models.language.rounding import scale_of, share_text, significant
from pathway_models.language.words import say, word

VERDICT_WORDS = {
    "met": ("met", "达到"), "not_met": ("not met", "未达到"), "cannot_say": ("cannot say", "无法判断"),
}  # fmt: skip
KIND_WORDS = {
    "obligatory": ("obligatory", "约束性"), "guiding": ("guiding", "引导性"), "optional": ("one of a group", "选择性"),
}  # fmt: skip
ROW_WORDS = {
    "fuel": ("fuels", "燃料燃烧"), "conversion": ("balances of conversion", "加工转换"),
    "process": ("processes", "工业过程"),
    "fixed": ("carbon kept in products", "产品固碳"), "captured": ("captured CO₂", "捕集的CO₂"),
    "electricity": ("purchased electricity", "外购电力"), "green_electricity": ("green electricity", "绿色电力"),
    "sold_electricity": ("electricity sold", "外售电力"), "heat": ("purchased heat", "外购热力"),
    "sold_heat": ("heat sold", "外售热力"), "sinks": ("sinks", "碳汇"),
}  # fmt: skip
COLUMNS = (
    "park_id", "profile", "year", "indicator", "kind", "unit", "reading", "value", "limit", "verdict", "reason",
    "missing",
)  # fmt: skip


def compliance_frame(found: Compliance, *, lang: str = "en") -> pd.DataFrame:
    """List the verdicts, one row an indicator and reading of its rule, columns `COLUMNS`."""
    return pd.DataFrame(list(_rows(found, lang)), columns=list(COLUMNS))


def _rows(found: Compliance, lang: str) -> Iterator[tuple]:
    readings = {one.reading_id: one.name.told(lang) for one in found.profile.readings}
    for one in found.judgements:
        for reading in one.values or {"": np.nan}:
            yield (
                found.park_id,
                found.profile.profile_id,
                found.year,
                one.rule.name.told(lang),
                one.rule.kind,
                one.rule.unit,
                readings.get(reading, "") if reading else "",
                one.values.get(reading, np.nan),
                one.limits.get(reading) or (one.rule.text.told(lang) if one.rule.text else ""),
                one.verdict,
                one.reason(lang),
                "; ".join(missing.place for missing in one.missing),
            )


def compliance(found: Compliance, *, lang: str = "en") -> pd.DataFrame:
    """Table the verdicts as a reader wants them: indicator, value, limit, verdict with its reason."""
    head = [("indicator", "指标"), ("kind", "性质"), ("value", "数值"), ("limit", "要求"), ("unit", "单位"),
            ("verdict", "结论"), ("reason", "原因")]  # fmt: skip
    names = [say(lang, en=en, zh=zh) for en, zh in head]
    rows = [
        (
            one.rule.name.told(lang),
            _told(KIND_WORDS[one.rule.kind], lang),
            " / ".join(significant(value, 3) for value in one.values.values()) or "-",
            _limit(one, lang),
            one.rule.unit,
            _told(VERDICT_WORDS[one.verdict], lang),
            one.reason(lang),
        )
        for one in found.judgements
    ]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def _limit(one: Judgement, lang: str) -> str:
    limits = tuple(dict.fromkeys(one.limits.values()))
    if limits:
        return " / ".join(limits)
    return one.rule.text.told(lang) if one.rule.text else "-"


def _told(words: tuple[str, str], lang: str) -> str:
    return say(lang, en=words[0], zh=words[1])


def accounts(found: Iterable[Accounted], *, lang: str = "en") -> pd.DataFrame:
    """Table accounts side by side for the last year: kinds of rows down, accounts across; "-" where not counted."""
    found = list(found)
    scale = scale_of(max(abs(float(one.total()[-1])) for one in found), lang)
    kinds = [kind for kind in ROW_WORDS if any(row[2] == kind for one in found for row in one.rows)]
    rows = {
        _told(ROW_WORDS[kind], lang): [
            f"{one.of_kind(kind)[-1] / scale.divisor:,.2f}" if kind in one.account.rows else "-" for one in found
        ]
        for kind in kinds
    }
    rows[word("total", lang)] = [f"{one.total()[-1] / scale.divisor:,.2f}" for one in found]
    names = [one.account.name.told(lang) for one in found]
    label = say(lang, en=f"{found[0].years[-1]}, {scale.unit}", zh=f"{found[0].years[-1]}年，{scale.unit}")
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis(label)


def bridge(found: Bridge, *, lang: str = "en") -> pd.DataFrame:
    """Table the way from one account to another in the last year: every row that changes, and both totals."""
    scale = scale_of(float(np.abs(found.second.total()[-1])), lang)
    first, second = (one.account.name.told(lang) for one in (found.first, found.second))
    moved = [at for at in range(len(found.first.rows)) if found.steps[at, -1] != 0]
    rows = [(first, "", f"{found.first.total()[-1] / scale.divisor:,.2f}")]
    for at in moved:
        sector, source, kind = found.first.rows[at]
        why = found.second.account.left_out.get(kind)
        factors = f"{found.first.factors[at, -1]:.4g} → {found.second.factors[at, -1]:.4g}"
        reason = why.told(lang) if why else say(lang, en=f"factor {factors}", zh=f"因子 {factors}")
        rows.append((f"{word(sector, lang)}, {word(source, lang)}", reason,
                     f"{found.steps[at, -1] / scale.divisor:+,.2f}"))  # fmt: skip
    rows.append((second, "", f"{found.second.total()[-1] / scale.divisor:,.2f}"))
    head = [say(lang, en="row", zh="项目"), say(lang, en="why", zh="原因"), scale.unit]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


#: Years of the table of what is ahead: every fifth.
EVERY = 5


def ahead(found: CoreAhead, *, lang: str = "en") -> pd.DataFrame:
    """Table the probability of meeting the core indicator: a row a scenario and reading, a column every fifth year."""
    last = int(found.years[-1])
    years = [int(year) for year in found.years if year % EVERY == 0 and year >= last - last % EVERY - 30]
    at = [int(np.flatnonzero(found.years == year)[0]) for year in years]
    share, names = found.probability(), {one.reading_id: one.name.told(lang) for one in found.profile.readings}
    rows = [
        (scenario_name(scenario, lang), names[reading], *(_share(float(share[r, n, y]), lang) for y in at))
        for n, scenario in enumerate(found.scenarios)
        for r, reading in enumerate(found.readings)
    ]
    head = [say(lang, en="scenario", zh="情景"), say(lang, en="electricity at", zh="电力折标系数"), *map(str, years)]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _share(share: float, lang: str) -> str:
    return share_text(share, lang) if np.isfinite(share) else "-"


def budget(found: CarbonBudget, *, lang: str = "en") -> pd.DataFrame:
    """Table a budget: what is allowed by year, the probability of an overrun so far, and its size at the end."""
    scale = scale_of(found.total, lang)
    years = list(map(str, found.years))
    label = say(lang, en="overrun so far, scenario", zh="累计超支概率，情景")
    beyond = say(lang, en=f"beyond the budget at the end, P05 / P50 / P95, {scale.unit}",
                 zh=f"期末超支，P05/P50/P95，{scale.unit}")  # fmt: skip
    rows = [(say(lang, en=f"allowed, {scale.unit}", zh=f"允许排放，{scale.unit}"),
             *(f"{value / scale.divisor:,.2f}" for value in found.allowed), "")]  # fmt: skip
    for name, share, sizes in zip(found.scenarios, found.overrun(), found.overrun_of_total(), strict=True):
        sized = " / ".join(f"{value / scale.divisor:+,.1f}" for value in sizes)
        rows.append((scenario_name(name, lang), *(share_text(float(one), lang) for one in share), sized))
    return pd.DataFrame(rows, columns=[label, *years, beyond]).set_index(label)
