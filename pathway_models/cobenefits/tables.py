"""Tables of co-benefits, ready to be read: pollutants by scenario, coordinates by lever, unit costs, basis."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from pathway_models.cobenefits.records import (
    Basis,
    Cobenefits,
    LeverCobenefits,
    Period,
    UnitCost,
    measured_values,
)
from pathway_models.decisions.tables import UNKNOWN, family_name, table
from pathway_models.intake.messages import translated
from pathway_models.intake.names import item_name
from pathway_models.intake.pollutants import read_pollutants
from pathway_models.language.rounding import scale_of, share_text, significant
from pathway_models.language.words import say
from pathway_models.records.park import Park
from pathway_models.records.pollutants import Coefficient

#: What a factor of a burner is multiplied by, in Chinese.
CONTENTS = {"": "", "sulphur": "×含硫量", "ash": "×灰分"}
QUADRANTS = {
    0: ("on an axis", "在坐标轴上"),
    1: ("I: both fall", "第一象限：同减"),
    2: ("II: CO₂ rises", "第二象限：CO₂增"),
    3: ("III: both rise", "第三象限：同增"),
    4: ("IV: pollutants rise", "第四象限：污染物增"),
}


def scenarios(found: Cobenefits, year: int = 2035, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate pollutants, equivalents and CO2 of every scenario in a year, and the cross-elasticity with its range."""
    told = found.table(year, lang=lang)
    scale = scale_of(max(abs(float(row["co2_tco2"])) for row in told), lang)
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
        pollutants = [significant(float(row[f"{one.key}_t"])) for one in found.basis.pollutants]
        reference = row["scenario"] == found.scenarios[found.reference].scenario_id
        share = share_text(min(float(row["first_quadrant"]), 1.0), lang)
        ends = ["", "", ""] if reference else [_cut(row), elasticity_text(row, lang), share]
        level = significant(float(row["equivalents_thousand"]) / 10)
        carbon = significant(float(row["co2_tco2"]) / scale.divisor)
        rows.append([row["name"], carbon, *pollutants, level, *ends])
    return table(rows, head, lang)


def measured(park: Park, *, lang: str = "en") -> pd.DataFrame | None:
    """Tabulate the air pollutants that a park's own table states, t a year; None where it states none."""
    names = read_pollutants().pollutants
    stated = {key: values for key in names if not np.isnan(values := measured_values(park, key)).all()}
    if not stated:
        return None
    kept = ~np.isnan(np.array(list(stated.values()))).all(axis=0)
    head = [("pollutant, t", "污染物，吨"), *((str(year), str(year)) for year in park.years[kept])]
    rows = [
        [
            names[key].name_zh if lang == "zh" else names[key].name_en,
            *("-" if np.isnan(value) else significant(float(value), 4) for value in values[kept]),
        ]
        for key, values in stated.items()
    ]
    return table(rows, head, lang)


def _cut(row: dict[str, object]) -> str:
    low, high = (significant(float(row[f"equivalents_cut_{end}"]) / 10) for end in ("p05", "p95"))
    return f"{significant(float(row['equivalents_cut']) / 10)} ({low} - {high})"


def elasticity_text(row: dict[str, object], lang: str) -> str:
    """Write the elasticity with its range; words where no CO2 is cut."""
    if row["elasticity_p50"] is None:
        return say(lang, en="no CO₂ cut", zh="CO₂未减")
    middle, low, high = (float(row[f"elasticity_{end}"]) for end in ("p50", "p05", "p95"))
    return f"{middle:.2f} ({low:.2f} - {high:.2f})"


def player_name(found: LeverCobenefits, at: int, lang: str) -> str:
    """Name a lever or family."""
    name = found.names_zh[at] if lang == "zh" else found.names_en[at]
    return family_name(name, lang) if name == found.players[at] else name


def coordinates(
    found: LeverCobenefits, period: Period = 2035, reading: str = "shapley", *, lang: str = "en"
) -> pd.DataFrame:
    """Tabulate co-control coordinates by lever: cuts of CO2 and of every pollutant, quadrant and elasticity."""
    told = found.table(period, reading, lang=lang)
    scale = scale_of(max(abs(float(str(row["co2_cut_tco2"]))) for row in told), lang)
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
        share = share_text(min(float(str(row["quadrant_share"])), 1.0), lang)
        cuts = [significant(float(str(row[f"{one.key}_cut_t"]))) for one in found.basis.pollutants]
        carbon = significant(float(str(row["co2_cut_tco2"])) / scale.divisor)
        where = f"{say(lang, en=en, zh=zh)} ({share})"
        rows.append([player_name(found, at, lang), carbon, *cuts, _cut(row), where, elasticity_text(row, lang)])
    return table(rows, head, lang)


def unit_costs(found: Sequence[UnitCost], price_year: int, *, lang: str = "en") -> pd.DataFrame:
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
    middle, low, high = (significant(value) for value in values)
    return f"{middle} ({low} - {high})"


def basis(found: Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate every background number that was used, with its range, source and confidence."""
    head = [("number", "参数"), ("value (range)", "取值（范围）"), ("source", "来源"), ("confidence", "可信度")]
    told = partial(translated, lang=lang, catalogue="tables")
    rows = [(one.name, _stated(one, lang), told(one.source), told(one.confidence)) for one in found.background]
    return table(rows, head, lang)


def _stated(one: Coefficient, lang: str) -> str:
    """Write a number with its range and unit."""
    if lang == "en":
        return one.stated
    low, mode, high = one.corners.low, one.corners.mode, one.corners.high
    around = "" if low == high else f"（{low:g}至{high:g}）"
    return f"{mode:g}{around} {translated(one.unit, lang, 'tables')}{CONTENTS[one.times]}"


def equipment(found: Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the burner and controls assumed for each carrier, unless given."""
    used, rows = found.used, {}
    for fire in found.fires:
        burner = used.burners[fire.rule.burner]
        controls = [used.controls[name] for name in fire.rule.controls]
        names = [one.name_zh if lang == "zh" else one.name_en for one in controls]
        text = say(lang, en=", ", zh="、").join(names) or say(lang, en="none", zh="无")
        rows[item_name(fire.carrier_id, lang), burner.name_zh if lang == "zh" else burner.name_en, text] = None
    return table(list(rows), [("carrier", "能源品种"), ("burner", "燃烧设备"), ("controls", "治理设施")], lang)
