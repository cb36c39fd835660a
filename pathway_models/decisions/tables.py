"""Tables of decisions, and names of families, packages and amounts of money, in English and Chinese.

An unknown part of a cost is always shown beside the known one.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from math import isfinite

import pandas as pd

from pathway_models.decisions import records
from pathway_models.decisions.decision import Candidate, Decision, IndicatorCandidate
from pathway_models.decisions.investments import CORNERS, WHOLE, Valued
from pathway_models.intake import library, messages, naming
from pathway_models.intake.costs import unknown_costs
from pathway_models.language import bracketed, error_text, money_text, say, scale_of, share_text, significant, word
from pathway_models.records.costs import Costs, LeverCost
from pathway_models.records.levers import OFF, Block, Grid, Lever
from pathway_models.records.peaks import Step, shares_of

UNKNOWN = {"en": "cost not known", "zh": "成本未知"}
SETTINGS = {"moderate": ("moderate", "适度"), "strong": ("strong", "强化")}


def family_name(family: str, lang: str) -> str:
    """Name a family of levers; the family "process" differs from the source of that name."""
    return say(lang, en="low-carbon processes", zh="工艺降碳") if family == "process" else word(family, lang)


def block_name(block: Block, lang: str) -> str:
    """Name a block by its lever or its family."""
    if block.name_en == block.block_id:
        return family_name(block.block_id, lang)
    return block.name_zh if lang == "zh" else block.name_en


def option_name(label: str, lang: str) -> str:
    """Name an option: ``strong+5`` is the strong setting, five years later.

    Examples
    --------
    >>> option_name("strong+5", "en"), option_name("moderate", "zh")
    ('strong, 5 years later', '适度')
    """
    found = re.fullmatch(r"(.+?)([+-]\d+)?", label)
    setting, shift = (found.group(1), int(found.group(2) or 0)) if found else (label, 0)
    en, zh = SETTINGS.get(setting, (setting, setting))
    if shift:
        when = ("later", "晚") if shift > 0 else ("earlier", "早")
        en, zh = f"{en}, {abs(shift)} years {when[0]}", f"{zh}，{when[1]}{abs(shift)}年"
    return say(lang, en=en, zh=zh)


def package_name(grid: Grid, code: tuple[int, ...], lang: str) -> str:
    """Name a package by its blocks with their settings."""
    used = [(b, o) for b, o in zip(grid.blocks, grid.options_of(code), strict=True) if o.measures]
    parts = [bracketed(block_name(block, lang), option_name(option.label, lang), lang) for block, option in used]
    return say(lang, en="; ", zh="；").join(parts) or say(lang, en="no lever", zh="无措施")


def cost_text(candidate: Candidate | IndicatorCandidate, lang: str) -> str:
    """Write the yearly cost of a package, and state any unknown part of it."""
    known = money_text(candidate.annualised, lang)
    if not candidate.unknown:
        return say(lang, en=f"{known} a year", zh=f"每年{known}")
    return say(
        lang,
        en=f"at least {known} a year ({candidate.steps} steps without a price come on top)",
        zh=f"每年{known}起（{candidate.steps}级无价格的力度另计）",
    )


def claim(decision: Decision, lang: str) -> str:
    """Name the package shown: the cheapest, that of priced measures, or that with the fewest unpriced ones."""
    if not decision.unknown:
        return say(lang, en="The cheapest package", zh="最低成本组合")
    if not decision.closest.steps:
        return say(lang, en="The cheapest package among priced measures", zh="有价格措施中的最低成本组合")
    return say(
        lang,
        en="The package with the fewest steps without a price",
        zh="无价格力度级数最少的组合",
    )


def lever_names(decision: Decision, ids: tuple[str, ...], lang: str) -> str:
    """Name some levers of a decision's grid."""
    names = {
        m.lever.lever_id: m.lever.name_zh if lang == "zh" else m.lever.name_en
        for m in decision.grid.everything().measures
    }
    return say(lang, en=", ", zh="、").join(names.get(one, one) for one in ids)


