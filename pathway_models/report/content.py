"""Documents of a park by outline: cover, chapters, annexes; in China the notice's special report first."""

from collections.abc import Callable

from pathway_models import sentences, tables
from pathway_models.core.errors import InputError
from pathway_models.decisions.tables import option_name
from pathway_models.documents.blocks import Report, ReportBuilder, clean
from pathway_models.intake import assumptions, messages, naming
from pathway_models.inventory.accounts import ledger_rows
from pathway_models.kernels.event_split import WINDOW
from pathway_models.language import INVENTED, say, significant, word
from pathway_models.report import ahead_chapters, claims, figures, past_chapters, task_chapters, zero_carbon_chapters
from pathway_models.report.inputs import ChapterOutline, Outline, ReportInputs, Text, outline_ids, read_outline, told


def build_report(inputs: ReportInputs, outline: Outline | None = None) -> Report:
    """Write the content of a document once, for every format.

    Parameters
    ----------
    inputs : ReportInputs
    outline : Outline, optional
        By default the first required by rules of the park's country: in China the notice's special report.
    """
    lang, park = inputs.lang, inputs.park
    outline = outline or read_outline(outline_ids(park.country)[0])
    builder = ReportBuilder(lang)
    front = builder.front(lambda page: _front(page, inputs, outline))
    for chapters, is_annex in ((outline.chapters, False), (outline.annexes, True)):
        for chapter in chapters:
            heading = _headed(inputs, chapter.title)
            builder.chapter(chapter.key, heading, lambda p, c=chapter: _written(p, inputs, c), annex=is_annex)
    name = clean(naming.park_name(park, lang) or park.park_id)
    what = outline.title.told(lang)
    title = inputs.say(en=f"{name}: {what}", zh=f"{name}{what}")
    mark = f"[{INVENTED}] " if park.invented else ""
    run = say(lang, en=f"run {inputs.manifest.run_id}", zh=f"运行批次 {inputs.manifest.run_id}")
    return Report(
        lang=lang,
        title=title,
        park_name=name,
        mark=_mark(inputs),
        cover=_cover(inputs, outline),
        header=mark + say(lang, en=f"{name}: {what}", zh=f"{name}：{what}"),
        footer=f"{mark}{clean(park.park_id)} · {run}",
        summary_title=say(lang, en="The decision", zh="决策要点"),
        summary=front,
        chapters=tuple(builder.chapters),
        facts={
            "run_id": inputs.manifest.run_id,
            "park_id": clean(park.park_id),
            "verdict": claims.verdict(inputs, inputs.chosen),
        },
    )


def _front(builder: ReportBuilder, inputs: ReportInputs, outline: Outline) -> None:
    """Write the first page: answer, figure, three actions, their cost, and caveats."""
    lang = inputs.lang
    builder.say(claims.headline(inputs), role="answer")
    builder.say(claims.decisive(inputs))
    if outline.account == zero_carbon_chapters.ACCOUNT:
        builder.say(zero_carbon_chapters.core_verdict(inputs))
    names = dict.fromkeys([inputs.reference, inputs.chosen])
    rows = dict(zip(inputs.peaks.scenarios, inputs.peaks.headline(inputs.before), strict=True))
    told = say(lang, en=" ", zh="").join(
        [claims.headline(inputs), *(sentences.peak(inputs.peaks, one, lang=lang) for one in names)]
    )
    builder.picture(
        told,
        lambda: figures.decision(
            inputs.pathways, {name: rows[name] for name in names}, inputs.inventory, inputs.before, lang
        ),
    )
    builder.say(say(lang, en="What to do first", zh="首先要做的"), role="label")
    builder.bullets(claims.actions(inputs))
    builder.say(say(lang, en="What it costs", zh="成本"), role="label")
    builder.say(claims.cost(inputs))
    builder.note(claims.caveat(inputs))


