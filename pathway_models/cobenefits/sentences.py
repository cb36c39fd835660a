"""Co-benefits in sentences, each computed from the numbers it speaks of, in English and Chinese."""

from collections.abc import Sequence

from pathway_models.cobenefits.records import Basis, Cobenefits, LeverCobenefits, Period, UnitCost
from pathway_models.cobenefits.tables import player_name
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import change_text, share_text, significant
from pathway_models.language.words import say


def describe(found: Cobenefits, scenario: str, year: int = 2035, *, lang: str = "en") -> str:
    """Describe the change of CO2 and of pollution equivalents in a year under a scenario, and their elasticity."""
    rows = {str(row["scenario"]): row for row in found.table(year, lang=lang)}
    row, without = rows[scenario], rows[found.scenarios[found.reference].scenario_id]
    name = scenario_name(scenario, lang)
    carbon, pollution = (
        change_text(float(row[key]) / float(without[key]) - 1.0, lang) for key in ("co2_tco2", "equivalents_thousand")
    )
    head = say(
        lang,
        en=f"{name} changes CO₂ by {carbon} and pollution equivalents by {pollution} in {year}, against no levers.",
        zh=f"{name}使{year}年CO₂变化{carbon}，大气污染当量变化{pollution}（与无措施相比）。",
    )
    if row["elasticity_p50"] is None:
        return head
    middle, low, high = (float(row[f"elasticity_{end}"]) for end in ("p50", "p05", "p95"))
    share = share_text(min(float(row["first_quadrant"]), 1.0), lang)
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
    return say(lang, en="pollutants fall at least by the same share", zh="污染物减少的比例不小于CO₂")


def describe_levers(
    found: LeverCobenefits, period: Period = 2035, reading: str = "shapley", *, lang: str = "en"
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
        amount = significant(float(str(rows[best]["equivalents_cut"])) / 10)
        lines.append(
            say(
                lang,
                en=f"{len(both)} of {len(rows)} measures cut both in most members; {names[best]} cuts most"
                f" pollution, {amount}×10⁴ equivalents.",
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


def describe_costs(found: Sequence[UnitCost], *, lang: str = "en") -> str:
    """Name the cheapest measure for the combined reduction, and count those without a known cost."""
    # A measure that cuts CO2 alone, such as green power, is no candidate for both.
    ranges = {at: one.ranges() for at, one in enumerate(found)}
    told = {at: each["per_combined"] for at, each in ranges.items() if None not in each.values()}
    unknown = sum(not one.known for one in found)
    count = say(lang, en=f"{unknown} of {len(found)} have no known cost.", zh=f"{len(found)}项中{unknown}项成本未知。")
    if not told:
        return count
    at = min(told, key=lambda one: told[one][0])
    middle, low, high = (significant(value) for value in told[at])
    name = found[at].name_zh if lang == "zh" else found[at].name_en
    cheapest = say(
        lang,
        en=f"Of measures with a known cost {name} is the cheapest for both together: {middle} ({low} to {high}) CNY per"
        " combined equivalent. ",
        zh=f"成本已知的措施中，{name}的综合减排成本最低：{middle}（{low}至{high}）元/综合当量。",
    )
    return cheapest + count


def describe_basis(found: Basis, *, lang: str = "en") -> list[str]:
    """Describe the basis of the numbers: background numbers, pollutants not known, measured values met."""
    lines = []
    comma = say(lang, en=", ", zh="、")
    if found.background:
        lines.append(
            say(
                lang,
                en=f"{len(found.background)} of the numbers used are background knowledge and were consented to; give"
                " your own wherever you have them.",
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
                en=f"{name.name_en}: measured {significant(one.measured)} t in {one.year} is met; it is"
                f" {one.ratio:.2f} times what the factors give.",
                zh=f"{name.name_zh}：以{one.year}年实测{significant(one.measured)}吨校准，为因子计算值的{one.ratio:.2f}倍。",
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
