"""Sentences about a park, its record, its levers and its plans, and alt texts of the figures of pathways."""

from collections.abc import Iterable, Mapping

import numpy as np

from pathway_models.engine.package_tree import cannot_act
from pathway_models.intake import library, naming
from pathway_models.intake.factors.tables import read_carriers
from pathway_models.inventory.accounts import pathway_totals_beside
from pathway_models.inventory.decomposition import Decomposition, decoupling, has_economy
from pathway_models.language import INVENTED, change_text, emissions_text, say, share_text, word
from pathway_models.pathways.plan_effects import Doubt, PlanEffects
from pathway_models.peaks import finding, sentences
from pathway_models.records import UNDIVIDED, Inventory, Lever, Park, Pathways, Peaks, Scenario

#: Smallest relative change of emissions; below it is rounding of sums.
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
    """Say which single family of levers lowers emissions most, and which advances the peak most."""
    found = finding.scenario_differences(pathways, peaks, scenarios, year=year, before=before)
    comparable = finding.is_without_levers(scenarios, finding.reference_of(scenarios, pathways.scenarios))
    single = [one for one in found if one.family and comparable]
    year = int(pathways.years[finding.year_index(pathways, year)])
    if not single:
        return say(
            lang,
            en="Families of levers cannot be compared here: that takes scenarios with a single family each and one"
            " without levers.",
            zh="此处没有只动用单一措施类别的情景及无措施情景，无法比较各类措施。",
        )
    strongest, earliest = min(single, key=lambda one: one.p50), max(single, key=lambda one: one.gain)
    if strongest.p50 > -NOTHING:
        return say(lang, en=f"No family alone lowers emissions in {year}.", zh=f"没有任何单一类别降低{year}年的排放。")
    return _helpful(strongest, earliest, year, before, lang)


def _helpful(
    strongest: finding.ScenarioDifference, earliest: finding.ScenarioDifference, year: int, before: int, lang: str
) -> str:
    low, middle, high = (change_text(value, lang) for value in (strongest.p05, strongest.p50, strongest.p95))
    family, gain = word(strongest.family, lang), f"{100 * earliest.gain:+.0f}"
    first = say(
        lang,
        en=f"Of the families taken alone, {family} lowers emissions in {year} most ({middle}; {low} to {high} across"
        " members)",
        zh=f"单一类别中，“{family}”对{year}年排放的降低最多（{middle}；模拟结果间{low}至{high}）",
    )
    if round(100 * earliest.gain) <= 0:
        return first + say(
            lang,
            en=f"; none raises the share of members that peak before {before} by a percentage point.",
            zh=f"；没有一类使{before}年以前达峰的模拟结果占比提高1个百分点。",
        )
    if earliest.family == strongest.family:
        return first + say(
            lang,
            en=f", and also raises the share of members that peak before {before} most ({gain} percentage points).",
            zh=f"，同时对{before}年以前达峰的模拟结果占比提升也最多（{gain}个百分点）。",
        )
    other = word(earliest.family, lang)
    return first + say(
        lang,
        en=f"; {other} raises the share of members that peak before {before} most ({gain} percentage points).",
        zh=f"；对{before}年以前达峰的模拟结果占比提升最多的是“{other}”（{gain}个百分点）。",
    )


