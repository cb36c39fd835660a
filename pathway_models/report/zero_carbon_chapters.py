"""Items of the application as a zero-carbon park: three years of energy and CO2, verdicts, projects, economics."""

import numpy as np

import pathway_models as pw
from pathway_models.compliance import judging, sentences
from pathway_models.compliance import tables as compliance_tables
from pathway_models.core.units import TJ_PER_TCE
from pathway_models.decisions import investments
from pathway_models.decisions import tables as decision_tables
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake import naming, rules
from pathway_models.inventory.accounts import energy_use, take_account
from pathway_models.language import say, scale_of, significant, word
from pathway_models.records.costs import Range
from pathway_models.report.inputs import ReportInputs

PROFILE, CORE_ID = "zero_carbon_910", "co2_per_energy"
#: Account of the application.
ACCOUNT = "zero_carbon_910"
#: Base year of targets in annex 2.
BASE_YEAR = 2025
#: Years required by the application.
YEARS = 3


def identity(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the park as its table describes it."""
    park, boundary = inputs.park, naming.in_one_language(inputs.park.boundary, inputs.lang)
    builder.say(
        inputs.say(
            en=f"{naming.park_name(park, 'en')}; data {park.years[0]}-{park.last_observed_year}."
            f" Boundary, as the table states it: {boundary or 'not stated'}",
            zh=f"{naming.park_name(park, 'zh')}；数据年份{park.years[0]}—{park.last_observed_year}年。"
            f"核算边界（数据表原文）：{boundary or '未说明'}",
        )
    )


def core_verdict(inputs: ReportInputs) -> str:
    """State the verdicts of the last year in one line, for the first page of an application."""
    return sentences.verdict_sentence(judging.comply(inputs.park, PROFILE), lang=inputs.lang)


def energy_of_three_years(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate energy by carrier in the last years of the record, tce at calorific value."""
    park, lang = inputs.park, inputs.lang
    years = park.years[-YEARS:]
    used = park.energy.sum(axis=0)[:, -YEARS:] / TJ_PER_TCE
    rows = [
        (naming.item_name(carrier, lang), *(significant(float(value), 4) for value in used[c]))
        for c, carrier in enumerate(park.carriers)
        if used[c].any()
    ]
    rows += [
        (
            inputs.say(en=f"total, electricity at {one.name.en}", zh=f"合计，电力按{one.name.zh}"),
            *(significant(float(value), 4) for value in energy_use(park, one.tj_per_mwh)[-YEARS:] / TJ_PER_TCE),
        )
        for one in rules.read_profile(PROFILE).readings
    ]
    caption = inputs.say(en="Energy by carrier, tce", zh="分品种能源消费，吨标准煤")
    head = [inputs.say(en="carrier", zh="能源品种"), *map(str, years)]
    note = inputs.say(
        en="Carriers at calorific value, without feedstock; totals with feedstock.",
        zh="分品种按当量值，不含原料用能；合计含原料用能。",
    )
    builder.rows(caption, head, rows, note)


def co2_of_three_years(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate CO2 of the last years by annex 4, its structure and CO2 per energy."""
    park, lang, profile = inputs.park, inputs.lang, rules.read_profile(PROFILE)
    found = take_account(park, rules.read_account(profile.account))
    scale = scale_of(float(np.abs(found.total()).max()), lang)
    rows = [
        (say(lang, en=en, zh=zh), scale.unit, *(significant(float(v) / scale.divisor, 4) for v in values[-YEARS:]))
        for kind, (en, zh) in compliance_tables.ROW_WORDS.items()
        if kind in found.account.rows and (values := found.of_kind(kind)).any()
    ]
    rows.append(
        (word("total", lang), scale.unit, *(significant(float(v) / scale.divisor, 4) for v in found.total()[-YEARS:]))
    )
    for one in profile.readings:
        per_energy = found.total() / (energy_use(park, one.tj_per_mwh) / TJ_PER_TCE)
        name = inputs.say(en=f"per energy, electricity at {one.name.en}", zh=f"单位能耗碳排放，电力按{one.name.zh}")
        rows.append((name, "tCO2/tce", *(significant(float(v), 3) for v in per_energy[-YEARS:])))
    rows += [
        (
            inputs.say(
                en=f"international bunkers, {naming.item_name(fuel, 'en')}",
                zh=f"国际航空航运燃料，{naming.item_name(fuel, 'zh')}",
            ),
            "t",
            *(significant(float(of[int(year)]), 4) if int(year) in of else "-" for year in park.years[-YEARS:]),
        )
        for (quantity, _, fuel), of in park.memo_items.items()
        if quantity == "bunker"
    ]
    caption = inputs.say(en="CO2 under annex 4 of no. 910", zh="按910号附件4核算的碳排放")
    head = [inputs.say(en="item", zh="项目"), inputs.say(en="unit", zh="单位"), *map(str, park.years[-YEARS:])]
    note = inputs.say(
        en="A separate account: power that is not green counts at 0.8325 tCO2/MWh, sinks and capture are not counted,"
        " and international bunkers are not deducted. Not to be mixed with the inventory of other documents.",
        zh="单独的核算口径：非绿电按0.8325吨/兆瓦时，不计碳汇与捕集，国际航空航运燃料不扣除，不与其他文件的清单混用。",
    )
    builder.rows(caption, head, rows, note)


def indicator_verdicts(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the verdicts on the indicators of annex 3, with what is missing."""
    found, lang = judging.comply(inputs.park, PROFILE), inputs.lang
    builder.say(_base_year(inputs), sentences.verdict_sentence(found, lang=lang))
    builder.table(
        inputs.say(en="Indicators of annex 3", zh="附件3指标"), compliance_tables.compliance(found, lang=lang)
    )
    missing = {one.place: one for judgement in found.judgements for one in judgement.missing}
    if missing:
        builder.note(inputs.say(en="Missing inputs:", zh="缺少的输入："))
        builder.bullets(one.told(lang) for one in missing.values())


def _base_year(inputs: ReportInputs) -> str:
    """State that the base year of the annex is not in the record, where that is so."""
    first, last = int(inputs.park.years[0]), inputs.park.last_observed_year
    if first <= BASE_YEAR <= last:
        return ""
    return inputs.say(
        en=f"The base year of the annex, {BASE_YEAR}, is not in the record ({first}-{last}); until it is, indicators"
        f" are those of {last}.",
        zh=f"附件规定的基期{BASE_YEAR}年不在数据年份（{first}—{last}年）之内；补充数据前指标按{last}年计算。",
    )


def core_indicator_ahead(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate the probability of meeting the core indicator without measures and on the advised path, by year."""
    park, lang, profile = inputs.park, inputs.lang, rules.read_profile(PROFILE)
    if not judging.comply(park, profile)[CORE_ID].values:
        return
    chosen = [inputs.scenarios[name] for name in dict.fromkeys([inputs.reference, inputs.chosen])]
    draws = inputs.draws_of(chosen)
    pathways = pw.project(park, chosen, draws)
    found = judging.core_ahead(park, pathways, draws, profile, scenarios={one.scenario_id: one for one in chosen})
    last = {one.reading_id: np.median(found.values[at, :, :, -1], axis=1) for at, one in enumerate(profile.readings)}
    told = inputs.say(en=" / ", zh="/").join(significant(float(values[-1]), 3) for values in last.values())
    year, name = int(found.years[-1]), naming.scenario_name(chosen[-1].scenario_id, lang)
    builder.say(
        inputs.say(
            en=f"On the path “{name}” the median member emits {told} t CO2 per tonne of standard coal equivalent in"
            f" {year}, under annex 4 with its prescribed factor for electricity in every year.",
            zh=f"按附件4并在各年沿用其规定的电力因子，“{name}”路径{year}年单位能耗碳排放的中位数为{told}吨CO2/吨标准煤。",
        )
    )
    note = inputs.say(
        en=f"Shares of {draws.members:,} members; “-”: more than half lie in no size class of the annex. The account is"
        " that of annex 4, not that of the inventory, which all other pathways in this document use.",
        zh=f"{draws.members:,}次模拟中的占比；“-”表示半数以上模拟结果不在附件的分档内。口径为附件4，"
        "与本文件其他路径所用的清单口径不同。",
    )
    caption = inputs.say(en="Probability of meeting the core indicator", zh="达到核心指标的概率")
    builder.table(caption, compliance_tables.ahead(found, lang=lang), note)


def project_table(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate the projects as required by annex 2."""
    if not inputs.investments:
        return
    head = [
        inputs.say(en=en, zh=zh)
        for en, zh in (("project", "项目名称"), ("owner", "实施主体"), ("content", "建设内容"),
                       ("investment, million CNY", "总投资（百万元）"), ("period", "建设期"),
                       ("energy, tce/yr", "能耗变化（吨标准煤/年）"), ("CO2, t/yr", "碳排放变化（吨/年）"))
    ]  # fmt: skip
    rows = [
        (
            one.name,
            one.owner,
            one.content,
            _range(one.capital, inputs),
            f"{one.start}-{one.start + one.years - 1}" if one.years > 1 else str(one.start),
            _stated(one.energy, inputs),
            _stated(one.carbon, inputs),
        )
        for one in inputs.investments
    ]
    note = inputs.say(
        en="Effects as stated by the owners, one project at a time; they do not add up: see the evaluation below.",
        zh="效果为各项目单独填报值，不可简单相加，见下文项目碳评价。",
    )
    builder.rows(inputs.say(en="Projects", zh="重点项目"), head, rows, note)


def project_economics(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate net present value, internal rates of return and payback, worst to best."""
    if not inputs.investments:
        return
    note = inputs.say(
        en=f"Likely case, worst and best in brackets; real discount rate {investments.RATE:.0%} (ASSUME). Payback"
        " from the first payment. Projects whose cost or saving is not known stay in the list.",
        zh=f"括号内为最差与最好情形；实际贴现率{investments.RATE:.0%}（假设）。回收期自首笔投资起算。"
        "成本或收益未知的项目保留在表中。",
    )
    table = decision_tables.economics(investments.value_investments(inputs.investments), lang=inputs.lang)
    builder.table(inputs.say(en="Economics of the projects", zh="项目经济性"), table, note)


def project_evaluation(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Tabulate the effect of each project on emissions, alone and beside the others, and the structure of loads."""
    if inputs.effects is None:
        return
    note = inputs.say(
        en="Alone: as stated by the owner for a project that carries out a lever, as modelled for a committed load."
        " Beside the others: what remains when all projects in the list are carried out. Effects are in the account of"
        " the inventory, loads at full size in that of annex 4.",
        zh="单独效果：对应措施的项目为填报值，已定负荷由模型计算。共同实施时：清单内项目全部实施后的效果。"
        "效果按清单口径，满负荷排放按附件4口径。",
    )
    builder.table(inputs.say(en="Carbon evaluation of the projects", zh="项目碳评价"),
                  decision_tables.project_effects(inputs.effects, lang=inputs.lang), note)  # fmt: skip


def _stated(value: float | None, inputs: ReportInputs) -> str:
    return inputs.say(en="not stated", zh="未填报") if value is None else significant(value, 4)


def _range(value: Range | None, inputs: ReportInputs) -> str:
    if value is None:
        return inputs.say(en="cost not known", zh="成本未知")
    low, likely, high = (significant(one, 3) for one in value)
    return likely if low == high else f"{likely} ({low}-{high})"
