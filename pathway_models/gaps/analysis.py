"""Distance of every member from every target: peak year, peak level, budget, neutrality, national targets.

The rules, with a worked example: ``docs/gaps.md``.
"""

from collections.abc import Iterable

import numpy as np

from pathway_models.core import Fault, InputError, arrays, present_year
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.register import country_of, has_rule
from pathway_models.inventory import accounts, decomposition
from pathway_models.kernels import event_split, turning_points
from pathway_models.language import LANGUAGES, rounding
from pathway_models.records import Assumptions, Gaps, Park, Pathways, Peaks, plans
from pathway_models.records.gaps import Budget, Gap

KINDS_ZH = {
    "value_added": "增加值",
    "gdp": "生产总值",
    "population": "人口",
    "energy_index": "能耗指数",
    "emissions_index": "排放指数",
    "power_output": "发电量",
    "steel_output": "粗钢产量",
    "cement_output": "水泥产量",
    "pig_iron_output": "生铁产量",
    "nonferrous_output": "有色金属产量",
}
#: Two languages of a note.
Words = tuple[str, str]


def gaps(
    park: Park,
    pathways: Pathways,
    peaks: Peaks,
    before: int = 2030,
    neutral: int = 2060,
    budget: Budget | float | None = None,
    level: float | None = None,
    targets: Iterable[plans.Target] | None = None,
    assumptions: Assumptions | None = None,
    issue_year: int | None = None,
) -> Gaps:
    """Measure the gap of every member to every target; a target whose period is over is met or missed instead.

    Parameters
    ----------
    park : Park
    pathways, peaks
        Of this park, of the same draws.
    before : int
        Year before which emissions shall peak.
    neutral : int
        Year in which they shall be net zero.
    budget : Budget or float, optional
        Emissions still allowed, tCO2; a number holds from the first projected year to ``neutral``.  Without one
        the budget implied by the two targets is used, and named so.
    level : float, optional
        Level no year shall exceed, tCO2/yr; that of the last observed year by default.
    targets : iterable of Target, optional
        National targets; those of the assumptions by default, of a park in whose country they hold.
    assumptions : Assumptions, optional
        The shipped ones by default.
    issue_year : int, optional
        Year in which the answer is given; that of the pathways where they carry one, else the present year.

    Raises
    ------
    InputError
        With every fault of the arguments: another park's pathways, years out of range, a level or budget that is
        no amount.
    """
    assumed = assumptions or read_assumptions(pathways.issue_year)
    shipped = assumed.targets if has_rule(park.country, "intensity_targets") else ()
    wanted = tuple(shipped if targets is None else targets)
    _check(park, pathways, peaks, before, neutral, budget, level)
    issued = issue_year or pathways.issue_year or present_year()
    own = level is None
    height = float(accounts.take_inventory(park).total()[-1]) if own else float(level)
    chosen, reason = _chosen_budget(pathways, budget, height, before, neutral)
    return Gaps(
        identity=park.identity,
        scenarios=pathways.scenarios,
        before=before,
        neutral=neutral,
        last_observed_year=pathways.last_observed_year,
        until=int(pathways.years[-1]),
        level=height,
        budget=chosen,
        entries=(
            _peak_year(peaks, before, _not_its_goal(park, before, neutral)),
            _peak_level(pathways, peaks, height, own),
            _budget(pathways, chosen, reason),
            _neutrality(pathways, neutral),
            *(_national(park, pathways, target, issued) for target in wanted),
        ),
        seed=pathways.seed,
    )


