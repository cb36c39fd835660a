"""Tables of the decision, and names of its families, packages and amounts of money, in English and Chinese.

An unknown part of a cost always stands beside the known one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from pathway_models.decisions.decision import Candidate, Decision, IndicatorCandidate
from pathway_models.decisions.records import Attribution, Macc, Sensitivity, Worth
from pathway_models.intake.costs import unknown_costs
from pathway_models.language.rounding import emissions_text, error_text, scale_of, share_text, significant
from pathway_models.language.words import say, word
from pathway_models.records.costs import Costs, LeverCost
from pathway_models.records.headline import shares_of
from pathway_models.records.levers import Block, Grid, Lever

UNKNOWN = {"en": "cost not known", "zh": "成本未知"}
SETTINGS = {"moderate": ("moderate", "适度"), "strong": ("strong", "强化")}


def family_name(family: str, lang: str) -> str:
    """Name a family of levers; the family of processes is not the source of that name."""
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
    parts = [f"{block_name(block, lang)} ({option_name(option.label, lang)})" for block, option in used]
    return say(lang, en="; ", zh="；").join(parts) or say(lang, en="no lever", zh="无措施")


def money_text(million: float, lang: str) -> str:
    """Write an amount of money in the unit of its language.

    Examples
    --------
    >>> money_text(1234.0, "en"), money_text(1234.0, "zh")
    ('1,230 million CNY', '12.3亿元')
    """
    return say(lang, en=f"{significant(million)} million CNY", zh=f"{significant(million / 100)}亿元")


def cost_text(candidate: Candidate | IndicatorCandidate, lang: str) -> str:
    """Write the yearly cost of a package; an unknown part is stated, never left as a number that looks whole."""
    known = money_text(candidate.annualised, lang)
    if not candidate.unknown:
        return say(lang, en=f"{known} a year", zh=f"每年{known}")
    return say(
        lang,
        en=f"cost not known ({candidate.steps} steps without a price); known part {known} a year",
        zh=f"成本未知（{candidate.steps}级力度无价格）；已知部分每年{known}",
    )


def lever_names(decision: Decision, ids: tuple[str, ...], lang: str) -> str:
    """Name some levers of a decision's grid."""
    names = {
        m.lever.lever_id: m.lever.name_zh if lang == "zh" else m.lever.name_en
        for m in decision.grid.everything().measures
    }
    return say(lang, en=", ", zh="、").join(names.get(one, one) for one in ids)


def table(rows: Sequence[Sequence[str]], head: Sequence[tuple[str, str]], lang: str) -> pd.DataFrame:
    """Put rows under heads, (English, Chinese) each; the first column becomes the index."""
    names = [say(lang, en=en, zh=zh) for en, zh in head]
    return pd.DataFrame(list(rows), columns=names).set_index(names[0])


def contributions(found: Attribution, *, year: int = 2035, lang: str = "en") -> pd.DataFrame:
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


def player_name(found: Attribution, at: int, lang: str) -> str:
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


def comparison(found: Attribution, quantity: str | int, *, lang: str = "en") -> pd.DataFrame:
    """Set Shapley shares beside leave-one-out and one at a time: only the first add up to the whole."""
    rows = found.comparison(quantity)
    names = [player_name(found, at, lang) for at in range(len(found.players))]
    names += [say(lang, en="sum", zh="合计"), say(lang, en="what all reach together", zh="共同效果")]
    head = {
        "shapley": say(lang, en="Shapley", zh="Shapley分摊"),
        "leave_one_out": say(lang, en="leave one out", zh="逐一去除"),
        "one_at_a_time": say(lang, en="one at a time", zh="逐一单独"),
    }
    values = {title: [significant(float(row[key])) for row in rows] for key, title in head.items()}
    return pd.DataFrame(values, index=pd.Index(names, name=say(lang, en="lever", zh="措施")))


