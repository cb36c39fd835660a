"""Tables of co-benefits for readers: pollutants by scenario, coordinates by lever, unit costs, basis.

Sentences about co-benefits, computed from the same numbers, in English and Chinese.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from pathway_models.cobenefits import records
from pathway_models.decisions.tables import UNKNOWN, player_name, table
from pathway_models.intake import messages, naming
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.language import rounding, say
from pathway_models.records import Park
from pathway_models.records.pollutants import Coefficient

#: Chinese names of the multipliers of a burner's factor.
CONTENTS = {"": "", "sulphur": "×含硫量", "ash": "×灰分"}
QUADRANTS = {
    0: ("on an axis", "在坐标轴上"),
    1: ("I: both fall", "第一象限：同减"),
    2: ("II: CO₂ rises", "第二象限：CO₂增"),
    3: ("III: both rise", "第三象限：同增"),
    4: ("IV: pollutants rise", "第四象限：污染物增"),
}


def scenarios(found: records.Cobenefits, year: int = 2035, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate pollutants, equivalents and CO2 of every scenario in a year, and the cross-elasticity with its range."""
    told = found.table(year, lang=lang)
    scale = rounding.scale_of(max(abs(float(row["co2_tco2"])) for row in told), lang)
    head = [
        ("scenario", "情景"),
        (f"CO₂, {scale.unit}", f"CO₂，{scale.unit}"),
        *((f"{one.name_en}, t", f"{one.name_zh}，吨") for one in found.basis.pollutants),
        ("equivalents, 10⁴", "污染当量，万"),
        ("cut, 5-95 %", "减少，5%-95%"),
        ("elasticity (5-95 %)", "交叉弹性（5%-95%）"),
        ("first quadrant", "第一象限"),
    ]
    rows = []
    for row in told:
        pollutants = [rounding.significant(float(row[f"{one.key}_t"])) for one in found.basis.pollutants]
        reference = row["scenario"] == found.scenarios[found.reference].scenario_id
        share = rounding.share_text(min(float(row["first_quadrant"]), 1.0), lang)
        ends = ["", "", ""] if reference else [_cut(row), elasticity_text(row, lang), share]
        level = rounding.significant(float(row["equivalents_thousand"]) / 10)
        carbon = rounding.significant(float(row["co2_tco2"]) / scale.divisor)
        rows.append([row["name"], carbon, *pollutants, level, *ends])
    return table(rows, head, lang)


def measured(park: Park, *, lang: str = "en") -> pd.DataFrame | None:
    """Tabulate the air pollutants that a park's own table states, t a year; None where it states none."""
    names = read_pollutants().pollutants
    stated = {key: values for key in names if not np.isnan(values := records.measured_values(park, key)).all()}
    if not stated:
        return None
    kept = ~np.isnan(np.array(list(stated.values()))).all(axis=0)
    head = [("pollutant, t", "污染物，吨"), *((str(year), str(year)) for year in park.years[kept])]
    rows = [
        [
            names[key].name_zh if lang == "zh" else names[key].name_en,
            *("-" if np.isnan(value) else rounding.significant(float(value), 4) for value in values[kept]),
        ]
        for key, values in stated.items()
    ]
    return table(rows, head, lang)


def _cut(row: dict[str, object]) -> str:
    low, high = (rounding.significant(float(row[f"equivalents_cut_{end}"]) / 10) for end in ("p05", "p95"))
    return f"{rounding.significant(float(row['equivalents_cut']) / 10)} ({low} - {high})"


def elasticity_text(row: dict[str, object], lang: str) -> str:
    """Write the elasticity with its range; a phrase where no CO2 is cut."""
    if row["elasticity_p50"] is None:
        return say(lang, en="no CO₂ cut", zh="CO₂未减")
    middle, low, high = (float(row[f"elasticity_{end}"]) for end in ("p50", "p05", "p95"))
    return f"{middle:.2f} ({low:.2f} - {high:.2f})"


def coordinates(
    found: records.LeverCobenefits, period: records.Period = 2035, reading: str = "shapley", *, lang: str = "en"
) -> pd.DataFrame:
    """Tabulate co-control coordinates by lever: cuts of CO2 and of every pollutant, quadrant and elasticity."""
    told = found.table(period, reading, lang=lang)
    scale = rounding.scale_of(max(abs(float(str(row["co2_cut_tco2"]))) for row in told), lang)
    head = [
        ("lever", "措施"),
        (f"CO₂ cut, {scale.unit}", f"CO₂减少，{scale.unit}"),
        *((f"{one.name_en} cut, t", f"{one.name_zh}减少，吨") for one in found.basis.pollutants),
        ("equivalents cut, 10⁴ (5-95 %)", "污染当量减少，万（5%-95%）"),
        ("quadrant", "象限"),
        ("elasticity (5-95 %)", "交叉弹性（5%-95%）"),
    ]
    rows = []
    for at, row in enumerate(told):
        en, zh = QUADRANTS[int(str(row["quadrant"]))]
        share = rounding.share_text(min(float(str(row["quadrant_share"])), 1.0), lang)
        cuts = [rounding.significant(float(str(row[f"{one.key}_cut_t"]))) for one in found.basis.pollutants]
        carbon = rounding.significant(float(str(row["co2_cut_tco2"])) / scale.divisor)
        where = f"{say(lang, en=en, zh=zh)} ({share})"
        rows.append([player_name(found, at, lang), carbon, *cuts, _cut(row), where, elasticity_text(row, lang)])
    return table(rows, head, lang)