def table(rows: Sequence[Sequence[str]], head: Sequence[tuple[str, str]], lang: str) -> pd.DataFrame:
    """Make a table of rows with bilingual heads, (English, Chinese) each; the first column becomes the index."""
    names = [say(lang, en=en, zh=zh) for en, zh in head]
    return pd.DataFrame(list(rows), columns=names).set_index(names[0])


def contributions(found: records.Attribution, *, year: int = 2035, lang: str = "en") -> pd.DataFrame:
    """Tabulate each player's contribution in tonnes, years and points of probability; the last row is the whole."""
    rows = found.table(year)
    scale = scale_of(max(abs(float(row["avoided_tco2"])) for row in rows), lang)
    head = [
        ("lever", "措施"),
        (f"avoided in {year}, {scale.unit}", f"{year}年减排，{scale.unit}"),
        ("peak lowered, " + scale.unit, "峰值降低，" + scale.unit),
        ("years gained", "达峰提前，年"),
        (f"points of P(peak before {found.before})", f"{found.before}年前达峰概率，百分点"),
    ]
    names = [player_name(found, at, lang) for at in range(len(found.players))]
    names.append(str(rows[-1]["name_zh" if lang == "zh" else "name_en"]))
    cells = [
        (
            name,
            f"{float(row['avoided_tco2']) / scale.divisor:,.2f}",
            f"{float(row['peak_level']) / scale.divisor:,.2f}",
            f"{float(row['years_gained']):+.1f}",
            f"{100 * float(row['probability']):+.1f}",
        )
        for name, row in zip(names, rows, strict=True)
    ]
    return table(cells, head, lang)


def first_steps(steps: Sequence[Step], *, before: int = 2030, lang: str = "en") -> pd.DataFrame:
    """Tabulate the effect of each measure by itself, and its cost; the one to begin with first.

    Parameters
    ----------
    steps : sequence of Step
        `first_steps` of a run.
    before : int
        Year before which emissions shall peak.
    lang : {"en", "zh"}
    """
    scale = scale_of(max((abs(step.avoided) for step in steps), default=0.0), lang)
    unknown = say(lang, en="cost not known", zh="成本未知")
    rows = [
        (
            say(lang, en=step.name_en, zh=step.name_zh),
            option_name(step.setting, lang),
            f"{step.start} - {step.complete}",
            f"{100 * step.gain:+.1f}",
            significant(step.avoided / scale.divisor, 2),
            money_text(step.cost, lang) if step.has_price else unknown,
            "" if step.pays_below is None else money_text(step.pays_below, lang),
        )
        for step in steps
    ]
    head = [
        ("measure, by itself", "措施（单独实施）"),
        ("setting", "力度"),
        ("years", "实施期"),
        (f"points of P(peak before {before})", f"{before}年前达峰概率，百分点"),
        (f"avoided a year, {scale.unit}", f"年均减排，{scale.unit}"),
        ("cost a year", "每年成本"),
        ("without a price: pays if its yearly cost is below", "无价格的措施：每年成本低于此数即合算"),
    ]
    return table(rows, head, lang)


def player_name(found: records.Attribution, at: int, lang: str) -> str:
    """Name a family or lever of an attribution."""
    name = found.names_zh[at] if lang == "zh" else found.names_en[at]
    return family_name(name, lang) if name == found.players[at] else name


def output_name(output: str, before: int, lang: str) -> str:
    """Name an output of the ensemble."""
    names = {
        "peak_year": ("peak year", "达峰年"),
        "peaked_before": (f"peak before {before}", f"{before}年前达峰"),
        "log_peak_level": ("peak level", "峰值水平"),
    }
    return say(lang, en=names[output][0], zh=names[output][1])


