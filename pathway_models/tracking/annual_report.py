"""The annual report: progress of the year, its causes, next year's targets (notice, section three (一) 3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pathway_models.documents.blocks import Paragraph, Report, ReportBuilder, clean
from pathway_models.intake.naming import park_name, scenario_name
from pathway_models.kernels import event_split, turning_points
from pathway_models.language import INVENTED, rounding, say
from pathway_models.records import Park
from pathway_models.tracking.figures import driver_name, plan_comparison
from pathway_models.tracking.records import DRIVERS, ScenarioForecast, TrackingResult

STATES = {
    "made": ("original", "原预测"),
    "re-weighted": ("re-weighted", "重新加权"),
    "re-fitted": ("re-fitted", "重新拟合"),
}
TARGETS = {
    "emissions": ("emissions", "排放量"),
    "emissions_per_activity": ("emissions per activity", "单位活动排放"),
    "energy_per_activity": ("energy per activity", "单位活动能耗"),
    "coal_share": ("share of coal in energy", "煤炭占能源比重"),
    "green_power_share": ("green share of purchased power", "外购电力中绿电占比"),
}


def answer(found: TrackingResult, *, lang: str = "en") -> list[str]:
    """Say the new probability, the deviation from the plan, and how the forecast was updated, in sentences."""
    before, plan = found.before, scenario_name(found.plan, lang)
    old, new = found.made[found.plan], found.updated[found.plan]
    was, now = (_chance(one, lang) for one in (old, new))
    lines = [
        say(
            lang,
            en=f"With the data of {found.known}, the probability of a peak before {before} under “{plan}” changes from"
            f" {was} to {now}.",
            zh=f"计入{found.known}年数据后，“{plan}”在{before}年前达峰的概率由{was}变为{now}。",
        ),
        _deviation(found, lang),
        _evidence(found, lang),
        _state(found, lang),
    ]
    if found.restated:
        years = say(lang, en=", ", zh="、").join(map(str, found.restated))
        en, zh = f"The new table restates {years}: the new values are used.", f"新表修订了{years}年数据：以新表为准。"
        lines.append(say(lang, en=en, zh=zh))
    return [line for line in lines if line]


#: Width of a band, relative to its largest value, below which all members are the same.
SAME = 1e-6


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _chance(one: ScenarioForecast, lang: str) -> str:
    """Write the probability of a peak in time with the sampling error of the effective number of members."""
    share = _share(one.p_before)
    return rounding.share_text(share, lang) + rounding.error_text(
        float(event_split.standard_error(share, one.effective))
    )


def _deviation(found: TrackingResult, lang: str) -> str:
    reported, (low, middle, high) = found.reported[found.known], found.foreseen[found.known]
    most = float(max(reported, high))
    texts = [rounding.emissions_text(float(one), lang, beside=most) for one in (reported, middle, low, high)]
    if high - low <= SAME * most:
        return say(
            lang,
            en=f"Reported: {texts[0]}; {texts[1]} in every member of the forecast, which knew this year's inventory"
            " already. The year tests nothing; give an issue year before it.",
            zh=f"报告{texts[0]}；预测的每次模拟均为{texts[1]}，因其已包含该年清单。该年数据不构成检验；请指定更早的评估年份。",
        )
    means = {name: float(found.deviation[name].mean()) for name in DRIVERS}
    largest = max(means, key=lambda name: abs(means[name]))
    amount = rounding.emissions_text(abs(means[largest]), lang, beside=most)
    inside = low <= reported <= high
    return say(
        lang,
        en=f"Reported: {texts[0]}; foreseen by the plan: {texts[1]} ({texts[2]} to {texts[3]} for nine in ten members)."
        f" The reported value is {'inside' if inside else 'outside'} that range. The largest part of the deviation,"
        f" {amount} {'more' if means[largest] > 0 else 'less'}, comes from {driver_name(largest, lang)}.",
        zh=f"报告{texts[0]}；计划{texts[1]}（90%区间为{texts[2]}至{texts[3]}），{'在' if inside else '超出'}该区间"
        f"{'内' if inside else ''}。"
        f"偏差主要来自{driver_name(largest, lang)}，{'多' if means[largest] > 0 else '少'}{amount}。",
    )


def _evidence(found: TrackingResult, lang: str) -> str:
    others = [name for name in found.made if name != found.plan]
    if not others:
        return ""
    ratio, other = found.evidence(others[0]), scenario_name(others[0], lang)
    if 1 / 3 < ratio < 3:
        return say(
            lang,
            en=f"The year does not distinguish the plan from “{other}”: it was nearly as likely under both.",
            zh=f"该年数据不足以区分计划与“{other}”：两者下的可能性相近。",
        )
    times = rounding.significant(ratio if ratio >= 3 else 1 / ratio, 2)
    return say(
        lang,
        en=f"The year was {times} times {'more' if ratio >= 3 else 'less'} likely under the plan than under “{other}”.",
        zh=f"该年数据在计划下的可能性是“{other}”的{times}{'倍' if ratio >= 3 else '分之一'}。",
    )


def _state(found: TrackingResult, lang: str) -> str:
    new = found.updated[found.plan]
    if new.state == "re-fitted":
        return say(
            lang,
            en="Too few members had foreseen this year's change, so the forecast was re-fitted to the longer record.",
            zh="预见到该年变化的模拟过少：已用更长的记录重新拟合预测。",
        )
    return say(
        lang,
        en=f"Members were re-weighted; the effective sample size is {new.effective:,.0f} of {found.members:,}.",
        zh=f"各次模拟已重新加权；有效样本量{new.effective:,.0f}（共{found.members:,}个）。",
    )


def forecasts(found: TrackingResult, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate forecasts before and after the new year, one row a scenario and state."""
    rows = [one for name in found.made for one in (found.made[name], found.updated[name])]
    return pd.DataFrame(
        {
            say(lang, en="scenario", zh="情景"): [scenario_name(one.scenario, lang) for one in rows],
            say(lang, en="forecast", zh="预测"): [STATES[one.state][lang == "zh"] for one in rows],
            say(lang, en="data to", zh="数据至"): [str(one.known) for one in rows],
            say(lang, en=f"peak before {found.before}", zh=f"{found.before}年前达峰"): [
                _chance(one, lang) for one in rows
            ],
            say(lang, en="peak year (90 %)", zh="达峰年（90%）"): [_range(one, found.until) for one in rows],
            say(lang, en="effective members", zh="有效样本量"): [f"{one.effective:,.0f}" for one in rows],
        }
    )