def capture(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Say how much CO2 is captured, how much its energy use emits, and where it raises emissions on balance.

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    """
    values = pathways.emissions[pathways.index(scenario)]
    parts = {key: values[:, at] for at, key in enumerate(pathways.sources)}
    name = naming.scenario_name(scenario, lang)
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
            en=f"{name}: capture lowers emissions in every member and year; its energy use emits {back} of the amount"
            " captured (median member).",
            zh=f"{name}：捕集在所有模拟结果和年份都降低排放；捕集用能的排放相当于捕集量的{back}（模拟结果中位数）。",
        )
    share = share_text(float(worse.any(axis=1).mean()), lang)
    first = int(pathways.years[worse.any(axis=0).argmax()])
    return say(
        lang,
        en=f"{name}: capture RAISES emissions in some year in {share} of members (the earliest in {first}), because"
        f" its energy use emits more than is captured; over all years its energy use emits {back} of the amount"
        " captured (median member).",
        zh=f"{name}：{share}的模拟结果在某些年份（最早{first}年）因捕集用能排放超过捕集量而使排放上升；"
        f"各年合计，捕集用能的排放相当于捕集量的{back}（模拟结果中位数）。",
    )


def describe_fan(
    pathways: Pathways, peaks: Peaks, scenario: str, *, park: Park | None = None, before: int = 2030, lang: str = "en"
) -> str:
    """Write the alt text of `plotting.fan`."""
    head = naming.headline(park or pathways.identity, lang)
    total = pathways.total()[pathways.index(scenario)]
    last = int(pathways.years[-1])
    ends = np.quantile(total[:, -1], (0.05, 0.5, 0.95)).tolist()
    low, middle, high = (emissions_text(value, lang, beside=ends[-1]) for value in ends)
    first = say(
        lang,
        en=f"Fan of total emissions of {head}, {pathways.years[0]}-{last}: {middle} a year in {last}"
        f" ({low} to {high} for nine members in ten). ",
        zh=f"{head}的总排放扇形图（{pathways.years[0]}-{last}年）：{last}年为{middle}/年（90%区间为{low}至{high}）。",
    )
    gap = say(lang, en=" ", zh="")
    return (
        first
        + sentences.peak(peaks, scenario, lang=lang)
        + gap
        + sentences.probability(peaks, scenario, before=before, lang=lang)
    )


def describe_peak_years(peaks: Peaks, *, before: int = 2030, lang: str = "en") -> str:
    """Write the alt text of `plotting.peak_years`."""
    gap = say(lang, en=" ", zh="")
    return gap.join(sentences.probability(peaks, name, before=before, lang=lang) for name in peaks.scenarios)


def describe_inventory(found: Inventory, *, lang: str = "en") -> str:
    """Write the alt text of `plotting.inventory`."""
    items = list(dict.fromkeys(item for _, item, _ in found.rows))
    named = say(lang, en=", ", zh="、").join(naming.item_name(item, lang) for item in items)
    total = found.total()
    ends = [emissions_text(float(value), lang, beside=float(total[[0, -1]].max())) for value in total[[0, -1]]]
    return say(
        lang,
        en=f"Stacked emissions of {named}: {ends[0]} in {found.years[0]}, {ends[1]} in {found.years[-1]}.",
        zh=f"{named}的堆叠排放图：{found.years[0]}年{ends[0]}，{found.years[-1]}年{ends[1]}。",
    )


def describe_sources(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Write the alt text of `plotting.sources`."""
    mean = finding.typical_sources(pathways, scenario)
    last = dict(zip(pathways.sources, mean[:, -1], strict=True))
    most = float(np.abs(mean[:, -1]).max())
    shown = [
        f"{word(name, lang)} {emissions_text(float(value), lang, beside=most)}"
        for name, value in last.items()
        if value != 0
    ]
    name, year = naming.scenario_name(scenario, lang), pathways.years[-1]
    return say(
        lang,
        en=f"Emissions by source under {name}, mean over the middle half of members; in {year}: {', '.join(shown)}.",
        zh=f"{name}下分排放源的排放（居中一半的模拟结果的均值）；{year}年：{'、'.join(shown)}。",
    )


#: Standard errors of a paired difference that count as a change.
SURE = 2.0


def plans(effects: PlanEffects | Park, *, scenario: str | None = None, lang: str = "en") -> str:
    """Say how the plans move the probability of peaking in time, and which part of them does it.

    A park instead of effects has no plans; the sentence says so.
    """
    if isinstance(effects, Park):
        return say(
            lang,
            en="None: the table comes with no files of committed projects or of paths of drivers.",
            zh="无：数据表旁没有已承诺项目或驱动因素路径文件。",
        )
    at = 0 if scenario is None else effects.scenarios.index(scenario)
    without, overrides, projects, both = (
        float(part[at]) for part in (effects.p_without, effects.p_overrides, effects.p_projects, effects.p_with)
    )
    name, year = naming.scenario_name(effects.scenarios[at], lang), effects.before
    # ASSUME: a difference of shares below two binomial standard errors is not worth telling; paired draws make it
    # smaller than that.
    size = SURE * np.sqrt(max(without * (1.0 - without), 1e-4) / effects.members)
    turn = "moves" if abs(both - without) < size else ("falls" if both < without else "rises")
    moved = {
        "falls": ("falls from {} to {}", "由{}降至{}"),
        "rises": ("rises from {} to {}", "由{}升至{}"),
        "moves": ("hardly changes ({} without, {} with)", "变化不大（{}与{}）"),
    }[turn]
    texts = [share_text(value, lang) for value in (without, both, overrides, projects)]
    count, drivers = len(effects.park.plans.projects), len(effects.drivers)
    return say(
        lang,
        en=f"With the park's plans ({count} projects, {drivers} given drivers) the probability of peaking before {year}"
        f" under {name} {moved[0].format(*texts[:2])}; with the given drivers alone it is {texts[2]}, with the projects"
        f" alone {texts[3]}.",
        zh=f"计入园区规划（{count}个项目、{drivers}个给定驱动因素）后，“{name}”在{year}年以前达峰的概率"
        f"{moved[1].format(*texts[:2])}；仅计给定驱动因素为{texts[2]}，仅计项目为{texts[3]}。",
    )


#: Shortest record, years, whose own trend is informative.
SHORT = 10
#: Share of emissions below which a difference is rounding.
ROUNDING = 1e-9


def account_totals(pathways: Pathways, scenario: str, years: Iterable[int] = (2030, 2060), *, lang: str = "en") -> str:
    """State the median total of some years by each account of purchased power; empty where none is bought."""
    beside = pathway_totals_beside(pathways)
    shown = [year for year in years if pathways.years[0] <= year <= pathways.years[-1]]
    if not beside or not shown:
        return ""
    at = pathways.scenarios.index(scenario)
    words = {"location": ("location-based", "基于位置"), "market": ("market-based", "基于市场")}
    named = {say(lang, en="as reported", zh="填报口径"): pathways.total()[at]}
    named |= {say(lang, en=words[name][0], zh=words[name][1]): values[at] for name, values in beside.items()}
    parts = []
    for year in shown:
        column = int(year - pathways.years[0])
        texts = [
            f"{name} {emissions_text(float(np.median(values[:, column])), lang)}" for name, values in named.items()
        ]
        parts.append(f"{year}{say(lang, en=': ', zh='年：')}{say(lang, en=', ', zh='，').join(texts)}")
    return say(
        lang,
        en=f"Total of {naming.scenario_name(scenario, lang)} by account, medians: {'; '.join(parts)}. The account as"
        " reported counts green purchases as zero and the rest at the grid mean; the market-based one counts the rest"
        " at a factor without traded green power. Peaks are identified in the account as reported.",
        zh=f"{naming.scenario_name(scenario, lang)}各口径总量（中位数）：{'；'.join(parts)}。"
        "填报口径绿电计零，其余按电网平均因子；基于市场的口径中其余电力采用扣除市场化绿电的因子。达峰按填报口径判断。",
    )


def heading(park: Park, *, lang: str = "en") -> str:
    """Write the head of a page about a park, in Markdown; an invented one is marked before anything else."""
    lines = [f"## {naming.headline(park, lang)}"]
    if park.invented:
        lines.append(
            say(
                lang,
                en=f"**{INVENTED}: this park does not exist. Its numbers are made up and are evidence of nothing.**",
                zh=f"**{INVENTED}：本园区并不存在，数据为编造，不能作为任何证据。**",
            )
        )
    boundary = naming.in_one_language(park.boundary, lang)
    scope = say(lang, en=f"Boundary: {boundary}", zh=f"核算边界：{boundary}")
    grid = naming.factor_name(park.grid_factor, lang)
    chosen = say(
        lang,
        en=f"Factor set {naming.factor_set_name(park.factor_set, lang)}, grid factor {grid};"
        " factors in the table take precedence.",
        zh=f"排放因子组 {naming.factor_set_name(park.factor_set, lang)}，电网因子：{grid}；表中自带的因子优先。",
    )
    if not park.factor_set:
        chosen = say(
            lang,
            en="No factor set and no grid factor: emissions are those of the table.",
            zh="未使用排放因子组和电网因子：排放取自数据表。",
        )
    if heat := naming.heat_origin(park, lang):
        chosen = say(lang, en=f"{chosen[:-1]}; {heat}.", zh=f"{chosen[:-1]}；{heat}。")
    licence = naming.in_one_language(park.licence, lang)
    credit = say(lang, en=f"Licence: {licence}", zh=f"许可与署名：{licence}")
    # Third-party numbers are shown with the name of their owner.
    return "\n\n".join([*lines, scope, chosen, *([credit] if park.is_undivided and park.licence else [])])


def notes(park: Park, *, lang: str = "en") -> str:
    """List findings and assumptions that belong to every result of a park, in Markdown."""
    if not park.notes:
        return say(lang, en="The table has no notes.", zh="该表没有附注。")
    head = say(lang, en="Shown with every result:", zh="与所有结果一并展示：")
    idle = cannot_act_here(park, library.read_levers().values(), lang=lang)
    told = [*(naming.note_in(note, lang) for note in park.notes), *([idle] if idle else [])]
    return "\n".join([head, "", *(f"- {note}" for note in told)])


def cannot_act_here(park: Park, levers: Iterable[Lever], *, lang: str = "en") -> str:
    """Name the levers that cannot act on a park, by reason; empty where each of them can."""
    levers = list(levers)
    names = {lever.lever_id: lever.name_zh if lang == "zh" else lever.name_en for lever in levers}
    by_reason: dict[str, list[str]] = {}
    for lever_id, reason in cannot_act(park, levers, read_carriers()).items():
        by_reason.setdefault(reason.of(lang), []).append(names[lever_id])
    if not by_reason:
        return ""
    en = "; ".join(f"{', '.join(some)} ({reason})" for reason, some in by_reason.items())
    zh = "；".join(f"{'、'.join(some)}（{reason}）" for reason, some in by_reason.items())
    return say(lang, en=f"Cannot act here: {en}.", zh=f"在此无法作用的措施：{zh}。")


def detail(park: Park, *, lang: str = "en") -> str:
    """Say how detailed the table is, and the consequence of missing detail."""
    if not park.has_energy:
        return _undivided(park, lang)
    sectors, carriers = len(park.sectors), int((park.energy[..., -1].sum(axis=0) > 0).sum())
    span = f"{park.years[0]}-{park.years[-1]}"
    en = [f"The table has {park.years.size} years ({span}), {sectors} sector{'s' if sectors > 1 else ''} and"
          f" {carriers} carrier{'s' if carriers > 1 else ''} in use."]  # fmt: skip
    zh = [f"该表有{park.years.size}年（{span}）、{sectors}个行业、在用能源{carriers}种。"]
    if park.tier == "rich":
        en.append("Data are split by sector and carrier, so no lever has to act on an average.")
        zh.append("分行业、分品种：措施无须作用于平均水平。")
    else:
        en.append("Without data by sector, a shift between sectors looks like a change in intensity, and the levers on"
                  " structure act on the average of the park.")  # fmt: skip
        zh.append("没有分行业数据：行业间的变化会表现为强度变化，产业结构措施只能作用于园区平均水平。")
    if park.tier == "poor":
        en.append("Without data by carrier, fuel switching cannot be seen: the mix is one average fuel.")
        zh.append("没有分能源品种数据：无法看到燃料替代，能源结构只是一个平均值。")
    if not has_economy(park):
        en.append("Without value added, energy use itself counts as activity: intensity cannot be separated from"
                  " growth.")  # fmt: skip
        zh.append("没有增加值：以能耗本身代表活动规模，强度变化与规模增长无法区分。")
    if park.years.size < SHORT:
        en.append(f"With fewer than {SHORT} years the trend relies more on other regions' records: the range is wider.")
        zh.append(f"不足{SHORT}年：趋势更多依靠其他区域的历史记录，区间因此更宽。")
    return say(lang, en=" ".join(en), zh="".join(zh))


def _undivided(park: Park, lang: str) -> str:
    """Say what a table of emissions by sector supports, and what it does not."""
    span, last = f"{park.years[0]}-{park.years[-1]}", park.outputs[:, -1]
    fuel = np.array([process.name == "undivided_fuel" for process in park.processes], dtype=bool)
    share = share_text(float(last[fuel].sum() / max(last.sum(), 1e-9)), lang)
    return say(
        lang,
        en=f"The table has {park.years.size} years ({span}) and {len(park.sectors)} sectors, emissions only, not split"
        f" by carrier. In the last year {share} of the emissions come from sectors that only burn fuel; for the rest,"
        " fuel and process emissions are one number. There is no energy and no value added: emissions themselves"
        " count as activity, and neither intensity nor any indicator per value added can be computed. Purchased"
        " electricity and heat are not included.",
        zh=f"该表有{park.years.size}年（{span}）、{len(park.sectors)}个行业，仅有排放量，未分能源品种；末年排放中{share}"
        "来自仅燃烧燃料的行业，其余行业的燃料与过程排放合为一数。没有能耗和增加值：以排放代表活动规模，"
        "强度及任何单位增加值指标均无法计算。不含外购电力和热力。",
    )


def inventory(found: Inventory, *, lang: str = "en") -> str:
    """State emissions of the last year, their sources, and their change."""
    total, first, last = found.total(), int(found.years[0]), int(found.years[-1])
    highest = int(found.years[total.argmax()])
    if not total[-1]:
        return say(lang, en=f"In {last} there were no emissions: the site is closed. They were highest in {highest}.",
                   zh=f"{last}年无排放：该对象已关闭。排放最高在{highest}年。")  # fmt: skip
    by_item: dict[str, float] = {}
    for (_, item, _), values in zip(found.rows, found.emissions, strict=True):
        by_item[item] = by_item.get(item, 0.0) + float(values[-1])
    largest = max(by_item, key=lambda item: by_item[item])
    share = share_text(min(by_item[largest] / float(np.maximum(list(by_item.values()), 0).sum()), 1.0), lang)
    bought = share_text(float(np.clip(found.scope(2)[-1] / total[-1], 0, 1)), lang)
    amount, change = emissions_text(float(total[-1]), lang), change_text(float(total[-1] / total[0] - 1), lang)
    scope_2 = f"and {bought} of the total is scope 2", f"范围二占总量的{bought}"
    if set(by_item) <= set(UNDIVIDED):
        scope_2 = "and purchased electricity and heat are not in the table", "表中没有外购电力和热力"
    return say(
        lang,
        en=f"In {last} emissions were {amount} ({change} since {first}; highest in {highest}); the largest source is"
        f" {naming.item_name(largest, lang)} ({share} of all positive sources), {scope_2[0]}.",
        zh=f"{last}年排放{amount}（较{first}年{change}，最高在{highest}年）；最大排放源为"
        f"{naming.item_name(largest, lang)}（占全部正排放的{share}），{scope_2[1]}。",
    )


def sectors(found: Inventory, *, lang: str = "en") -> str:
    """Say which sector emits most in the last year, and which has grown most."""
    by_sector, last = found.by_sector(), int(found.years[-1])
    if len(by_sector) == 1:
        return say(lang, en="The table has no split by sector.", zh="该表没有分行业数据。")
    largest = max(by_sector, key=lambda name: by_sector[name][-1])
    grown = max(by_sector, key=lambda name: by_sector[name][-1] - by_sector[name][0])
    share = share_text(float(np.clip(by_sector[largest][-1] / found.total()[-1], 0, 1)), lang)
    rise = emissions_text(float(by_sector[grown][-1] - by_sector[grown][0]), lang)
    return say(
        lang,
        en=f"In {last} {naming.item_name(largest, lang)} emits most ({share} of the total); since {found.years[0]}"
        f" {naming.item_name(grown, lang)} has added most ({rise}).",
        zh=f"{last}年排放最多的行业为{naming.item_name(largest, lang)}（占总量的{share}）；自{found.years[0]}年以来增量"
        f"最大的为{naming.item_name(grown, lang)}（{rise}）。",
    )


def sources(pathways: Pathways, scenario: str, *, lang: str = "en") -> str:
    """Say which source remains the largest at the end, and how far the total has come down.

    Raises
    ------
    ScenarioError
        The scenario was not projected.
    """
    mean = finding.typical_sources(pathways, scenario)
    total, last = mean.sum(axis=0), int(pathways.years[-1])
    since = int(pathways.last_observed_year - pathways.years[0])
    if not mean[:, [since, -1]].any():  # a site that is closed
        name = naming.scenario_name(scenario, lang)
        return say(lang, en=f"{name}: no emissions in {pathways.last_observed_year}, and none in {last}.",
                   zh=f"{name}：{pathways.last_observed_year}年无排放，{last}年亦无。")  # fmt: skip
    largest = pathways.sources[int(mean[:, -1].argmax())]
    share = share_text(float(mean[:, -1].max() / np.maximum(mean[:, -1], 0).sum()), lang)
    change, name = (
        change_text(float(total[-1] / total[since] - 1), lang, digits=0),
        naming.scenario_name(scenario, lang),
    )
    return say(
        lang,
        en=f"{name}, middle half of members: emissions change by {change} from {pathways.last_observed_year} to {last};"
        f" the largest source left in {last} is {word(largest, lang)} ({share} of all positive sources).",
        zh=f"{name}（居中一半的模拟结果）：{pathways.last_observed_year}年至{last}年排放变化{change}；{last}年最大的剩余排放源为"
        f"{word(largest, lang)}（占全部正排放的{share}）。",
    )


def decomposition(parts: Decomposition, *, lang: str = "en") -> str:
    """Say which drivers raised and lowered emissions most, and that the effects add up."""
    sums = parts.sums()
    up, down = (choose(sums, key=lambda name: sums[name]) for choose in (max, min))
    change = float(parts.emissions[-1] - parts.emissions[0])
    moved = change_text(change / float(parts.emissions[0]), lang)
    raised, lowered = (_effect(sums, name, lang) for name in (up, down))
    closes = parts.residual() < ROUNDING
    tail_en = "the effects add up to the change, with no residual" if closes else "THE EFFECTS DO NOT ADD UP"
    tail_zh = "各项效应之和与总变化相等，无残差" if closes else "各项效应之和与总变化不符"
    return say(
        lang,
        en=f"Emissions changed by {moved} over {parts.years[0]}-{parts.years[-1]}: the largest upward effect is"
        f" {raised}, the largest downward effect {lowered}; {tail_en}.",
        zh=f"{parts.years[0]}-{parts.years[-1]}年排放变化{moved}：上升主要来自{raised}，下降主要来自{lowered}；"
        f"{tail_zh}。",
    )


def _effect(sums: dict[str, float], name: str, lang: str) -> str:
    label = word(name, lang)
    amount = emissions_text(abs(sums[name]), lang, beside=max(map(abs, sums.values())))
    sign = "-" if sums[name] < 0 else "+"
    return say(lang, en=f"{label} ({sign}{amount})", zh=f"{label}（{sign}{amount}）")


def decoupled(park: Park, *, lang: str = "en") -> str:
    """Say whether emissions have decoupled from value added."""
    if not has_economy(park):
        return say(lang, en="The table has no value added to decouple from.", zh="该表没有增加值，无法判断是否脱钩。")
    found = decoupling(park)
    grown, emitted = (change_text(value, lang) for value in (found.activity_change, found.emissions_change))
    state = word(found.state, lang)
    return say(
        lang,
        en=f"From {found.first} to {found.last} value added changed by {grown} and emissions by {emitted}: {state}"
        f" (elasticity {found.elasticity:.2f}).",
        zh=f"{found.first}年至{found.last}年增加值变化{grown}，排放变化{emitted}：{state}（弹性{found.elasticity:.2f}）。",
    )


#: Name of each group of uncertain inputs, and the data that would reduce its part of the doubt.
GROUPS_OF_DOUBT = {
    "growth": ("growth", "增长", "committed drivers (signed projects, a plan that is carried out, a new year of data)",
               "落实驱动因素：已签约项目、得到执行的规划、新一年数据"),
    "levers": ("levers", "措施", "engineering studies of the measures themselves, and quotations",
               "对措施本身开展工程研究与询价"),
    "factors": ("factors", "排放因子", "factors measured on site and verified activity data",
                "实测排放因子与经核查的活动水平数据"),
    "noise": ("the park's own noise", "园区自身波动", "nothing in advance, as it is variation from year to year",
              "事前无法缩小：为逐年波动"),
}  # fmt: skip


def doubt(found: Doubt, *, lang: str = "en") -> str:
    """State the parts of the headline's doubt by growth, levers, factors and own noise, and what would reduce them."""
    name, parts = naming.scenario_name(found.scenario, lang), found.shown()
    if not parts:
        return say(lang, en=f"{name}: there is no uncertainty.", zh=f"{name}：无不确定性。")
    ranked = sorted(parts, key=lambda group: -parts[group])
    shares = {group: share_text(parts[group], lang) for group in ranked}
    en = ", ".join(f"{GROUPS_OF_DOUBT[group][0]} ({shares[group]})" for group in ranked)
    zh = "、".join(f"{GROUPS_OF_DOUBT[group][1]}{shares[group]}" for group in ranked)
    return say(
        lang,
        en=f"{name}: the uncertainty about how clearly it peaks before {found.before} comes from {en}. What would"
        f" reduce it most: {GROUPS_OF_DOUBT[ranked[0]][2]}.",
        zh=f"{name}：{found.before}年以前达峰余地的不确定性中，{zh}。最能缩小它的是：{GROUPS_OF_DOUBT[ranked[0]][3]}。",
    )