def comparison(found: records.Attribution, quantity: str | int, *, lang: str = "en") -> pd.DataFrame:
    """Compare Shapley shares with leave-one-out and one at a time: only the first add up to the whole."""
    rows = found.comparison(quantity)
    divisor, unit = 1.0, say(lang, en="years", zh="年")
    if quantity == "probability":
        divisor, unit = 0.01, say(lang, en="points", zh="百分点")
    elif quantity != "years_gained":
        scale = scale_of(max(abs(float(row["shapley"])) for row in rows), lang)
        per_year = "" if quantity == "cumulative" else say(lang, en=" a year", zh="/年")
        divisor, unit = scale.divisor, scale.unit + per_year
    names = [player_name(found, at, lang) for at in range(len(found.players))]
    names += [say(lang, en="sum", zh="合计"), say(lang, en="joint effect", zh="共同效果")]
    head = {
        "shapley": say(lang, en="Shapley", zh="Shapley分摊"),
        "leave_one_out": say(lang, en="leave one out", zh="逐一去除"),
        "one_at_a_time": say(lang, en="one at a time", zh="逐一单独"),
    }
    comma = say(lang, en=", ", zh="，")
    values = {
        f"{title}{comma}{unit}": [significant(float(row[key]) / divisor) for row in rows] for key, title in head.items()
    }
    return pd.DataFrame(values, index=pd.Index(names, name=say(lang, en="lever", zh="措施")))


def packages(decision: Decision, *, most: int = 8, lang: str = "en") -> pd.DataFrame:
    """Tabulate the best or closest package, its alternatives and no levers, with cost and probabilities."""
    before = decision.target.before
    head = [
        ("package", "组合"),
        ("levers", "措施"),
        (f"before {before}", f"{before}年前"),
        ("on fresh draws", "新抽样检验"),
        (f"by {before}", f"{before}年底前"),
        ("cost", "成本"),
        ("known CNY/t", "已知，元/吨"),
    ]
    first = say(lang, en="best" if decision.reached else "closest", zh="最优" if decision.reached else "最接近")
    named = [(first, decision.closest)]
    named += [(str(at), one) for at, one in enumerate(decision.alternatives[:most], start=2)]
    named.append((say(lang, en="no lever", zh="无措施"), decision.off))
    return table([(name, *_package_row(decision, one, lang)) for name, one in named], head, lang)