def packages(decision: Decision, *, most: int = 8, lang: str = "en") -> pd.DataFrame:
    """Tabulate the best or closest package, its alternatives and no lever at all, with cost and probabilities."""
    before = decision.target.before
    head = [
        ("package", "组合"),
        ("levers", "措施"),
        (f"P(<{before})", f"P(<{before})"),
        ("on fresh draws", "新抽样检验"),
        (f"P(<={before})", f"P(<={before})"),
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
    """Tabulate what the best or closest package does and costs: the probability with its parts, checks and prices."""
    found, before = decision.closest, decision.target.before
    shares = shares_of(found.p_before, found.p_past, decision.members)
    past, ahead = (share_text(min(max(shares[key], 0.0), 1.0), lang) for key in ("p_past", "p_ahead"))
    rows = [
        (
            say(lang, en=f"peaks before {before}", zh=f"{before}年前达峰的概率"),
            share_text(found.p_before, lang) + error_text(shares["p_se"]),
        ),
        (say(lang, en="  past already", zh="  其中已达峰"), past),
        (say(lang, en="  ahead", zh="  其中未来达峰"), ahead),
    ]
    if (given := shares["p_ahead_given_not_past"]) == given:
        chance = share_text(min(max(given, 0.0), 1.0), lang) + error_text(shares["p_se_ahead_given"])
        rows.append((say(lang, en="of what is not past, ahead", zh="尚未达峰者按时达峰"), chance))
    if found.p_fresh is not None:
        name = say(lang, en=f"on {decision.fresh_members:,} fresh draws", zh=f"{decision.fresh_members:,}个新样本检验")
        rows.append((name, share_text(found.p_fresh, lang) + error_text(decision.fresh_error())))
    money = money_text(found.annualised, lang)
    rows.append((say(lang, en="known cost", zh="已知成本"), say(lang, en=f"{money} a year", zh=f"每年{money}")))
    rows += prices
    return table(rows, [("figure", "指标"), ("value", "数值")], lang)


def alternatives(decision: Decision, most: int, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate other packages that reach the target, by what they do otherwise than the best."""
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
        ("otherwise than the first", "与首选组合的不同"),
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


def abatement(found: Macc, reading: str = "shapley", *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the abatement cost curve; levers of unknown cost have a width and no height."""
    head = [
        ("lever", "措施"),
        ("avoided a year", "年均减排"),
        ("5-95 %", "5%-95%"),
        (f"CNY({found.price_year})/t", f"元({found.price_year}年价)/吨"),
        ("5-95 % ", "成本5%-95%"),
        ("chance of this place", "位次概率"),
        ("rests on", "依据"),
    ]
    rows = []
    for row in found.table(reading):
        if not float(row["tco2_per_year"]):
            continue  # a lever that finds nothing to replace in this park
        width, *ends = (emissions_text(float(row[key]), lang) for key in ("tco2_per_year", "tco2_p05", "tco2_p95"))
        cells = [UNKNOWN[lang], "", "", ""]
        if row["cny_per_tco2"] is not None:
            height, low, high = (significant(float(row[key])) for key in ("cny_per_tco2", "cny_p05", "cny_p95"))
            en, zh = ("suppositions in part", "部分为假设") if row["assumed"] else ("sources", "有来源")
            chance = share_text(float(row["place_chance"]), lang)
            cells = [height, f"{low} - {high}", chance, say(lang, en=en, zh=zh)]
        rows.append((row["name_zh"] if lang == "zh" else row["name_en"], width, " - ".join(ends), *cells))
    return table(rows, head, lang)


def drivers(found: Sensitivity, output: str = "peaked_before", *, most: int = 10, lang: str = "en") -> pd.DataFrame:
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


def measure_first(found: list[Worth], *, most: int = 6, lang: str = "en") -> pd.DataFrame:
    """Tabulate the inputs to measure first, and how; inputs no better than chance are left out."""
    head = [("input", "输入"), ("doubt it would remove", "可消除的不确定性"), ("how to learn it", "如何获知")]
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
    rows = []
    for lever_id, lever in levers.items():
        name, own = lever.name_zh if lang == "zh" else lever.name_en, given.levers.get(lever_id, LeverCost())
        if lever_id in unknown:
            rows.append((name, UNKNOWN[lang], unknown[lever_id], ""))
            continue
        if own.bought:
            rows.append((name, say(lang, en="the price of what it buys", zh="所购能源的价格"), own.note, ""))
        for one in [own.capital, *own.running] if own.capital else own.running:
            rows.append((name, one.stated, one.source, assumed if one.assumed else one.confidence))
    return table(rows, head, lang)
