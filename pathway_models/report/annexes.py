"""The annexes: base data, factors and sources, uncertainty, and the manifest of the run.

The annex on method: how the numbers are made, in a few sentences.
"""

from __future__ import annotations

from pathway_models import sentences, tables
from pathway_models.core.errors import InputError
from pathway_models.decisions.tables import option_name
from pathway_models.documents.blocks import ReportBuilder
from pathway_models.intake.assumptions import read_assumptions
from pathway_models.intake.names import item_name, scenario_name
from pathway_models.inventory.account import ledger_rows
from pathway_models.language.rounding import significant
from pathway_models.language.words import say, word
from pathway_models.report.inputs import ReportInputs

#: Years of base data shown; the whole record stands in the spreadsheet twin.
BASE_YEARS = 5
#: Signs of a hash that are shown: enough to tell files apart, short enough for a column.
HASH_SHOWN = 16


def base_data(pen: ReportBuilder, on: ReportInputs) -> None:
    """Annex A: amounts behind the inventory, by source and year."""
    park, lang = on.park, on.lang
    years = [int(year) for year in park.years[-BASE_YEARS:]]
    amounts: dict[tuple[str, str, str], dict[int, float]] = {}
    for line in ledger_rows(park):
        key = str(line["sector"]), str(line["source"]), str(line["amount_unit"])
        amounts.setdefault(key, {})[int(line["year"])] = float(line["amount"])
    rows = [
        (item_name(sector, lang), item_name(source, lang), unit, *(significant(of[y], 4) for y in years))
        for (sector, source, unit), of in amounts.items()
        if any(of[year] for year in years)
    ]
    head = [say(lang, en=e, zh=z) for e, z in (("sector", "行业"), ("source", "排放源"), ("unit", "单位"))]
    pen.say(
        say(
            lang,
            en=f"Amounts of {years[0]}-{years[-1]} after feedstock and sales, as the inventory uses them; every"
            " value with its line or cell stands in the spreadsheet that belongs to this report.",
            zh=f"{years[0]}—{years[-1]}年的活动水平（已扣除原料用途与外售），即清单所用数值；"
            "每个数值及其所在行或单元格见随附电子表格。",
        )
    )
    pen.rows(say(lang, en="Base data", zh="基础数据"), [*head, *map(str, years)], rows)
    if park.notes:
        pen.note(say(lang, en="Notes of the table, in its own words:", zh="数据表附注（原文）："))
        pen.bullets(park.notes)


def factors(pen: ReportBuilder, on: ReportInputs) -> None:
    """Annex B: factors in use, where they come from, and the sources of the table."""
    park, lang = on.park, on.lang
    pen.say(
        say(
            lang,
            en=f"Factor set {park.factor_set or '(none)'}, grid factor {park.grid_factor or '(none)'}; factors of the"
            " table come first.",
            zh=f"排放因子组：{park.factor_set or '（无）'}；电网因子：{park.grid_factor or '（无）'}；"
            "数据表自带的因子优先。",
        ),
        say(lang, en=f"Sources of the table: {park.source}.", zh=f"数据表来源：{park.source}。") if park.source else "",
        say(
            lang, en=f"Boundary, as the table states it: {park.boundary}", zh=f"核算边界（数据表原文）：{park.boundary}"
        )
        if park.boundary
        else "",
    )
    if park.one_off_years:
        years = say(lang, en=", ", zh="、").join(map(str, park.one_off_years))
        pen.say(
            say(
                lang,
                en=f"Set aside as one-off years, from which no trend is read: {years}.",
                zh=f"作为特殊年份不用于趋势判断：{years}年。",
            )
        )
    pen.table(say(lang, en="Emission factors", zh="排放因子"), tables.factors(park, lang=lang))


def uncertainty(pen: ReportBuilder, on: ReportInputs) -> None:
    """Annex D: what is uncertain, how much, and who says so."""
    lang, assumed = on.lang, read_assumptions()
    known = assumed.uncertainties
    pen.say(
        say(
            lang,
            en=f"Every number on the future is a share or a quantile of {on.pathways.members:,} members, drawn from the"
            f" distributions below; fitted growth parameters are those of version {assumed.baselines.version}.",
            zh=f"关于未来的每个数值都是{on.pathways.members:,}个成员的占比或分位数，成员由下列分布抽取；"
            f"增长参数版本为{assumed.baselines.version}。",
        )
    )
    _report_card(pen, on)
    pace = known.grid_decline
    rows = [
        (word(name, lang), say(lang, en="factor, standard deviation of the log", zh="因子，对数标准差"), f"{sd:g}")
        for name, sd in {**known.factor_errors, **on.park.factor_errors}.items()
    ]
    rows.append(
        (
            word("electricity", lang),
            say(lang, en="yearly decline of the grid factor: low, mode, high", zh="电网因子年降幅：低、众数、高"),
            f"{pace.low:g}, {pace.mode:g}, {pace.high:g}",
        )
    )
    for name, sd in on.park.activity_errors.items():
        rows.append(
            (
                word(name, lang),
                say(lang, en="activity data, standard deviation of the log", zh="活动水平，对数标准差"),
                f"{sd:g}",
            )
        )
    head = [say(lang, en=e, zh=z) for e, z in (("source", "排放源"), ("what varies", "不确定项"), ("size", "大小"))]
    pen.rows(say(lang, en="Uncertainty of factors", zh="因子的不确定性"), head, rows)
    _levers(pen, on)