def measures(decision: Decision, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the measures of the best or closest package with their settings, and which have no known cost."""
    grid, unknown = decision.grid, set(decision.closest.unknown)
    rows = []
    for block, option in zip(grid.blocks, grid.options_of(decision.closest.code), strict=True):
        if option.measures:
            none = any(m.lever.lever_id in unknown for m in option.measures)
            rows.append((block_name(block, lang), option_name(option.label, lang), UNKNOWN[lang] if none else ""))
    rows = rows or [(say(lang, en="no lever", zh="无措施"), "", "")]
    return table(rows, [("measure", "措施"), ("setting", "力度"), ("note", "备注")], lang)


def figures(decision: Decision, prices: Sequence[tuple[str, str]] = (), *, lang: str = "en") -> pd.DataFrame:
    """Tabulate effects and cost of the best or closest package: the probability with its parts, checks and prices."""
    found, before = decision.closest, decision.target.before
    shares = shares_of(found.p_before, found.p_past, decision.members)
    past, ahead = (share_text(min(max(shares[key], 0.0), 1.0), lang) for key in ("p_past", "p_ahead"))
    rows = [
        (
            say(lang, en=f"peaks before {before}", zh=f"{before}年前达峰的概率"),
            share_text(found.p_before, lang) + error_text(shares["p_se"]),
        ),
        (say(lang, en="  already past", zh="  其中已达峰"), past),
        (say(lang, en="  ahead", zh="  其中未来达峰"), ahead),
    ]
    if (given := shares["p_ahead_given_not_past"]) == given:
        chance = share_text(min(max(given, 0.0), 1.0), lang) + error_text(shares["p_se_ahead_given"])
        rows.append((say(lang, en="ahead if not past", zh="尚可争取的达峰概率"), chance))
    if found.p_fresh is not None:
        name = say(lang, en=f"on {decision.fresh_members:,} fresh draws", zh=f"{decision.fresh_members:,}个新样本检验")
        rows.append((name, share_text(found.p_fresh, lang) + error_text(decision.fresh_error())))
    rows.append((say(lang, en="cost", zh="成本"), cost_text(found, lang)))
    rows += prices
    return table(rows, [("figure", "指标"), ("value", "数值")], lang)


def cheaper_if(decision: Decision, most: int = 8, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate packages with unpriced measures, with the cost of these below which they beat the one shown."""
    blocks = {block.block_id: block_name(block, lang) for block in decision.grid.blocks}
    colon, nothing = word("colon", lang), say(lang, en="none", zh="不采用")
    rows = []
    for one in decision.cheaper_if[:most]:
        asked = {**one.more, **one.less}
        weaker = say(lang, en=" (weaker)", zh="（减弱）")
        told = [
            f"{blocks[name]}{colon}{nothing if to == OFF else option_name(to, lang) + weaker * (name in one.less)}"
            for name, to in asked.items()
        ]
        unit = "" if one.per_unit is None else f"{significant(one.per_unit)} {one.unit}"
        rows.append(
            (
                say(lang, en="; ", zh="；").join(told),
                say(lang, en=f"under {money_text(one.annualised, lang)}", zh=f"低于{money_text(one.annualised, lang)}"),
                unit,
                share_text(one.candidate.p_before, lang),
            )
        )
    head = [
        ("without a price", "无价格的措施"),
        ("cheaper if its yearly cost is", "每年成本如下时更便宜"),
        ("per unit", "单位成本"),
        ("probability", "概率"),
    ]
    if not any(row[2] for row in rows):
        rows, head = [(*row[:2], row[3]) for row in rows], [*head[:2], head[3]]
    return table(rows, head, lang)


def package_economics(found: records.PackageEconomics | None, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the cash flow of a package: investment, operation and energy apart, annuity, rate of return, payback."""
    head = [("present value", "现值"), ("amount", "金额")]
    if found is None:
        return table([(say(lang, en="no measure has a price", zh="没有措施有价格"), UNKNOWN[lang])], head, lang)
    values = found.present_values()
    names = {
        "investment": ("investment", "投资"),
        "left_at_the_end": ("equipment value at the end", "期末设备余值"),
        "operation": ("upkeep and running, without energy", "运行维护（不含能源）"),
        "energy_bought": ("energy bought", "新增购能"),
        "energy_saved": ("energy saved", "节约能源"),
        "net": ("net present value", "净现值"),
    }
    rows = [(say(lang, en=en, zh=zh), money_text(values[key], lang)) for key, (en, zh) in names.items()]
    rows.append((say(lang, en="annuity (cost a year)", zh="年金（年均成本）"), money_text(found.annuity, lang)))
    rows.append((say(lang, en="internal rate of return", zh="内部收益率"), _rates(found.internal_rates(), lang)))
    years = found.payback()
    told = f"{years:.1f}" if isfinite(years) else say(lang, en="never", zh="不能回收")
    rows.append((say(lang, en="payback, years", zh="投资回收期（年）"), told))
    return table(rows, head, lang)


def describe_economics(decision: Decision, *, lang: str = "en") -> str:
    """State the coverage of the package's cash flow; empty where nothing in it has a price."""
    found = decision.economics
    if found is None:
        return ""
    year, rate = decision.costs.price_year, share_text(found.rate, lang)
    whole = say(
        lang,
        en=f"Economics of the package at prices of {year} and a discount rate of {rate} a year, including the energy it"
        " buys and saves:",
        zh=f"该组合的经济性（{year}年价，年利率{rate}，含新增与节约的能源）：",
    )
    if not found.left_out:
        return whole
    names = lever_names(decision, found.left_out, lang)
    return say(
        lang,
        en=f"Economics of its priced measures alone, without {names}, at prices of {year} and a discount rate of {rate}"
        " a year:",
        zh=f"仅其有价格措施的经济性（不含{names}；{year}年价，年利率{rate}）：",
    )


def alternatives(decision: Decision, most: int, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate other packages that reach the target, by their differences from the best."""
    rows = []
    best = decision.grid.options_of(decision.closest.code)
    for at, one in enumerate(decision.alternatives[:most], start=2):
        changes = [
            f"{block_name(block, lang)}{word('colon', lang)}"
            + (option_name(other.label, lang) if other.measures else say(lang, en="none", zh="不采用"))
            for block, option, other in zip(decision.grid.blocks, best, decision.grid.options_of(one.code), strict=True)
            if option.label != other.label
        ]
        told = say(lang, en="; ", zh="；").join(changes)
        rows.append((str(at), share_text(one.p_before, lang), money_text(one.annualised, lang), told))
    head = [
        ("no.", "序号"),
        ("probability", "概率"),
        ("known cost a year", "每年已知成本"),
        ("differs from the first in", "与首选组合的不同"),
    ]
    return table(rows, head, lang)


def indispensable(decision: Decision, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate, for each block of the best package, the cheapest one without it, or that there is none."""
    names = {block.block_id: block_name(block, lang) for block in decision.grid.blocks}
    nothing = say(lang, en="indispensable: none reaches the target", zh="不可或缺：无组合达标")
    rows = [
        (names[block], nothing, "")
        if other is None
        else (names[block], package_name(decision.grid, other.code, lang), cost_text(other, lang))
        for block, other in decision.without_block.items()
    ]
    return table(rows, [("without", "去掉"), ("cheapest package", "最低成本组合"), ("cost", "成本")], lang)


def _package_row(decision: Decision, one: Candidate, lang: str) -> tuple[str, ...]:
    fresh = "" if one.p_fresh is None else share_text(one.p_fresh, lang)
    tonne = UNKNOWN[lang] if one.unknown else "" if one.per_tonne != one.per_tonne else significant(one.per_tonne)
    cost = "0" if one is decision.off else cost_text(one, lang)
    levers = package_name(decision.grid, one.code, lang)
    return levers, share_text(one.p_before, lang), fresh, share_text(one.p_by, lang), cost, tonne


def abatement(found: records.Macc, reading: str = "shapley", *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the abatement cost curve; levers of unknown cost have tonnes and no cost."""
    told = [row for row in found.table(reading) if float(row["tco2_per_year"])]
    scale = scale_of(max((abs(float(row["tco2_per_year"])) for row in told), default=0.0), lang)
    head = [
        ("lever", "措施"),
        (f"avoided, {scale.unit} a year", f"减排，{scale.unit}/年"),
        ("5-95 %", "5%-95%"),
        (f"CNY({found.price_year})/t", f"元({found.price_year}年价)/吨"),
        ("5-95 % ", "成本5%-95%"),
        ("chance of this rank", "位次概率"),
        ("based on", "依据"),
    ]
    rows = []
    for row in told:  # a lever without effect in this park is left out
        keys = ("tco2_per_year", "tco2_p05", "tco2_p95")
        width, *ends = (significant(float(row[key]) / scale.divisor) for key in keys)
        cells = [UNKNOWN[lang], "", "", ""]
        if row["cny_per_tco2"] is not None:
            height, low, high = (significant(float(row[key])) for key in ("cny_per_tco2", "cny_p05", "cny_p95"))
            en, zh = ("assumptions in part", "部分为假设") if row["assumed"] else ("sources", "有来源")
            chance = share_text(float(row["place_chance"]), lang)
            cells = [height, f"{low} - {high}", chance, say(lang, en=en, zh=zh)]
        rows.append((row["name_zh"] if lang == "zh" else row["name_en"], width, " - ".join(ends), *cells))
    return table(rows, head, lang)


def drivers(
    found: records.Sensitivity, output: str = "peaked_before", *, most: int = 10, lang: str = "en"
) -> pd.DataFrame:
    """Tabulate the inputs that drive an output, the strongest first."""
    head, kinds = [("input", "输入"), ("alone", "单独"), ("90 % interval", "90%区间")], ["first"]
    if found.total is not None:
        head += [("with interactions", "含交互"), ("90 % interval ", "90%区间(含交互)")]
        kinds.append("total")
    rows = []
    for row in found.table(output)[:most]:
        cells = [str(row["name_zh"] if lang == "zh" else row["name_en"])]
        for kind in kinds:
            middle, low, high = (f"{float(row[key]):.2f}" for key in (kind, f"{kind}_low", f"{kind}_high"))
            cells += [middle, f"{low} - {high}"]
        rows.append(cells)
    return table(rows, head, lang)


def measure_first(found: list[records.Worth], *, most: int = 6, lang: str = "en") -> pd.DataFrame:
    """Tabulate the inputs to measure first, and how; inputs no better than chance are left out."""
    head = [("input", "输入"), ("uncertainty removed", "可消除的不确定性"), ("how to find out", "如何获知")]
    rows = [
        (
            one.input.label_zh if lang == "zh" else one.input.label_en,
            share_text(min(one.doubt, 1.0), lang),
            one.how_zh if lang == "zh" else one.how_en,
        )
        for one in found
        if one.input.can_be_learnt and one.doubt > one.spread
    ]
    return table(rows[:most], head, lang)


def costs(given: Costs, levers: Mapping[str, Lever], *, lang: str = "en") -> pd.DataFrame:
    """Tabulate each lever's own cost beside its energy, as its source states it, or that none was found."""
    head = [
        ("lever", "措施"),
        ("own cost as stated", "自身成本（原始表述）"),
        ("source", "来源"),
        ("confidence", "可信度"),
    ]
    unknown, assumed = unknown_costs(given, levers), say(lang, en="assumed in part", zh="部分为假设")
    rows, told = [], partial(messages.translated, lang=lang, catalogue="tables")
    for lever_id, lever in levers.items():
        name, own = lever.name_zh if lang == "zh" else lever.name_en, given.levers.get(lever_id, LeverCost())
        if lever_id in unknown:
            rows.append((name, UNKNOWN[lang], told(unknown[lever_id]), ""))
            continue
        if own.bought:
            rows.append(
                (name, say(lang, en="the price of the energy it buys", zh="所购能源的价格"), told(own.note), "")
            )
        for one in [own.capital, *own.running] if own.capital else own.running:
            rows.append((name, told(one.stated), one.source, assumed if one.assumed else told(one.confidence)))
    return table(rows, head, lang)


def economics(valued: Sequence[Valued], *, lang: str = "en") -> pd.DataFrame:
    """Tabulate net present value, all internal rates of return and payback of projects: likely (worst ... best)."""
    head = [("project", "项目"), ("net present value, million CNY", "净现值（百万元）"),
            ("internal rate of return", "内部收益率"), ("payback, years", "投资回收期（年）")]  # fmt: skip
    return table([_economics(one, lang) for one in valued], head, lang)


def _economics(one: Valued, lang: str) -> tuple[str, str, str, str]:
    name = say(lang, en="all priced projects", zh="全部已定价项目") if one.name == WHOLE else one.name
    if not one.is_priced:
        return name, UNKNOWN[lang], "-", "-"
    value, rates, years = (
        [write(of[corner]) for corner in ("likely", "worst", "best")]
        for of, write in (
            (one.value, lambda million: significant(million, 3)),
            (one.rates, lambda found: _rates(found, lang)),
            (one.payback, lambda found: f"{found:.1f}" if isfinite(found) else say(lang, en="never", zh="不能回收")),
        )
    )
    ranges = (value, rates, years)
    return name, *(one[0] if len(set(one)) == 1 else f"{one[0]} ({one[1]} … {one[2]})" for one in ranges)


def _rates(rates: Sequence[float], lang: str) -> str:
    """Write all internal rates of return, of which there may be several, or none."""
    return say(lang, en=" and ", zh="、").join(f"{100 * rate:.1f}{say(lang, en=' ', zh='')}%" for rate in rates) or say(
        lang, en="none", zh="无"
    )


def project_effects(found: records.ProjectEffects, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the effects of projects in one year, each by itself and beside the others, and emissions of loads."""
    account = found.account.name.told(lang)
    head = [
        ("project", "项目"), ("lever or load", "对应措施或负荷"),
        (f"CO₂ alone, t/yr, {found.year}", f"单独效果（吨CO₂/年，{found.year}年）"),
        ("beside the others", "与其他项目共同实施时"),
        ("whole lever, weakest setting", "该措施全园区最低力度"),
        (f"load at full size, t/yr, {account}", f"满负荷排放，吨/年，{account}"),
        ("per unit of product", "单位产品排放"),
    ]  # fmt: skip
    rows = [_effect(one, lang) for one in found.effects]
    # Columns of loads, or of levers, are given only where the list has any.
    kept = [at for at in range(len(head)) if at < 4 or any(row[at] != "-" for row in rows)]
    return table([[row[at] for at in kept] for row in rows], [head[at] for at in kept], lang)


def _effect(one: records.ProjectEffect, lang: str) -> tuple[str, ...]:
    unknown = say(lang, en="not stated", zh="未填报")
    alone, together = (unknown if value is None else _tonnes(value) for value in (one.alone, one.together))
    if not one.tied_to:
        together = say(lang, en="tied to no lever or load", zh="未对应措施或负荷")
    products = "; ".join(f"{naming.item_name(name, lang)} {rate:.3g} t" for name, rate in (one.products or {}).items())
    tied = lever_name(one.investment.lever, lang) if one.tied_to == "lever" else one.investment.load or "-"
    whole = "-" if one.lever_alone is None else _tonnes(one.lever_alone)
    return (one.investment.name, tied, alone, together, whole, "-" if one.total is None else f"{one.total:,.0f}",
            products or "-")  # fmt: skip


def _tonnes(change: float) -> str:
    """Write a change in whole tonnes with its sign; none where it rounds to nothing."""
    whole = round(change)
    return f"{whole:+,}" if whole else "0"


def lever_name(lever_id: str, lang: str) -> str:
    """Name a lever of the shipped library."""
    lever = library.read_levers()[lever_id]
    return lever.name_zh if lang == "zh" else lever.name_en


def project_rows(found: records.ProjectEffects, valued: Sequence[Valued]) -> pd.DataFrame:
    """List the evaluation of projects, one number a row: value, rates, payback, effects, structure of loads.

    Unknown numbers have a row with an empty value, so that they cannot be taken for zero.
    """
    inventory, rows = "inventory", []
    for one, effect in zip(valued, found.effects, strict=False):
        money = [("", "net_present_value", corner, one.value.get(corner), "million CNY") for corner in CORNERS]
        money += [("", "internal_rate_of_return", f"{corner} {n}", rate, "share/yr")
                  for corner in CORNERS for n, rate in enumerate(one.rates.get(corner, ()), start=1)]  # fmt: skip
        money += [("", "payback", corner, one.payback.get(corner), "yr") for corner in CORNERS]
        account = found.account.account_id
        carbon = [(inventory, "effect_alone", "", effect.alone, "tCO2/yr"),
                  (inventory, "effect_beside_the_others", "", effect.together, "tCO2/yr")]  # fmt: skip
        if effect.tied_to == "lever":
            carbon.append((inventory, "effect_of_the_whole_lever", "", effect.lever_alone, "tCO2/yr"))
        if effect.sources is not None:
            carbon.append((account, "load_total", "", effect.total, "tCO2/yr"))
            carbon += [(account, "load_structure", name, value, "tCO2/yr") for name, value in effect.sources.items()]
            carbon += [(account, "load_per_product", name, value, "tCO2/unit")
                       for name, value in (effect.products or {}).items()]  # fmt: skip
        rows += [(found.park_id, one.name, found.year, *row) for row in (*money, *carbon)]
    head = ["park_id", "project", "year", "account", "quantity", "item", "value", "unit"]
    return pd.DataFrame(rows, columns=head).astype({"value": float})