def _headed(inputs: ReportInputs, title: Text) -> str:
    """Fill the plans of the record into a heading; a record before all plans has a heading without one."""
    if "{plans}" not in title.en:
        return title.told(inputs.lang)
    if not inputs.plans:
        return inputs.say(en="Review of the record", zh="历史回顾")
    plural = "s" if len(inputs.plans) > 1 else ""
    return inputs.say(
        en=title.en.format(plans=told(inputs.plans, "en")) + plural, zh=title.zh.format(plans=told(inputs.plans, "zh"))
    )


def _written(builder: ReportBuilder, inputs: ReportInputs, chapter: ChapterOutline) -> None:
    """Write a chapter as a whole, or item by item; an item without content states its required input."""
    for name in chapter.write:
        WRITERS[name](builder, inputs)
    for item in chapter.items:
        if item.title is not None:
            builder.section(item.title.told(inputs.lang))
        before = builder.size
        for name in item.write:
            WRITERS[name](builder, inputs)
        if builder.size == before:
            needs = item.needs.told(inputs.lang) if item.needs else inputs.say(en="more data", zh="更多数据")
            builder.note(inputs.say(en=f"Not filled in. Needed: {needs}.", zh=f"未填写。需要：{needs}。"))


def _mark(inputs: ReportInputs) -> str:
    if not inputs.park.invented:
        return ""
    return inputs.say(
        en=f"{INVENTED}: this park does not exist. Its numbers are made up and are evidence of nothing.",
        zh=f"{INVENTED}：本园区并不存在，数据为编造，不能作为任何证据。",
    )


def _cover(inputs: ReportInputs, outline: Outline) -> tuple[str, ...]:
    park, run = inputs.park, inputs.manifest
    return (
        inputs.say(
            en=f"Data {park.years[0]}-{park.last_observed_year}; pathways to {run.until}",
            zh=f"数据年份{park.years[0]}—{park.last_observed_year}年；路径至{run.until}年",
        ),
        inputs.say(
            en=f"Run {run.run_id}; issue year {inputs.peaks.issue_year}; {run.members:,} members; seed {run.seed}",
            zh=f"运行批次{run.run_id}；评估年份{inputs.peaks.issue_year}年；模拟{run.members:,}次；随机种子{run.seed}",
        ),
        outline.basis.told(inputs.lang),
    )


#: Years of base data shown; the audit workbook has the whole record.
BASE_YEARS = 5
#: Digits of a hash shown: they distinguish files and fit a column.
HASH_SHOWN = 16