def _report_card(pen: ReportBuilder, on: ReportInputs) -> None:
    """How often forecasts like these were right; a data folder of one's own may lack the stored hindcasts."""
    lang = on.lang
    try:
        told, card = sentences.report_card(on.park, lang=lang), tables.report_card(on.park, lang=lang)
    except InputError:
        pen.say(
            say(
                lang,
                en="The data folder holds no hindcasts: how often forecasts like these were right is not told.",
                zh="数据目录中没有回溯检验结果：不说明此类预测的历史准确程度。",
            )
        )
        return
    pen.say(told)
    pen.table(say(lang, en="Measured skill of the baseline", zh="基准预测的检验成绩"), card)


def _levers(pen: ReportBuilder, on: ReportInputs) -> None:
    """Every parameter of the advised path's levers, with its range and its source."""
    lang, scenario = on.lang, on.scenarios[on.chosen]
    if not scenario.measures:
        return
    rows = [
        (
            measure.lever.name_zh if lang == "zh" else measure.lever.name_en,
            f"{option_name(measure.setting, lang)} {measure.ramp.start}-{measure.ramp.complete}",
            measure.lever.acts.parameter(name).label.of(lang),
            f"{corners.low:g} / {corners.mode:g} / {corners.high:g}",
            measure.lever.units.get(name, ""),
            measure.lever.sources.get(name, ""),
        )
        for measure in scenario.measures
        for name, corners in measure.lever.triangles(measure.setting).items()
    ]
    head = (
        ("lever", "措施"),
        ("setting and years", "力度与实施期"),
        ("parameter", "参数"),
        ("low / mode / high", "低/众数/高"),
        ("unit", "单位"),
        ("source (in its own words)", "来源（原文）"),
    )
    name = scenario_name(on.chosen, lang)
    pen.rows(
        say(lang, en=f"Levers of {name}: parameters and sources", zh=f"“{name}”的措施参数与来源"),
        [say(lang, en=e, zh=z) for e, z in head],
        rows,
    )


def manifest(pen: ReportBuilder, on: ReportInputs) -> None:
    """Annex E: the run behind every number, so that it can be made again."""
    lang, run = on.lang, on.manifest
    pen.say(
        say(
            lang,
            en=f"Every number of this report was worked out again from run {run.run_id} and compared with its stored"
            " summary before this report was written; where they differ no report is made.",
            zh=f"本报告的每个数值均由运行批次{run.run_id}重新计算，并在成文前与其存储的汇总核对；不一致则不出具报告。",
        )
    )
    label = say(lang, en=", ", zh="、")
    rows = [
        (say(lang, en="run", zh="运行批次"), run.run_id),
        (say(lang, en="seed", zh="随机种子"), str(run.seed)),
        (say(lang, en="members", zh="成员数"), str(run.members)),
        (say(lang, en="horizon", zh="预测期末"), str(run.until)),
        (say(lang, en="peak before", zh="达峰要求：早于"), str(run.before)),
        (say(lang, en="scenarios", zh="情景"), label.join(scenario_name(name, lang) for name in run.scenarios)),
        (say(lang, en="commit", zh="代码版本"), run.commit or say(lang, en="not a checkout", zh="非代码库")),
        *((name, text) for name, text in sorted(run.versions.items())),
    ]
    head = [say(lang, en="what", zh="项目"), say(lang, en="value", zh="内容")]
    pen.rows(say(lang, en="Parameters and versions", zh="参数与版本"), head, rows)
    files = {**run.inputs, **dict(on.park.files)}
    hashes = [(name, f"{value[:HASH_SHOWN]}…") for name, value in sorted(files.items())]
    pen.rows(
        say(lang, en="Files the run read", zh="运行读取的文件"),
        [say(lang, en="file", zh="文件"), "SHA-256"],
        hashes,
        say(
            lang,
            en=f"First {HASH_SHOWN} signs; the whole hashes stand in run.json of the run.",
            zh=f"前{HASH_SHOWN}位；完整哈希见运行目录的run.json。",
        ),
    )


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


def method(pen: ReportBuilder, on: ReportInputs) -> None:
    """Annex C: how the numbers are made."""
    years = {"last": on.pathways.years[-1], "before": on.before, "eve": on.before - 1}
    pen.bullets(say(on.lang, en=en, zh=zh).format(**years) for en, zh in SENTENCES)
