"""Tables of compliance: verdicts of a profile, accounts side by side, bridges between two accounts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from pathway_models.compliance.records import AccountsAhead, CarbonBudget, CarbonCost, Compliance, CoreAhead, Judgement
from pathway_models.core.units import TJ_PER_MWH
from pathway_models.intake.naming import chp_rule_name, scenario_name, unit_name
from pathway_models.inventory.accounts import PARTS, Accounted, Bridge, share_out
from pathway_models.language import say, scale_of, share_text, significant, word
from pathway_models.records import Park

VERDICT_WORDS = {
    "met": ("met", "达到"), "not_met": ("not met", "未达到"), "cannot_say": ("cannot say", "无法判断"),
}  # fmt: skip
KIND_WORDS = {
    "obligatory": ("obligatory", "约束性"), "guiding": ("guiding", "引导性"), "optional": ("one of a group", "选择性"),
}  # fmt: skip
ROW_WORDS = {
    "fuel": ("fuels", "燃料燃烧"), "conversion": ("conversion balances", "加工转换"),
    "process": ("processes", "工业过程"),
    "fixed": ("carbon kept in products", "产品固碳"), "captured": ("captured CO₂", "捕集的CO₂"),
    "electricity": ("purchased electricity", "外购电力"), "green_electricity": ("green electricity", "绿色电力"),
    "sold_electricity": ("electricity sold", "外售电力"), "heat": ("purchased heat", "外购热力"),
    "sold_heat": ("heat sold", "外售热力"), "sinks": ("sinks", "碳汇"),
}  # fmt: skip
COLUMNS = (
    "park_id", "profile", "year", "indicator", "kind", "unit", "reading", "value", "limit", "verdict", "reason",
    "missing",
)  # fmt: skip


def compliance_frame(found: Compliance, *, lang: str = "en") -> pd.DataFrame:
    """List the verdicts, one row an indicator and reading of its rule, columns `COLUMNS`."""
    return pd.DataFrame(list(_rows(found, lang)), columns=list(COLUMNS))


def _rows(found: Compliance, lang: str) -> Iterator[tuple]:
    readings = {one.reading_id: one.name.told(lang) for one in found.profile.readings}
    for one in found.judgements:
        for reading in one.values or {"": np.nan}:
            yield (
                found.park_id,
                found.profile.profile_id,
                found.year,
                one.rule.name.told(lang),
                one.rule.kind,
                one.rule.unit,
                readings.get(reading, "") if reading else "",
                one.values.get(reading, np.nan),
                one.limits.get(reading) or (one.rule.text.told(lang) if one.rule.text else ""),
                one.verdict,
                one.reason(lang),
                "; ".join(missing.place for missing in one.missing),
            )


def compliance(found: Compliance, *, lang: str = "en") -> pd.DataFrame:
    """Table the verdicts for readers: indicator, value, limit, verdict with its reason."""
    head = [("indicator", "指标"), ("kind", "性质"), ("value", "数值"), ("limit", "要求"), ("verdict", "结论"),
            ("reason", "原因")]  # fmt: skip
    names = [say(lang, en=en, zh=zh) for en, zh in head]
    rows = [
        (
            say(lang, en=", ", zh="，").join(filter(None, (one.rule.name.told(lang), unit_name(one.rule.unit, lang)))),
            _told(KIND_WORDS[one.rule.kind], lang),
            " / ".join(significant(value, 3) for value in one.values.values()) or "-",
            _limit(one, lang),
            _told(VERDICT_WORDS[one.verdict], lang),
            one.reason(lang),
        )
        for one in found.judgements
    ]
    return pd.DataFrame(rows, columns=names).set_index(names[0])


def _limit(one: Judgement, lang: str) -> str:
    limits = tuple(dict.fromkeys(one.limits.values()))
    if limits:
        return " / ".join(limits)
    return one.rule.text.told(lang) if one.rule.text else "-"


def _told(words: tuple[str, str], lang: str) -> str:
    return say(lang, en=words[0], zh=words[1])


def accounts(found: Iterable[Accounted], *, lang: str = "en") -> pd.DataFrame:
    """Table accounts side by side for the last year: kinds of rows down, accounts across; "-" where not counted."""
    found = list(found)
    scale = scale_of(max(abs(float(one.total()[-1])) for one in found), lang)
    counted = {row[2] for one in found for row in one.rows if row[2] in one.account.rows}
    kinds = [kind for kind in ROW_WORDS if kind in counted]
    rows = {
        _told(ROW_WORDS[kind], lang): [
            f"{one.of_kind(kind)[-1] / scale.divisor:,.2f}" if kind in one.account.rows else "-" for one in found
        ]
        for kind in kinds
    }
    rows[word("total", lang)] = [f"{one.total()[-1] / scale.divisor:,.2f}" for one in found]
    names = [one.account.name.told(lang) for one in found]
    label = say(lang, en=f"{found[0].years[-1]}, {scale.unit}", zh=f"{found[0].years[-1]}年，{scale.unit}")
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis(label)


def bridge(found: Bridge, *, lang: str = "en") -> pd.DataFrame:
    """Table the bridge between two accounts in the last year: every row that changes, and both totals."""
    scale = scale_of(float(np.abs(found.second.total()[-1])), lang)
    first, second = (one.account.name.told(lang) for one in (found.first, found.second))
    moved = [at for at in range(len(found.first.rows)) if found.steps[at, -1] != 0]
    rows = [(first, "", f"{found.first.total()[-1] / scale.divisor:,.2f}")]
    for at in moved:
        sector, source, kind = found.first.rows[at]
        why = found.second.account.left_out.get(kind)
        factors = f"{found.first.factors[at, -1]:.4g} → {found.second.factors[at, -1]:.4g}"
        reason = why.told(lang) if why else say(lang, en=f"factor {factors}", zh=f"因子 {factors}")
        rows.append((f"{word(sector, lang)}, {word(source, lang)}", reason,
                     f"{found.steps[at, -1] / scale.divisor:+,.2f}"))  # fmt: skip
    rows.append((second, "", f"{found.second.total()[-1] / scale.divisor:,.2f}"))
    head = [say(lang, en="row", zh="项目"), say(lang, en="why", zh="原因"), scale.unit]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def own_plant(park: Park, *, lang: str = "en") -> pd.DataFrame:
    """Table the allocation of emissions of the park's own plant, one column per stated year.

    Fuel, emissions, the rule's share of the heat, factors of heat and power, and whose the emissions are: heat and
    power used inside or sold outside.  Empty where the table states no plant.
    """
    if park.own_plant is None:
        return pd.DataFrame()
    years, parts = park.own_plant.years, share_out(park)
    made = {"heat": say(lang, en="heat", zh="热力"), "electricity": say(lang, en="power", zh="电力")}
    comma = say(lang, en=", ", zh="，")
    where = {False: say(lang, en="used inside", zh="园区内使用"), True: say(lang, en="sold outside", zh="外供")}
    rows = {
        say(lang, en="fuel, TJ", zh="燃料，TJ"): [f"{one.fuel:,.1f}" for one in years.values()],
        say(lang, en="emissions, tCO₂", zh="排放，tCO₂"): [f"{one.emissions:,.1f}" for one in years.values()],
        say(lang, en="share of heat", zh="供热分摊比例"): [share_text(one.heat_share, lang) for one in years.values()],
        say(lang, en="heat factor, tCO₂/GJ", zh="热力因子，tCO₂/GJ"): [
            f"{one.factor('heat') / 1e3:.4f}" if one.heat > 0 else "-" for one in years.values()
        ],
        say(lang, en="electricity factor, tCO₂/MWh", zh="电力因子，tCO₂/MWh"): [
            f"{one.factor('electricity') * TJ_PER_MWH:.4f}" if one.power > 0 else "-" for one in years.values()
        ],
        **{
            f"{made[item]}{comma}{where[sold]}{comma}tCO₂": [f"{parts[year][item, sold]:,.1f}" for year in years]
            for item, sold in PARTS
        },
    }
    rule = chp_rule_name(park.own_plant.rule, lang)
    label = say(lang, en="own plant", zh="自备热电厂") + (f"{comma}{rule}" if rule else "")
    return pd.DataFrame.from_dict(rows, orient="index", columns=[str(year) for year in years]).rename_axis(label)


def account_rows(found: Iterable[Accounted]) -> pd.DataFrame:
    """List accounts row by row and year by year, numbers as numbers; the column ``account`` says whose they are."""
    rows = [
        (one.park_id, one.account.account_id, int(year), sector, source, kind, float(one.emissions[at, y]))
        for one in found
        for at, (sector, source, kind) in enumerate(one.rows)
        if kind in one.account.rows
        for y, year in enumerate(one.years)
    ]
    return pd.DataFrame(rows, columns=["park_id", "account", "year", "sector", "source", "kind", "emissions_tco2"])


def bridge_rows(found: Bridge) -> pd.DataFrame:
    """List a bridge row by row and year by year, numbers as numbers."""
    first, second = found.first, found.second
    ends = f"{first.account.account_id} -> {second.account.account_id}"
    rows = [
        (first.park_id, ends, int(year), sector, source, kind, *(float(v[at, y]) for v in (first.factors,
         second.factors, first.emissions, found.steps, second.emissions)))
        for at, (sector, source, kind) in enumerate(first.rows)
        for y, year in enumerate(first.years)
    ]  # fmt: skip
    head = ["park_id", "accounts", "year", "sector", "source", "kind", "factor_first", "factor_second", "first_tco2",
            "step_tco2", "second_tco2"]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


#: Years of tables of projections: every fifth.
EVERY = 5
#: Quantiles of projected totals.
BAND = (0.05, 0.5, 0.95)


def accounts_ahead_rows(*parks: AccountsAhead) -> pd.DataFrame:
    """List projected totals by park, account, scenario and year: 5 %, 50 % and 95 % of the members, tCO2/yr."""
    parts = []
    for found, account, totals in ((one, *pair) for one in parks for pair in one.totals.items()):
        for scenario, by_member in zip(found.scenarios, totals, strict=True):
            part = pd.DataFrame(np.quantile(by_member, BAND, axis=0).T, columns=["p05_tco2", "p50_tco2", "p95_tco2"])
            for name, value in (("year_status", list(found.status)), ("year", found.years), ("scenario", scenario),
                                ("account", account), ("park_id", found.park_id)):  # fmt: skip
                part.insert(0, name, value)
            parts.append(part)
    head = ["park_id", "account", "scenario", "year", "year_status", "p05_tco2", "p50_tco2", "p95_tco2"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=head)


def accounts_ahead(found: AccountsAhead, names: Mapping[str, str], *, lang: str = "en") -> pd.DataFrame:
    """Table projected totals: a row a scenario and account, a column every fifth year; median (P05-P95)."""
    last, first = int(found.years[-1]), int(found.years[found.status.index("observed")])
    observed = int(found.years[found.status.count("observed") - 1])
    years = [observed, *(year for year in range(first, last + 1) if year % EVERY == 0 and year > observed)]
    at = [year - int(found.years[0]) for year in years]
    scale = scale_of(max((float(np.median(one[..., at], axis=1).max()) for one in found.totals.values()), default=1.0),
                     lang)  # fmt: skip
    rows = []
    for n, scenario in enumerate(found.scenarios):
        for account, totals in found.totals.items():
            low, mid, high = np.quantile(totals[n][:, at], BAND, axis=0) / scale.divisor
            cells = [
                f"{m:,.2f}" if low[y] == high[y] else f"{m:,.2f} ({low[y]:,.2f}-{high[y]:,.2f})"
                for y, m in enumerate(mid)
            ]
            rows.append((scenario_name(scenario, lang), names[account], *cells))
    head = [say(lang, en=f"scenario, {scale.unit}", zh=f"情景，{scale.unit}"), say(lang, en="account", zh="核算口径"),
            *map(str, years)]  # fmt: skip
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def ahead(found: CoreAhead, *, lang: str = "en") -> pd.DataFrame:
    """Table the probability of meeting the core indicator: a row a scenario and reading, a column every fifth year."""
    last = int(found.years[-1])
    years = [int(year) for year in found.years if year % EVERY == 0 and year >= last - last % EVERY - 30]
    at = [int(np.flatnonzero(found.years == year)[0]) for year in years]
    share, names = found.probability(), {one.reading_id: one.name.told(lang) for one in found.profile.readings}
    rows = [
        (scenario_name(scenario, lang), names[reading], *(_share(float(share[r, n, y]), lang) for y in at))
        for n, scenario in enumerate(found.scenarios)
        for r, reading in enumerate(found.readings)
    ]
    head = [say(lang, en="scenario", zh="情景"), say(lang, en="electricity at", zh="电力折标系数"), *map(str, years)]
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def _share(share: float, lang: str) -> str:
    return share_text(share, lang) if np.isfinite(share) else "-"


def core_ahead_rows(found: CoreAhead) -> pd.DataFrame:
    """List the probability of the core indicator by scenario, reading and year, and its median; numbers as numbers."""
    share, medians = found.probability(), np.median(found.values, axis=2)
    rows = [
        (found.park_id, found.profile.profile_id, found.profile.account, scenario, reading, int(year),
         float(share[r, n, y]), float(medians[r, n, y]))
        for n, scenario in enumerate(found.scenarios)
        for r, reading in enumerate(found.readings)
        for y, year in enumerate(found.years)
    ]  # fmt: skip
    head = ["park_id", "profile", "account", "scenario", "reading", "year", "p_met", "median"]
    return pd.DataFrame(rows, columns=head)


def budget_rows(found: CarbonBudget) -> pd.DataFrame:
    """List a budget by scenario and year: allowed, median emitted, probability of an overrun so far."""
    emitted, overrun = np.median(found.emitted, axis=1), found.overrun()
    rows = [
        (found.park_id, found.rule, scenario, int(year), float(found.allowed[y]), float(emitted[n, y]),
         float(overrun[n, y]))
        for n, scenario in enumerate(found.scenarios)
        for y, year in enumerate(found.years)
    ]  # fmt: skip
    head = ["park_id", "rule", "scenario", "year", "allowed_tco2", "p50_tco2", "p_overrun_so_far"]
    return pd.DataFrame(rows, columns=head)


def budget(found: CarbonBudget, *, lang: str = "en") -> pd.DataFrame:
    """Table a budget: what is allowed by year, the probability of an overrun so far, and its size at the end."""
    scale = scale_of(found.total, lang)
    years = list(map(str, found.years))
    label = say(lang, en="overrun so far, scenario", zh="累计超支概率，情景")
    beyond = say(lang, en=f"beyond the budget at the end, P05 / P50 / P95, {scale.unit}",
                 zh=f"期末超支，P05/P50/P95，{scale.unit}")  # fmt: skip
    rows = [(say(lang, en=f"allowed, {scale.unit}", zh=f"允许排放，{scale.unit}"),
             *(f"{value / scale.divisor:,.2f}" for value in found.allowed), "")]  # fmt: skip
    for name, share, sizes in zip(found.scenarios, found.overrun(), found.overrun_of_total(), strict=True):
        sized = " / ".join(f"{value / scale.divisor:+,.1f}" for value in sizes)
        rows.append((scenario_name(name, lang), *(share_text(float(one), lang) for one in share), sized))
    return pd.DataFrame(rows, columns=[label, *years, beyond]).set_index(label)


COST_WORDS = {"allowances": ("allowances", "配额"), "border": ("EU border adjustment", "欧盟碳边境调节")}


def carbon_cost_rows(park_id: str, found: Mapping[str, CarbonCost], scenarios: Sequence[str]) -> pd.DataFrame:
    """List carbon costs by kind, scenario and year: 5 %, 50 % and 95 % of the members."""
    rows = [
        (park_id, kind, scenario, int(year), cost.unit, *map(float, cost.quantiles()[n, y]))
        for kind, cost in found.items()
        for n, scenario in enumerate(scenarios)
        for y, year in enumerate(cost.years)
    ]
    return pd.DataFrame(rows, columns=["park_id", "cost", "scenario", "year", "unit", "p05", "p50", "p95"])


def carbon_costs(rows: pd.DataFrame, *, lang: str = "en") -> pd.DataFrame:
    """Table carbon costs every fifth year, million a year: median (P05-P95); below zero are allowances left to sell."""
    years = [int(year) for year in sorted(set(rows.year)) if year % EVERY == 0]
    lines = []
    for (kind, scenario, unit), part in rows.groupby(["cost", "scenario", "unit"], sort=False):
        by_year = part.set_index("year") if len(part) else part
        cells = [
            f"{by_year.p50[year] / 1e6:,.1f} ({by_year.p05[year] / 1e6:,.1f} … {by_year.p95[year] / 1e6:,.1f})"
            for year in years
        ]
        lines.append((_told(COST_WORDS[kind], lang), scenario_name(scenario, lang), unit[:3], *cells))
    head = [say(lang, en="million a year", zh="百万/年"), say(lang, en="scenario", zh="情景"),
            say(lang, en="currency", zh="币种"), *map(str, years)]  # fmt: skip
    return pd.DataFrame(lines, columns=head).set_index(head[0])