def _check(
    park: Park,
    pathways: Pathways,
    peaks: Peaks,
    before: int,
    neutral: int,
    budget: Budget | float | None,
    level: float | None,
) -> None:
    faults = []

    def fault(place: str, value: object, expected: str, remedy: str) -> None:
        faults.append(Fault("gaps", place, str(value), expected, remedy, code=f"gaps_{place}"))

    for name, other in (("pathways", pathways), ("peaks", peaks)):
        if other.park_id != park.park_id:
            fault(name, other.park_id, f"those of {park.park_id}", "project this park")
    same = peaks.seed == pathways.seed and peaks.year.shape == pathways.emissions.shape[:2]
    if not same or peaks.scenarios != pathways.scenarios or peaks.years[-1] != pathways.years[-1]:
        fault("peaks", f"seed {peaks.seed}", "the peaks of these pathways", "call find_peaks(pathways)")
    if not before <= neutral:
        fault("before", before, f"a year no later than neutral = {neutral}", "exchange or correct the years")
    for name, amount in (("level", level), ("budget", budget)):
        if isinstance(amount, int | float) and not (np.isfinite(amount) and amount >= 0):
            fault(name, amount, "a number of at least 0, tCO2", "correct it or leave it out")
    if isinstance(budget, Budget) and budget.first < pathways.years[0]:
        expected = f"a first year from {pathways.years[0]} on"
        fault("budget", budget.first, expected, "begin the budget inside the record or after it")
    if faults:
        raise InputError(faults)


def _not_its_goal(park: Park, before: int, neutral: int) -> Words | None:
    """State that the target years are another country's goals."""
    if has_rule(park.country, "peak_years"):
        return None
    country = country_of(park.country)
    return (
        f"{before} and {neutral} are the requested years, goals of China and not of {country.name_en}",
        f"{before}年和{neutral}年为所询年份，系中国目标，非{country.name_zh}目标",
    )


def _peak_year(peaks: Peaks, before: int, aside: Words | None) -> Gap:
    censored = peaks.censored()
    values = np.where(censored, np.inf, peaks.year - (before - 1.0))
    earlier = (peaks.year == peaks.years[0]) & ~censored
    last = peaks.last_peak_year
    notes = []
    for none, start in zip(censored.mean(axis=1), earlier.mean(axis=1), strict=True):
        parts: list[Words] = []
        if none:
            parts.append(
                (
                    f"{rounding.share_text(none, 'en')} of members have no peak by {last}",
                    f"{rounding.share_text(none, 'zh')}的模拟结果至{last}年未达峰",
                )
            )
        if start:
            first = int(peaks.years[0])
            parts.append(
                (
                    f"{rounding.share_text(start, 'en')} peak in {first} or earlier",
                    f"{rounding.share_text(start, 'zh')}于{first}年或更早达峰",
                )
            )
        parts += [aside] if aside else []
        notes.append(_joined(parts))
    # The event decides whether it is met, the highest year how late it is.
    met = peaks.peaks_before(before) if before + event_split.WINDOW - 1 <= peaks.years[-1] else None
    return Gap("peak_year", float(before - 1), "", "years", values, float(last - (before - 1)), *_split(notes), met=met)


def _peak_level(pathways: Pathways, peaks: Peaks, level: float, own: bool) -> Gap:
    total = pathways.total()
    now = pathways.last_observed_year - int(pathways.years[0])
    highest = total[..., now + 1 :].max(axis=arrays.YEAR)
    values = highest - (total[..., now] if own else level)
    year = pathways.last_observed_year
    rising = (peaks.status == turning_points.NOT_WITHIN_HORIZON).mean(axis=1)
    notes = []
    for share in rising:
        parts: list[Words] = []
        if own:
            parts.append((f"each member compared with its own total of {year}", f"各次模拟与其{year}年核算值比较"))
        if share:
            parts.append((
                f"{rounding.share_text(share, 'en')} of members are highest after {peaks.last_peak_year}: lower bound",
                f"{rounding.share_text(share, 'zh')}的模拟结果最高值在{peaks.last_peak_year}年以后：为下限",
            ))  # fmt: skip
        notes.append(_joined(parts))
    return Gap("peak_level", level, "tCO2/yr", "tCO2/yr", values, np.inf, *_split(notes))


