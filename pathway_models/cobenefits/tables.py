"""Tables of co-benefits, ready to be read: pollutants by scenario, coordinates by lever, unit costs, basis."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from pathway_models.cobenefits.records import Basis, Cobenefits, LeverCobenefits, Period, UnitCost
from pathway_models.decisions.tables import UNKNOWN, family_name
from pathway_models.intake.names import item_name
from pathway_models.language.rounding import emissions_text, share_text, significant
from pathway_models.language.words import say

QUADRANTS = {
    0: ("on an axis", "在坐标轴上"),
    1: ("I: both fall", "第一象限：同减"),
    2: ("II: CO₂ rises", "第二象限：CO₂增"),
    3: ("III: both rise", "第三象限：同增"),
    4: ("IV: pollutants rise", "第四象限：污染物增"),
}


def scenarios(found: Cobenefits, year: int = 2035, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate pollutants, equivalents and CO2 of every scenario in a year, and the cross-elasticity with its range."""
    head = [say(lang, en="scenario", zh="情景"), "CO₂", *(f"{one.name_en}, t" for one in found.basis.pollutants)]
    if lang == "zh":
        head[2:] = [f"{one.name_zh}，吨" for one in found.basis.pollutants]
    head += [
        say(lang, en="equivalents, 10⁴", zh="污染当量，万"),
        say(lang, en="cut, 5-95 %", zh="减少，5%-95%"),
        say(lang, en="elasticity (5-95 %)", zh="交叉弹性（5%-95%）"),
        say(lang, en="first quadrant", zh="第一象限"),
    ]
    rows = []
    for row in found.table(year, lang=lang):
        pollutants = [significant(float(row[f"{one.key}_t"])) for one in found.basis.pollutants]
        reference = row["scenario"] == found.scenarios[found.reference].scenario_id
        ends = ["", "", ""] if reference else [_cut(row), elasticity_text(row, lang), _share(row, lang)]
        level = significant(float(row["equivalents_thousand"]) / 10)
        rows.append([row["name"], emissions_text(float(row["co2_tco2"]), lang), *pollutants, level, *ends])
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _cut(row: dict[str, object]) -> str:
    low, high = (significant(float(row[f"equivalents_cut_{end}"]) / 10) for end in ("p05", "p95"))
    return f"{significant(float(row['equivalents_cut']) / 10)} ({low} - {high})"


def _share(row: dict[str, object], lang: str) -> str:
    return share_text(min(float(row["first_quadrant"]), 1.0), lang)


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
    names = [one.name_zh if lang == "zh" else one.name_en for one in found.basis.pollutants]
    head = [
        say(lang, en="lever", zh="措施"),
        say(lang, en="CO₂ cut", zh="CO₂减少"),
        *(say(lang, en=f"{name} cut, t", zh=f"{name}减少，吨") for name in names),
        say(lang, en="equivalents cut, 10⁴ (5-95 %)", zh="污染当量减少，万（5%-95%）"),
        say(lang, en="quadrant", zh="象限"),
        say(lang, en="elasticity (5-95 %)", zh="交叉弹性（5%-95%）"),
    ]
    rows = []
    for at, row in enumerate(found.table(period, reading, lang=lang)):
        en, zh = QUADRANTS[int(str(row["quadrant"]))]
        share = share_text(min(float(str(row["quadrant_share"])), 1.0), lang)
        cuts = [significant(float(str(row[f"{one.key}_cut_t"]))) for one in found.basis.pollutants]
        carbon = emissions_text(float(str(row["co2_cut_tco2"])), lang)
        where = f"{say(lang, en=en, zh=zh)} ({share})"
        rows.append([player_name(found, at, lang), carbon, *cuts, _cut(row), where, elasticity_text(row, lang)])
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def unit_costs(found: Sequence[UnitCost], price_year: int, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate unit abatement costs; an unknown cost is stated, never shown as a number."""
    head = [
        say(lang, en="measure", zh="措施"),
        say(lang, en=f"CNY({price_year})/tCO₂", zh=f"元({price_year}年价)/tCO₂"),
        say(lang, en="CNY per equivalent", zh="元/污染当量"),
        say(lang, en="CNY per combined equivalent", zh="元/综合当量"),
    ]
    rows = []
    for one in found:
        cells = [
            UNKNOWN[lang] if not one.known else _range(values, lang)
            for values in (one.ranges()[name] for name in ("per_carbon", "per_equivalent", "per_combined"))
        ]
        rows.append([one.name_zh if lang == "zh" else one.name_en, *cells])
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _range(values: tuple[float, float, float] | None, lang: str) -> str:
    if values is None:
        return say(lang, en="nothing cut in some members", zh="部分成员无减排")
    middle, low, high = (significant(value) for value in values)
    return f"{middle} ({low} - {high})"


def basis(found: Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate every background number that was used, with its range, source and confidence."""
    head = [
        say(lang, en="number", zh="参数"),
        say(lang, en="value (range)", zh="取值（范围）"),
        say(lang, en="source", zh="来源"),
        say(lang, en="confidence", zh="可信度"),
    ]
    rows = [(one.name, one.stated, one.source, one.confidence) for one in found.background]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def equipment(found: Basis, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the burner and controls assumed for each carrier, unless given."""
    head = [
        say(lang, en="carrier", zh="能源品种"),
        say(lang, en="burner", zh="燃烧设备"),
        say(lang, en="controls", zh="治理设施"),
    ]
    used, rows = found.used, {}
    for fire in found.fires:
        burner = used.burners[fire.rule.burner]
        controls = [used.controls[name] for name in fire.rule.controls]
        names = [one.name_zh if lang == "zh" else one.name_en for one in controls]
        text = say(lang, en=", ", zh="、").join(names) or say(lang, en="none", zh="无")
        rows[item_name(fire.carrier_id, lang), burner.name_zh if lang == "zh" else burner.name_en, text] = None
    return pd.DataFrame(list(rows), columns=head).set_index(head[0])