def unit_costs(found: Sequence[records.UnitCost], price_year: int, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate unit abatement costs; an unknown cost is stated, never shown as a number."""
    head = [
        ("measure", "措施"),
        (f"CNY({price_year})/tCO₂", f"元({price_year}年价)/tCO₂"),
        ("CNY per equivalent", "元/污染当量"),
        ("CNY per combined equivalent", "元/综合当量"),
    ]
    rows = []
    for one in found:
        ranges = one.ranges()
        if ranges["per_equivalent"] is None:
            ranges["per_combined"] = None  # a measure that cuts CO2 alone has no cost of cutting both
        cells = [_range(values, lang) if one.known else UNKNOWN[lang] for values in ranges.values()]
        rows.append([one.name_zh if lang == "zh" else one.name_en, *cells])
    return table(rows, head, lang)


def _range(values: tuple[float, float, float] | None, lang: str) -> str:
    if values is None:
        return say(lang, en="not both cut in all members", zh="并非各次模拟均两者同减")
    middle, low, high = (rounding.significant(value) for value in values)
    return f"{middle} ({low} - {high})"


def basis(found: records.Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate every background number that was used, with its range, source and confidence."""
    head = [("number", "参数"), ("value (range)", "取值（范围）"), ("source", "来源"), ("confidence", "可信度")]
    told = partial(messages.translated, lang=lang, catalogue="tables")
    rows = [(one.name, _stated(one, lang), told(one.source), told(one.confidence)) for one in found.background]
    return table(rows, head, lang)


def _stated(one: Coefficient, lang: str) -> str:
    """Write a number with its range and unit."""
    if lang == "en":
        return one.stated
    low, mode, high = one.corners.low, one.corners.mode, one.corners.high
    around = "" if low == high else f"（{low:g}至{high:g}）"
    return f"{mode:g}{around} {messages.translated(one.unit, lang, 'tables')}{CONTENTS[one.times]}"


def equipment(found: records.Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the burner and controls assumed for each carrier where none are given."""
    used, rows = found.used, {}
    for fire in found.fires:
        burner = used.burners[fire.rule.burner]
        controls = [used.controls[name] for name in fire.rule.controls]
        names = [one.name_zh if lang == "zh" else one.name_en for one in controls]
        text = say(lang, en=", ", zh="、").join(names) or say(lang, en="none", zh="无")
        rows[naming.item_name(fire.carrier_id, lang), burner.name_zh if lang == "zh" else burner.name_en, text] = None
    return table(list(rows), [("carrier", "能源品种"), ("burner", "燃烧设备"), ("controls", "治理设施")], lang)


def describe(found: records.Cobenefits, scenario: str, year: int = 2035, *, lang: str = "en") -> str:
    """Describe the change of CO2 and of pollution equivalents in a year under a scenario, and their elasticity."""
    rows = {str(row["scenario"]): row for row in found.table(year, lang=lang)}
    row, without = rows[scenario], rows[found.scenarios[found.reference].scenario_id]
    name = naming.scenario_name(scenario, lang)
    carbon, pollution = (
        rounding.change_text(float(row[key]) / float(without[key]) - 1.0, lang)
        for key in ("co2_tco2", "equivalents_thousand")
    )
    head = say(
        lang,
        en=f"{name} changes CO₂ by {carbon} and pollution equivalents by {pollution} in {year}, compared with no"
        " levers.",
        zh=f"{name}使{year}年CO₂变化{carbon}，大气污染当量变化{pollution}（与无措施相比）。",
    )
    if row["elasticity_p50"] is None:
        return head
    middle, low, high = (float(row[f"elasticity_{end}"]) for end in ("p50", "p05", "p95"))
    share = rounding.share_text(min(float(row["first_quadrant"]), 1.0), lang)
    return head + say(
        lang,
        en=f" Both fall in {share} of members; the cross-elasticity is {middle:.2f} ({low:.2f} to {high:.2f}):"
        f" {_meaning(middle, lang)}.",
        zh=f"{share}的模拟结果两者同减；交叉弹性为{middle:.2f}（{low:.2f}至{high:.2f}）：{_meaning(middle, lang)}。",
    )


def _meaning(elasticity: float, lang: str) -> str:
    if elasticity < 0:
        return say(lang, en="no synergy, pollutants rise as CO₂ falls", zh="无协同，CO₂减少而污染物增加")
    if elasticity < 1:
        return say(lang, en="CO₂ falls by the larger share", zh="CO₂减少的比例更大")
    return say(lang, en="pollutants fall by at least the same share", zh="污染物减少的比例不小于CO₂")


def describe_levers(
    found: records.LeverCobenefits, period: records.Period = 2035, reading: str = "shapley", *, lang: str = "en"
) -> str:
    """Name the lever that cuts most of both, those that cut CO2 only, and those that raise pollutants."""
    rows = found.table(period, reading, lang=lang)
    names = [player_name(found, at, lang) for at in range(len(rows))]
    both = [at for at, row in enumerate(rows) if row["quadrant"] == 1]
    trade = [names[at] for at, row in enumerate(rows) if row["quadrant"] == 4]
    only = [names[at] for at, row in enumerate(rows) if row["quadrant"] == 0 and float(str(row["co2_cut_tco2"])) > 0]
    comma = say(lang, en=", ", zh="、")
    lines = []
    if both:
        best = max(both, key=lambda at: float(str(rows[at]["equivalents_cut"])))
        amount = rounding.significant(float(str(rows[best]["equivalents_cut"])) / 10)
        lines.append(
            say(
                lang,
                en=f"{len(both)} of {len(rows)} measures cut both in most members; {names[best]} cuts"
                f" pollution most, by {amount}×10⁴ equivalents.",
                zh=f"{len(rows)}项措施中{len(both)}项在多数模拟结果中两者同减；{names[best]}减污最多，{amount}万污染当量。",
            )
        )
    if trade:
        told = comma.join(trade)
        lines.append(say(lang, en=f"CO₂ falls but pollutants rise: {told}.", zh=f"CO₂减少而污染物增加：{told}。"))
    if only:
        told = comma.join(only)
        lines.append(
            say(
                lang,
                en=f"CO₂ only, because the pollutants arise at the supplier: {told}.",
                zh=f"仅减CO₂（污染物在供应方产生）：{told}。",
            )
        )
    return say(lang, en=" ", zh="").join(lines) or say(lang, en="No measure cuts both.", zh="没有措施两者同减。")


def describe_costs(found: Sequence[records.UnitCost], *, lang: str = "en") -> str:
    """Name the cheapest measure for the combined reduction, and count those without a known cost."""
    # A measure that cuts CO2 alone, such as green power, is no candidate for both.
    ranges = {at: one.ranges() for at, one in enumerate(found)}
    told = {at: each["per_combined"] for at, each in ranges.items() if None not in each.values()}
    unknown = sum(not one.known for one in found)
    count = say(lang, en=f"{unknown} of {len(found)} have no known cost.", zh=f"{len(found)}项中{unknown}项成本未知。")
    if not told:
        return count
    at = min(told, key=lambda one: told[one][0])
    middle, low, high = (rounding.significant(value) for value in told[at])
    name = found[at].name_zh if lang == "zh" else found[at].name_en
    cheapest = say(
        lang,
        en=f"Of the measures with a known cost, {name} is the cheapest for both together: {middle} ({low} to {high})"
        " CNY per combined equivalent. ",
        zh=f"成本已知的措施中，{name}的综合减排成本最低：{middle}（{low}至{high}）元/综合当量。",
    )
    return cheapest + count


def describe_basis(found: records.Basis, *, lang: str = "en") -> list[str]:
    """Describe the basis of the numbers: background numbers, pollutants not known, measured values met."""
    lines = []
    comma = say(lang, en=", ", zh="、")
    if found.background:
        lines.append(
            say(
                lang,
                en=f"{len(found.background)} of the numbers used are background knowledge, used with consent; give your"
                " own wherever you have them.",
                zh=f"所用参数中有{len(found.background)}个为背景知识，已获同意使用；如有实测请替换。",
            )
        )
    if found.unknown:
        names = comma.join(found.unknown)
        lines.append(say(lang, en=f"Not known without consent: {names}.", zh=f"未获同意，无法给出：{names}。"))
    for key, one in found.calibrated.items():
        name = found.used.pollutants[key]
        lines.append(
            say(
                lang,
                en=f"{name.name_en}: calibrated to the {rounding.significant(one.measured)} t measured in {one.year},"
                f" {one.ratio:.2f} times what the factors give.",
                zh=f"{name.name_zh}：以{one.year}年实测{rounding.significant(one.measured)}吨校准，为因子计算值的{one.ratio:.2f}倍。",
            )
        )
    if not found.calibrated:
        lines.append(
            say(
                lang,
                en="No measured emissions in the table: levels rest on assumed equipment.",
                zh="表中无实测排放：排放水平取决于假设的设备。",
            )
        )
    return lines