def _chosen_budget(
    pathways: Pathways, budget: Budget | float | None, level: float, before: int, neutral: int
) -> tuple[Budget | None, Words]:
    """Choose the given budget, or the implied one; None with the reason where it cannot be used."""
    first, last = pathways.last_observed_year + 1, int(pathways.years[-1])
    if isinstance(budget, Budget):
        found = budget
    elif budget is not None:
        found = Budget(float(budget), first, neutral, "given")
    else:
        years = np.arange(first, neutral + 1)
        # ASSUME: without a budget of its own a park is measured by the one its two targets imply: level until the
        # year before `before`, then a straight line to zero in `neutral`.
        falling = (neutral - years) / max(neutral - (before - 1), 1)
        path = level * np.clip(np.where(years < before, 1.0, falling), 0.0, 1.0)
        found = Budget(float(path.sum()), first, neutral, "implied") if years.size else None
    if found is None or found.last > last:
        en = f"cannot be computed: the pathways end in {last}, the budget in {neutral if found is None else found.last}"
        zh = f"无法计算：路径止于{last}年，预算期止于{neutral if found is None else found.last}年"
        return None, (en, zh)
    if found.name == "implied":
        kept = {lang: rounding.emissions_text(level, lang) for lang in LANGUAGES}
        en = f"no budget given; implied: {kept['en']} a year to {before - 1}, then a straight line to zero in {neutral}"
        zh = f"未给定预算；隐含预算：{before - 1}年及以前每年保持{kept['zh']}，此后直线降至{neutral}年为零"
        return found, (en, zh)
    return found, (f"{found.name}, {found.first}-{found.last}", f"{found.name}，{found.first}-{found.last}年")


def _budget(pathways: Pathways, budget: Budget | None, reason: Words) -> Gap:
    notes = [reason] * len(pathways.scenarios)
    if budget is None:
        return Gap("budget", np.nan, "tCO2", "tCO2", None, np.inf, *_split(notes))
    inside = (pathways.years >= budget.first) & (pathways.years <= budget.last)
    values = pathways.total()[..., inside].sum(axis=arrays.YEAR) - budget.tco2
    return Gap("budget", budget.tco2, "tCO2", "tCO2", values, np.inf, *_split(notes))


def _neutrality(pathways: Pathways, neutral: int) -> Gap:
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    reason = None
    if not first <= neutral <= last:
        reason = (
            f"cannot be computed: {neutral} lies outside {first}-{last}",
            (f"无法计算：{neutral}年不在{first}-{last}年之内"),
        )
    elif "sinks" not in pathways.memo_items:
        reason = "cannot be computed: the pathways contain no sinks", "无法计算：路径中没有碳汇"
    if reason:
        return Gap("neutrality", np.nan, "", "tCO2/yr", None, np.inf, *_split([reason] * len(pathways.scenarios)))
    at = neutral - first
    sinks = pathways.memo_items["sinks"][..., at]
    notes = [
        (
            f"{rounding.emissions_text(amount, 'en')} a year of own sinks deducted (median)",
            f"已扣除自有碳汇每年{rounding.emissions_text(amount, 'zh')}（中位数）",
        )
        if amount
        else ("no sinks of its own", "无自有碳汇")
        for amount in np.median(sinks, axis=1)
    ]
    return Gap("neutrality", 0.0, "tCO2/yr", "tCO2/yr", pathways.total()[..., at] - sinks, np.inf, *_split(notes))


def _national(park: Park, pathways: Pathways, target: plans.Target, issue_year: int) -> Gap:
    """Measure a national target: the gap to it while its period lasts, the outcome afterwards."""
    kind = "below_peak" if target.quantity == "below_peak" else "intensity"
    name, asked = f"{kind}:{target.target_id}", 100.0 * target.change
    over, count = target.is_over(issue_year), len(pathways.scenarios)

    def without(note: Words, outcome: str = "") -> Gap:
        return Gap(name, asked, "%", "points", None, np.inf, *_split([note] * count), outcome)

    if over and target.year > pathways.last_observed_year:
        end = pathways.last_observed_year
        en = f"its period ended in {target.year}, the record ends in {end}: it is not known whether it was met"
        return without((en, f"期限止于{target.year}年，记录止于{end}年：无从得知是否达成"), "not_known")
    why = _obstacle(park, pathways, target)
    if why:
        return without((f"cannot be computed: {why[0]}", f"无法计算：{why[1]}"), "not_known" if over else "")
    change = _change(park, pathways, target)
    if over:
        # Observed years are the same in every scenario and, apart from factor errors, in every member.
        found = float(np.median(change[0]))
        met = found <= asked
        en = f"its period ended in {target.year}: {'met' if met else 'missed'}, {found:+.1f} % in the record"
        zh = f"期限止于{target.year}年：{'已达成' if met else '未达成'}，记录为{found:+.1f}%"
        return without((en, zh), "met" if met else "missed")
    return Gap(name, asked, "%", "points", change - asked, np.inf, *_split([_about(pathways, target)] * count))