def base_data(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write annex A: amounts behind the inventory, by source and year."""
    park, lang = inputs.park, inputs.lang
    years = [int(year) for year in park.years[-BASE_YEARS:]]
    amounts: dict[tuple[str, str, str], dict[int, float]] = {}
    for line in ledger_rows(park):
        key = str(line["sector"]), str(line["source"]), str(line["amount_unit"])
        amounts.setdefault(key, {})[int(line["year"])] = float(line["amount"])
    rows = [
        (naming.item_name(sector, lang), naming.item_name(source, lang), unit, *(significant(of[y], 4) for y in years))
        for (sector, source, unit), of in amounts.items()
        if any(of[year] for year in years)
    ]
    head = [say(lang, en=e, zh=z) for e, z in (("sector", "行业"), ("source", "排放源"), ("unit", "单位"))]
    builder.say(
        inputs.say(
            en=f"Amounts for {years[0]}-{years[-1]} net of feedstock and sales, as used in the inventory. The"
            " spreadsheet that accompanies this report gives every value with its line or cell.",
            zh=f"{years[0]}—{years[-1]}年的活动水平（已扣除原料用途与外售），即清单所用数值；"
            "每个数值及其所在行或单元格见随附电子表格。",
        )
    )
    builder.rows(say(lang, en="Base data", zh="基础数据"), [*head, *map(str, years)], rows)
    if park.notes:
        builder.note(say(lang, en="Notes to the table:", zh="数据表附注："))
        builder.bullets(naming.note_in(note, lang) for note in park.notes)


def factors(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write annex B: factors in use and their sources."""
    park, lang = inputs.park, inputs.lang
    factor_set = naming.factor_set_name(park.factor_set, lang)
    licence, grid = naming.in_one_language(park.licence, lang), naming.factor_name(park.grid_factor, lang)
    # In a Chinese text titles are as foreign as keys, and longer.
    source = say(lang, en=naming.cited(park.source), zh=messages.translated(park.source, lang, "tables"))
    builder.say(
        inputs.say(
            en=f"Factor set {factor_set or '(none)'}, grid factor {grid or '(none)'}; the table's own factors take"
            " precedence.",
            zh=f"排放因子组：{factor_set or '（无）'}；电网因子：{grid or '（无）'}；数据表自带的因子优先。",
        ),
        f"{heat[0].upper()}{heat[1:]}{say(lang, en='.', zh='。')}" if (heat := naming.heat_origin(park, lang)) else "",
        say(lang, en=f"Sources of the table: {source}.", zh=f"数据表来源：{source}。") if park.source else "",
        say(lang, en=f"Licence of the table: {licence}", zh=f"数据表许可：{licence}") if park.licence else "",
        inputs.say(
            en=f"Boundary, as the table states it: {naming.in_one_language(park.boundary, lang)}",
            zh=f"核算边界（数据表原文）：{naming.in_one_language(park.boundary, lang)}",
        )
        if park.boundary
        else "",
    )
    if park.one_off_years:
        years = say(lang, en=", ", zh="、").join(map(str, park.one_off_years))
        builder.say(
            inputs.say(
                en=f"Set aside as one-off years and not used for trends: {years}.",
                zh=f"作为特殊年份不用于趋势判断：{years}年。",
            )
        )
    builder.table(say(lang, en="Emission factors", zh="排放因子"), tables.factors(park, lang=lang))


def uncertainty(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write annex D: uncertain inputs, their ranges and sources."""
    lang, assumed = inputs.lang, assumptions.read_assumptions()
    known = assumed.uncertainties
    builder.say(
        inputs.say(
            en=f"Every number about the future is a share or a quantile of {inputs.pathways.members:,} members, drawn"
            f" from the distributions below; fitted growth parameters are those of version {assumed.law_version}.",
            zh=f"关于未来的每个数值都是{inputs.pathways.members:,}次模拟的占比或分位数，各次模拟的参数由下列分布抽取；"
            f"增长参数版本为{assumed.law_version}。",
        )
    )
    _report_card(builder, inputs)
    pace, zero = known.grid_decline, known.grid_futures.zero_by
    rows = [
        (word(name, lang), say(lang, en="factor, standard deviation of the log", zh="因子，对数标准差"), f"{sd:.3g}")
        for name, sd in {**known.factor_errors, **inputs.park.factor_errors}.items()
    ]
    rows.append(
        (
            word("electricity", lang),
            say(
                lang,
                en="yearly decline of the grid factor (slow future): low, mode, high",
                zh="电网因子年降幅（缓慢情景）：低、众数、高",
            ),
            f"{pace.low:g}, {pace.mode:g}, {pace.high:g}",
        )
    )
    rows.append(
        (
            word("electricity", lang),
            say(
                lang,
                en="first year without fossil power under policy: low, mode, high",
                zh="政策情景下化石能源发电归零年份：低、众数、高",
            ),
            f"{zero.low:g}, {zero.mode:g}, {zero.high:g}",
        )
    )
    for name, sd in inputs.park.activity_errors.items():
        rows.append(
            (
                word(name, lang),
                say(lang, en="activity data, standard deviation of the log", zh="活动水平，对数标准差"),
                f"{sd:.3g}",
            )
        )
    head = [say(lang, en=e, zh=z) for e, z in (("source", "排放源"), ("what varies", "不确定项"), ("size", "大小"))]
    builder.rows(say(lang, en="Uncertainty of factors", zh="因子的不确定性"), head, rows)
    _levers(builder, inputs)


def _report_card(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write the skill of hindcasts, which a user's data folder may lack."""
    lang = inputs.lang
    try:
        early, card = inputs.early(inputs.reference), tables.report_card(inputs.park, lang=lang)
        description = sentences.report_card(inputs.park, probability=early, lang=lang)
    except InputError:
        builder.say(
            inputs.say(
                en="The data folder holds no hindcasts: how often such forecasts were right cannot be stated.",
                zh="数据目录中没有回溯检验结果：不说明此类预测的历史准确程度。",
            )
        )
        return
    builder.say(description)
    builder.table(say(lang, en="Measured skill of the baseline", zh="基准预测的检验成绩"), card)


def _levers(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write every parameter of the advised path's levers, with its range and source."""
    lang, scenario = inputs.lang, inputs.scenarios[inputs.chosen]
    if not scenario.measures:
        return
    rows = [
        (
            measure.lever.name_zh if lang == "zh" else measure.lever.name_en,
            f"{option_name(measure.setting, lang)} {measure.ramp.start}-{measure.ramp.complete}",
            measure.lever.acts.parameter(name).label.of(lang),
            f"{corners.low:g} / {corners.mode:g} / {corners.high:g}",
            messages.translated(measure.lever.units.get(name, ""), lang, "tables"),
            source_in(measure.lever.source_of(name, measure.setting), lang),
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
        ("source", "来源"),
    )
    name = naming.scenario_name(inputs.chosen, lang)
    builder.rows(
        say(lang, en=f"Levers of {name}: parameters and sources", zh=f"“{name}”的措施参数与来源"),
        [say(lang, en=e, zh=z) for e, z in head],
        rows,
    )


def source_in(source: str, lang: str) -> str:
    """Return the source of a lever parameter: by titles, or in Chinese where the catalogue has it."""
    return say(lang, en=naming.cited(source), zh=messages.translated(source, lang, "tables"))


def manifest(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write annex E: provenance of the run, so that it can be repeated."""
    lang, run = inputs.lang, inputs.manifest
    builder.say(
        inputs.say(
            en=f"Every number in this report was recalculated from run {run.run_id} and compared with the run's stored"
            " summary before the report was written; where they differ, no report is produced.",
            zh=f"本报告的每个数值均由运行批次{run.run_id}重新计算，并在成文前与其存储的汇总核对；不一致则不出具报告。",
        )
    )
    label = say(lang, en=", ", zh="、")
    rows = [
        (say(lang, en="run", zh="运行批次"), run.run_id),
        (say(lang, en="seed", zh="随机种子"), str(run.seed)),
        (say(lang, en="members", zh="模拟次数"), str(run.members)),
        (say(lang, en="horizon", zh="预测期末"), str(run.until)),
        (say(lang, en="peak before", zh="达峰要求：早于"), str(run.before)),
        (say(lang, en="issue year", zh="评估年份"), str(inputs.peaks.issue_year)),
        (say(lang, en="account", zh="核算口径"), word(inputs.peaks.account, lang)),
        (say(lang, en="scenarios", zh="情景"), label.join(naming.scenario_name(name, lang) for name in run.scenarios)),
        (say(lang, en="commit", zh="代码版本"), run.commit or say(lang, en="not a checkout", zh="非代码库")),
        *((name, text) for name, text in sorted(run.versions.items())),
    ]
    head = [say(lang, en="item", zh="项目"), say(lang, en="value", zh="内容")]
    builder.rows(say(lang, en="Parameters and versions", zh="参数与版本"), head, rows)
    files = {**run.inputs, **dict(inputs.park.files)}
    hashes = [(name, f"{value[:HASH_SHOWN]}…") for name, value in sorted(files.items())]
    builder.rows(
        say(lang, en="Files the run read", zh="运行读取的文件"),
        [say(lang, en="file", zh="文件"), "SHA-256"],
        hashes,
        inputs.say(
            en=f"First {HASH_SHOWN} characters; the full hashes are in run.json of the run.",
            zh=f"前{HASH_SHOWN}位；完整哈希见运行目录的run.json。",
        ),
    )


#: (English, Chinese); ``{last}``, ``{before}``, ``{confirmed}`` and ``{issued}`` are years of the run.
METHOD = (
    (
        "Inventory: energy by carrier x calorific value x carbon content x oxidation x 44/12, plus process output x"
        " factor; purchased power and heat at their own factors (scope 2). Sinks are reported separately.",
        "清单：分品种能源消费×热值×含碳量×碳氧化率×44/12，加工业过程产量×因子；外购电力与热力按各自因子计入范围二。"
        "碳汇并列。",
    ),
    (
        "Review: exact logarithmic mean Divisia index (Ang 2004) and Tapio's decoupling (Tapio 2005).",
        "回顾：对数平均迪氏指数分解（Ang 2004）与Tapio脱钩指标（Tapio 2005）。",
    ),
    (
        "Baseline: the law in levels. A park follows half of its nation's change and deviates as industrial parks have"
        " done; a province deviates from the nation as provinces have done, and all provinces add up to the nation."
        " Each level is measured on a panel of its size; activity, intensity and mix together give emissions.",
        "基准情景：分层增长模型。园区跟随全国变化的一半，并按真实工业园区的历史偏离；省份按各省历史偏离全国，且各省之和等于全国。"
        "各层均由相应规模的面板测定；活动水平、强度与能源结构合成排放。",
    ),
    (
        "Levers act in the order structure, efficiency, management, substitution, process, capture, sinks, each on what"
        " the previous ones leave; the energy that capture uses counts towards emissions.",
        "措施依次作用于产业结构、能效、管理、能源替代、工艺、捕集与碳汇，后者作用于前者的余量；捕集自身用能计入排放。",
    ),
    (
        "Peaks before {before}: no year of {before}-{confirmed} exceeds the highest year before {before}. Already past:"
        " this also holds without new measures, and the highest year is no later than {issued}, the issue year. Ahead:"
        " time or measures bring it about. Up to the issue year no measure acts unless the record shows it. The peak"
        " year is the year of each member's maximum where five years follow it; a member that is highest after {last},"
        " or not yet below its plateau, has no peak year.",
        "{before}年以前达峰：{before}—{confirmed}年均不超过{before}年以前的最高年。已达峰：无新措施时亦然，且最高年不晚于"
        "评估年份{issued}年；未来达峰：由时间或措施促成。评估年份及以前，除记录已有体现者外，措施不起作用。达峰年为其后至少"
        "有五年的最高年；最高年晚于{last}年或未走出平台期的模拟结果没有达峰年。",
    ),
)


def method(builder: ReportBuilder, inputs: ReportInputs) -> None:
    """Write annex C: the method in brief."""
    peaks, before = inputs.peaks, inputs.before
    years = {"last": peaks.last_peak_year, "before": before, "confirmed": before + WINDOW - 1}
    years["issued"] = peaks.issue_year
    builder.bullets(inputs.say(en=en, zh=zh).format(**years) for en, zh in METHOD)


#: Writers of outlines by name.
WRITERS: dict[str, Callable[[ReportBuilder, ReportInputs], None]] = {
    "review": past_chapters.review,
    "today": past_chapters.today,
    "gap": ahead_chapters.gap,
    "pathways": ahead_chapters.pathways,
    "tasks": task_chapters.tasks,
    "safeguards": task_chapters.safeguards,
    "base_data": base_data,
    "factors": factors,
    "method": method,
    "uncertainty": uncertainty,
    "manifest": manifest,
    "identity": zero_carbon_chapters.identity,
    "energy_of_three_years": zero_carbon_chapters.energy_of_three_years,
    "co2_of_three_years": zero_carbon_chapters.co2_of_three_years,
    "indicator_verdicts": zero_carbon_chapters.indicator_verdicts,
    "core_indicator_ahead": zero_carbon_chapters.core_indicator_ahead,
    "project_table": zero_carbon_chapters.project_table,
    "project_economics": zero_carbon_chapters.project_economics,
    "project_evaluation": zero_carbon_chapters.project_evaluation,
}