def _range(one: ScenarioForecast, until: int) -> str:
    low, middle, high = (
        f">{until - turning_points.PeakRule().follow}" if np.isinf(year) else f"{year:.0f}" for year in one.quantiles
    )
    return one.parts or f"{middle} ({low} – {high})"


def targets(found: TrackingResult, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate next year's targets, one row a quantity."""
    rows = []
    for one in found.targets:
        values = [_value(one.quantity, value, lang) for value in (one.reported, one.target, one.latest)]
        known = one.reported > 0 and np.isfinite(one.target)
        change = rounding.change_text(one.target / one.reported - 1, lang) if known else "-"
        rows.append([TARGETS[one.quantity][lang == "zh"], values[0], values[1], change, values[2]])
    year = found.known + 1
    head = [
        say(lang, en="quantity", zh="指标"),
        say(lang, en=f"reported {found.known}", zh=f"{found.known}年报告值"),
        say(lang, en=f"target {year}", zh=f"{year}年目标"),
        say(lang, en="change", zh="变化"),
        say(lang, en="limit for the probability asked for", zh="达到要求概率的限值"),
    ]
    return pd.DataFrame(rows, columns=head)


def _value(quantity: str, value: float, lang: str) -> str:
    if not np.isfinite(value):
        return say(lang, en="none", zh="无")
    if quantity == "emissions":
        return rounding.emissions_text(value, lang)
    return rounding.share_text(_share(value), lang) if quantity.endswith("_share") else rounding.significant(value, 4)


def deviations(found: TrackingResult, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the deviation from the plan by driver: mean and 5-95 %; the means add up."""
    parts = {driver_name(name, lang): found.deviation[name] for name in DRIVERS}
    parts[say(lang, en="total", zh="合计")] = sum(found.deviation.values())
    scale = rounding.scale_of(max(float(np.abs(part).mean()) for part in parts.values()), lang)
    rows = [
        [name, *(f"{value / scale.divisor:+,.2f}" for value in (part.mean(), *np.quantile(part, (0.05, 0.95))))]
        for name, part in parts.items()
    ]
    head = [
        say(lang, en="driver", zh="因素"),
        say(lang, en=f"mean, {scale.unit}", zh=f"均值，{scale.unit}"),
        "5 %",
        "95 %",
    ]
    return pd.DataFrame(rows, columns=head)


def build_annual_report(found: TrackingResult, park: Park, manifest: Mapping[str, str], *, lang: str = "zh") -> Report:
    """Build the annual report of a park with the new year, for `to_docx`, `to_pdf` and `to_html` to typeset.

    The manifest lists the provenance: hash of the table, seed, versions.
    """
    pen, year = ReportBuilder(lang), found.known + 1

    def progress(p: ReportBuilder) -> None:
        p.say(*answer(found, lang=lang))
        alt = _deviation(found, lang)
        caption = say(lang, en=f"{found.known} against the plan", zh=f"{found.known}年与计划比较")
        p.figure(caption, alt, lambda: plan_comparison(found, park, lang=lang))
        p.table(say(lang, en="Forecast before and after", zh="更新前后的预测"), forecasts(found, lang=lang))
        p.table(say(lang, en="Deviation by driver", zh="偏差的驱动因素"), deviations(found, lang=lang))

    def ahead(p: ReportBuilder) -> None:
        p.table(
            say(lang, en=f"Targets for {year}", zh=f"{year}年目标"), targets(found, lang=lang), _limits(found, lang)
        )

    def rests(p: ReportBuilder) -> None:
        p.rows(say(lang, en="Manifest", zh="运行清单"), ["", ""], list(manifest.items()))

    pen.chapter("progress", say(lang, en=f"Progress in {found.known}", zh=f"{found.known}年度工作成效"), progress)
    pen.chapter("targets", say(lang, en=f"Targets and measures for {year}", zh=f"{year}年度目标与举措"), ahead)
    pen.chapter("manifest", say(lang, en="Data and methods", zh="数据与方法"), rests, annex=True)
    name = clean(park_name(park, lang) or park.park_id)
    mark = f"[{INVENTED}] " if park.invented else ""
    title = say(
        lang,
        en=f"{name}: annual report on carbon peaking, {found.known}",
        zh=f"{name}{found.known}年度碳达峰碳中和工作报告",
    )
    return Report(
        lang=lang,
        title=title,
        park_name=name,
        mark=mark and say(lang, en=f"{INVENTED}: this park does not exist.", zh=f"{INVENTED}：本园区并不存在。"),
        cover=(say(lang, en=f"Data to {found.known}", zh=f"数据截至{found.known}年"),),
        header=f"{mark}{title}",
        footer=f"{mark}{clean(park.park_id)} · {manifest.get('account', '')}",
        summary_title=say(lang, en="The answer in short", zh="要点"),
        summary=tuple(Paragraph(clean(line)) for line in answer(found, lang=lang)[:2]),
        chapters=tuple(pen.chapters),
        facts={"park_id": clean(park.park_id), "run_id": manifest.get("account", ""), "verdict": ""},
    )


def _limits(found: TrackingResult, lang: str) -> str:
    """Explain the columns; where no value is on course, say that the plan must be strengthened."""
    text = say(
        lang,
        en=f"Target: median of the plan's members that peak before {found.before}. Limit: the least ambitious"
        " value at which members that do as well or better peak in time with the probability asked for.",
        zh=f"目标：计划中在{found.before}年前达峰的模拟结果的中位数。限值：表现不差于该值的模拟仍能以要求概率按时达峰的最远值。",
    )
    if any(np.isnan(one.latest) for one in found.targets):
        text += say(
            lang,
            en=" None: no value gives that probability; the plan must be strengthened (pathways decide).",
            zh="“无”：任何取值都达不到该概率，需加强计划（pathways decide）。",
        )
    return text


def replay_sentence(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Say how much later years raised the probability of the outcome, from a table of `replay`."""
    score = table.groupby("known")["log_score"].mean()
    first, last = int(score.index[0]), int(score.index[-1])
    scores = [f"{value:.2f}" for value in (score.iloc[0], score.iloc[-1])]
    final = table[table["known"] == last]
    better = int((final["log_score"] > np.log(0.1)).sum())
    rises = bool((np.diff(score.to_numpy()) > 0).all())
    times = rounding.significant(float(np.exp(score.iloc[-1] - score.iloc[0])), 2)
    return say(
        lang,
        en=f"The mean log score changes from {scores[0]} ({first}) to {scores[1]} ({last}),"
        f" {'rising every year' if rises else 'not rising in every year'}. The probability given to the outcome is"
        f" {times} times as high (geometric mean). In {better} of {len(final)} regions the last forecast is better than"
        " one never updated.",
        zh=f"平均对数评分由{scores[0]}（{first}年）变为{scores[1]}（{last}年），"
        f"{'逐年上升' if rises else '并非逐年上升'}："
        f"所给概率（几何平均）为原来的{times}倍。{len(final)}个区域中有{better}个优于不更新的预测。",
    )