def _about(pathways: Pathways, target: plans.Target) -> Words:
    """State the caveats of a national target."""
    years = "-".join(map(str, dict.fromkeys((target.first_year, target.year))))
    period, period_zh = (f" of {years}", f"（{years}年）") if target.first_year else ("", "")
    parts = [(f"{target.name_en}, a national target{period}", f"{target.name_zh}，国家目标{period_zh}")]
    if target.base_year is None:
        parts.append((
            "covers all gases of the nation; here CO2 of the park net of its own sinks is compared with its own highest"
            " year",
            "国家目标涵盖全部温室气体；此处为园区二氧化碳扣除自有碳汇，与自身最高年份比较",
        ))  # fmt: skip
    elif target.base_year > pathways.last_observed_year:
        parts.append((f"{target.base_year} is projected", f"{target.base_year}年为预测值"))
    return _joined(parts)


def _change(park: Park, pathways: Pathways, target: plans.Target) -> np.ndarray:
    """Compute the change that a target refers to, percent: (scenario, member)."""
    last = target.year - int(pathways.years[0])
    if target.base_year is None:
        # ASSUME: a pledge for the nation's net greenhouse gases is asked of the park's net CO2 in the same way.
        sinks = pathways.memo_items.get("sinks")
        net = (pathways.total() if sinks is None else pathways.total() - sinks)[..., : last + 1]
        top = net.max(axis=arrays.YEAR)
        # A park that never emitted on balance has no peak to fall from: it counts as having met the target.
        ratio = np.divide(net[..., last], top, out=np.zeros_like(top), where=top > 0)
        return 100.0 * (ratio - 1.0)
    above = pathways.total() if target.quantity == "co2_intensity" else pathways.memo_items["energy"]
    first, activity = target.base_year - int(pathways.years[0]), _economy(park, pathways)
    ratio = (above[..., last] / activity[..., last]) / (above[..., first] / activity[..., first])
    return 100.0 * (ratio - 1.0)


def _obstacle(park: Park, pathways: Pathways, target: plans.Target) -> Words | None:
    """Return the reason why a national target cannot be computed for this park, if any."""
    first, last = int(pathways.years[0]), int(pathways.years[-1])
    if target.year > last:
        return f"the pathways end in {last}", f"路径止于{last}年"
    if target.base_year is None:
        if target.year < first:
            return f"the record begins in {first}", f"记录始于{first}年"
        return None
    if target.base_year < first:
        return f"the record begins in {first}, after the base year {target.base_year}", (
            f"记录始于{first}年，晚于基准年{target.base_year}年"
        )
    if not any(kind in decomposition.ECONOMIC for kind in park.activity_kinds):
        return "no value added in the table", "表中没有增加值"
    if _economy(park, pathways) is None:
        kinds = list(dict.fromkeys(park.activity_kinds))
        en, zh = ", ".join(kind.replace("_", " ") for kind in kinds), "、".join(KINDS_ZH[kind] for kind in kinds)
        return f"the activity of the sectors is in different units ({en})", f"各行业活动水平单位不同（{zh}）"
    if "energy" not in pathways.memo_items:
        return "the pathways contain no energy use", "路径中没有能耗"
    return None


def _economy(park: Park, pathways: Pathways) -> np.ndarray | None:
    """Return value added or GDP, (scenario, member, year); None where it cannot be separated from other activity."""
    if "economy" in pathways.memo_items:
        return pathways.memo_items["economy"]
    kinds = set(park.activity_kinds)
    return pathways.memo_items.get("activity") if len(kinds) == 1 and kinds <= set(decomposition.ECONOMIC) else None


def _joined(parts: Iterable[Words]) -> Words:
    kept = list(parts)
    return "; ".join(en for en, _ in kept), "；".join(zh for _, zh in kept)


def _split(notes: Iterable[Words]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kept = list(notes)
    return tuple(en for en, _ in kept), tuple(zh for _, zh in kept)
