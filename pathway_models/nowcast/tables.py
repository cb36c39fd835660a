"""Tables and sentences of the nowcast: provinces, their sum beside the national account, and scores."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.language import say, word
from pathway_models.nowcast import scoring
from pathway_models.records.nowcast import RegionalEnsemble

#: Quantiles over members.
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
#: What is held out, in words.
HOLDOUT_NAMES = {
    scoring.REGIONS: ("other provinces, all years", "其他省份、全部年份"),
    scoring.FUTURE: ("other provinces, as known at the time", "其他省份、仅当时已知"),
}


def yearly(found: RegionalEnsemble) -> pd.DataFrame:
    """Tabulate every region and year for scripts, in t CO2 a year; ``status`` is observed or nowcast.

    Parameters
    ----------
    found : RegionalEnsemble
    """
    at = quantiles(found.emissions)
    return pd.DataFrame(
        [
            (region, name, int(year), status, *(float(at[key][r, y]) for key in QUANTILES))
            for r, (region, name) in enumerate(zip(found.regions, found.names, strict=True))
            for y, (year, status) in enumerate(zip(found.years, found.status, strict=True))
        ],
        columns=["region", "region_zh", "year", "status", *(f"co2_t_{key}" for key in QUANTILES)],
    )


def national(found: RegionalEnsemble) -> pd.DataFrame:
    """Tabulate the sum of the regions beside the growth of the national account, by year, for scripts.

    ``account_t`` is the account's own level; ``expected_t`` the sum of the last inventories grown as the account, and
    ``low_t`` to ``high_t`` its 90 % band by the account's measured error.  ``inside`` compares the middle of the sum
    with that band.
    """
    at = quantiles(found.total())
    base = int(np.flatnonzero(found.years == found.last_observed)[0])
    expected = at["p50"][base] * found.nation / found.nation[base]
    width = 1.6449 * found.nation_error
    low, high = expected * np.exp(-width), expected * np.exp(width)
    after = found.years >= found.last_observed
    table = pd.DataFrame(
        {
            "year": found.years,
            "status": found.status,
            "account_t": found.nation,
            "expected_t": expected,
            "low_t": low,
            "high_t": high,
            **{f"sum_t_{key}": at[key] for key in ("p05", "p50", "p95")},
            "inside": (at["p50"] >= low * (1 - 1e-9)) & (at["p50"] <= high * (1 + 1e-9)),
        }
    )
    return table[after].reset_index(drop=True)


def quantiles(members: np.ndarray) -> dict[str, np.ndarray]:
    """Compute quantiles over members, (..., member, year): name -> (..., year)."""
    found = np.quantile(members, list(QUANTILES.values()), axis=-2)
    return dict(zip(QUANTILES, found, strict=True))


def regions(found: RegionalEnsemble, year: int | None = None, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the regions for display: last inventory, nowcast of a year with its range, change; million t CO2.

    Parameters
    ----------
    found : RegionalEnsemble
    year : int, optional
        The last one by default.
    lang : {"en", "zh"}
    """
    at = len(found.years) - 1 if year is None else int(np.flatnonzero(found.years == year)[0])
    base = int(np.flatnonzero(found.years == found.last_observed)[0])
    values = {name: array[:, at] / 1e6 for name, array in quantiles(found.emissions).items()}
    before = found.emissions[:, 0, base] / 1e6
    mark = word(f"year_{found.status[at]}", lang)
    head = [
        say(lang, en="province", zh="省份"),
        say(lang, en=f"{found.last_observed} observed", zh=f"{found.last_observed}年（观测）"),
        say(lang, en=f"{found.years[at]} {mark}", zh=f"{found.years[at]}年（{mark}）"),
        "p05",
        "p95",
        say(lang, en="change, %", zh="变化，%"),
    ]
    rows = [
        (name, *(f"{value:,.0f}" for value in (before[r], values["p50"][r], values["p05"][r], values["p95"][r])),
         f"{100 * (values['p50'][r] / before[r] - 1):+.0f}")
        for r, name in enumerate(names(found, lang))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def nation(found: RegionalEnsemble, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the sum beside the national account for display, million t CO2."""
    table = national(found)
    head = [
        say(lang, en="year", zh="年份"),
        say(lang, en="status", zh="性质"),
        say(lang, en="national account", zh="国家账户"),
        say(lang, en="sum expected from its growth", zh="按其增速推算的各省合计"),
        say(lang, en="90 % error range", zh="账户误差90%区间"),
        say(lang, en="sum of provinces", zh="各省合计"),
        say(lang, en="90 % of members", zh="90%区间"),
        say(lang, en="inside", zh="在区间内"),
    ]
    rows = [
        (
            str(row.year),
            word(f"year_{row.status}", lang),
            f"{row.account_t / 1e6:,.0f}",
            f"{row.expected_t / 1e6:,.0f}",
            f"{row.low_t / 1e6:,.0f}-{row.high_t / 1e6:,.0f}",
            f"{row.sum_t_p50 / 1e6:,.0f}",
            f"{row.sum_t_p05 / 1e6:,.0f}-{row.sum_t_p95 / 1e6:,.0f}",
            say(lang, en="yes" if row.inside else "NO", zh="是" if row.inside else "否"),
        )
        for row in table.itertuples()
    ]
    return pd.DataFrame(rows, columns=head)


#: Columns of the table of scores: format, English, Chinese.
SCORES: dict[str, tuple[str, str, str]] = {
    "horizon": ("{:d}", "years", "年数"),
    "forecasts": ("{:d}", "forecasts", "预测数"),
    "coverage_50": ("{:.2f}", "in 50 %", "50%区间"),
    "coverage_80": ("{:.2f}", "in 80 %", "80%区间"),
    "coverage_90": ("{:.2f}", "in 90 %", "90%区间"),
    "crps": ("{:.4f}", "CRPS", "CRPS"),
    "skill_last_year": ("{:.0%}", "better than last year", "优于上年值"),
    "skill_national_growth": ("{:.0%}", "than national growth", "优于全国增速"),
    "correlation": ("{:.2f}", "correlation", "相关系数"),
    "residual_sd": ("{:.3f}", "error sd", "误差标准差"),
    "change_sd": ("{:.3f}", "change sd", "变化标准差"),
}


def scores(table: pd.DataFrame, holdout: str = scoring.REGIONS, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the scores of one hold-out for display.

    Parameters
    ----------
    table : DataFrame
        As `nowcast.scoring.score` gives it.
    holdout : str
    lang : {"en", "zh"}
    """
    rows = table[table["holdout"] == holdout]
    return pd.DataFrame(
        {
            say(lang, en=english, zh=chinese): [form.format(value) for value in rows[column]]
            for column, (form, english, chinese) in SCORES.items()
        }
    )


#: Columns of the scores of parks that differ from `SCORES`, with what else is named in words.
PARK_SCORES: dict[str, tuple[str, str, str]] = {
    **{name: SCORES[name] for name in ("horizon", "forecasts", "coverage_50", "coverage_80", "coverage_90", "crps")},
    "skill_last_year": SCORES["skill_last_year"],
    "skill_one_sector": ("{:.1%}", "than one sector", "优于不分行业"),
}
PANEL_NAMES = {"eu_sites": ("Europe", "欧洲"), "us_sites": ("United States", "美国")}
TEACHER_NAMES = {scoring.OTHER: ("other continent", "另一大洲"), scoring.PAST: ("own past", "自身历史")}
QUANTITY_NAMES = {
    scoring.INDUSTRY: ("Parks of several sites: industry", "多设施园区：工业排放"),
    scoring.ALL_SITES: (
        "The same with power stations and mixed plants, by the change of each sector",
        "同上，含电厂与混合热电，按各行业变化推算",
    ),
}


def park_scores(table: pd.DataFrame, quantity: str, *, lang: str = "en") -> pd.DataFrame:
    """Tabulate the scores of the bridge of parks for display.

    Parameters
    ----------
    table : DataFrame
        As `nowcast.scoring.score_parks` gives it.
    quantity : str
        One of `nowcast.scoring.QUANTITIES`.
    lang : {"en", "zh"}
    """
    rows = table[table["quantity"] == quantity].sort_values(["panel", "taught_by", "horizon"])
    shown = PARK_SCORES if rows["skill_one_sector"].notna().any() else dict(list(PARK_SCORES.items())[:-1])
    named = {
        say(lang, en="panel", zh="样本"): [_in(PANEL_NAMES.get(name, (name, name)), lang) for name in rows["panel"]],
        say(lang, en="trained on", zh="误差来自"): [_in(TEACHER_NAMES[name], lang) for name in rows["taught_by"]],
    }
    return pd.DataFrame(
        named
        | {_in(words, lang): [form.format(value) for value in rows[column]] for column, (form, *words) in shown.items()}
    )


def quantity_name(quantity: str, lang: str) -> str:
    """Name the forecast quantity of a park."""
    return _in(QUANTITY_NAMES[quantity], lang)


def _in(words: Sequence[str], lang: str) -> str:
    english, chinese = words
    return say(lang, en=english, zh=chinese)


def holdout_name(holdout: str, lang: str) -> str:
    """Name what is held out."""
    return _in(HOLDOUT_NAMES[holdout], lang)


def written(found: RegionalEnsemble, scored: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return the tables that ``--out`` writes, by file name."""
    files = {"nowcast.csv": yearly(found)}
    if len(found.regions) > 1:
        files["nowcast_nation.csv"] = national(found)
    if scored is not None:
        files["nowcast_scores.csv"] = scored
    return files


def names(found: RegionalEnsemble, lang: str) -> Sequence[str]:
    """Names of the regions in a language."""
    return found.names if lang == "zh" else found.regions


def describe(found: RegionalEnsemble, lang: str = "en") -> str:
    """State the observed years and the years of the nowcast."""
    first, last = found.last_observed + 1, int(found.years[-1])
    return say(
        lang,
        en=f"Inventories of the provinces end in {found.last_observed}. {first}-{last} is a nowcast, never an"
        " observation: it is estimated from each province's output of thermal power, pig iron and cement and from the"
        f" growth of the national account. {found.emissions.shape[1]} members, seed {found.seed}.",
        zh=f"各省排放清单止于{found.last_observed}年。{first}—{last}年为现状推算：由各省火电、生铁、水泥产量及国家账户的增速"
        f"估算，并非观测值。{found.emissions.shape[1]}次模拟，种子{found.seed}。",
    )


def describe_nation(found: RegionalEnsemble, lang: str = "en") -> str:
    """State whether the sum of the provinces follows the national account, as it does by construction."""
    table = national(found)
    after = table[table["status"] != "observed"]
    inside, last = int(after["inside"].sum()), after.iloc[-1]
    growth, spread = (
        100 * np.expm1(np.log(last[name] / table.iloc[0]["expected_t"])) for name in ("sum_t_p50", "high_t")
    )
    account = 100 * (last["account_t"] / table.iloc[0]["account_t"] - 1)
    return say(
        lang,
        en=f"By construction the sum of the provinces grows with the national account: {growth:+.1f} % by"
        f" {last['year']} against {account:+.1f} % (90 % error range up to {spread:+.1f} %); {inside} of {len(after)}"
        " years lie inside. Levels differ by source: only growth is taken from the account.",
        zh=f"按构造，各省合计随国家账户增长：至{last['year']}年{growth:+.1f}%，账户为{account:+.1f}%"
        f"（误差90%区间上限{spread:+.1f}%）；{len(after)}年中{inside}年在区间内。两者口径水平不同，仅采用账户的增速。",
    )


def describe_scores(scored: pd.DataFrame, lang: str = "en") -> str:
    """State the scores of the nowcast against its benchmarks."""
    rows = scored[scored["holdout"] == scoring.REGIONS]
    first, last = rows.iloc[0], rows.iloc[-1]
    least = rows[["skill_last_year", "skill_national_growth"]].min()
    beaten = bool((scored[["skill_last_year", "skill_national_growth"]] > 0).all(axis=None))
    return say(
        lang,
        en="Had inventories ended earlier (origins from 2009, tested on other provinces), the 90 % bands would have"
        f" contained {first['coverage_90']:.0%} of outcomes after {first['horizon']} year and"
        f" {last['coverage_90']:.0%} after {last['horizon']}. CRPS is at least {least['skill_last_year']:.0%} better"
        f" than last year's emissions and {least['skill_national_growth']:.0%} better than national growth for all"
        " provinces, each with its own errors."
        + (" Both are beaten at every horizon." if beaten else " Not every benchmark is beaten."),
        zh=f"若清单更早中断（2009年起，以其他省份检验）：90%区间在{first['horizon']}年后覆盖{first['coverage_90']:.0%}，"
        f"{last['horizon']}年后{last['coverage_90']:.0%}；CRPS较“沿用上年值”至少好{least['skill_last_year']:.0%}，较“全国增速"
        f"适用于各省”至少好{least['skill_national_growth']:.0%}，对照方法均带其自身误差。"
        + ("各年数均优于两者。" if beaten else "并非各项均优于对照。"),
    )


def describe_park_scores(scored: pd.DataFrame, lang: str = "en") -> str:
    """State the scores of the bridge of parks."""
    industry = scored[(scored["quantity"] == scoring.INDUSTRY) & (scored["taught_by"] == scoring.OTHER)]
    held, skill = industry["coverage_90"], industry["skill_last_year"]
    sector = scored["skill_one_sector"].dropna()
    return say(
        lang,
        en="Bridged by the changes of all sites of their continent and country, parks lay inside the 90 % bands trained"
        f" on the other continent in {held.min():.0%} to {held.max():.0%} of cases after {industry['horizon'].min()} to"
        f" {industry['horizon'].max()} years; CRPS is {skill.min():.1%} to {skill.max():.1%} better than last year's"
        " emissions. Treating power stations and mixed plants separately changes CRPS by"
        f" {sector.min():+.1%} to {sector.max():+.1%} (positive: better). Parks that close are not included.",
        zh=f"按所在大洲与国家全部设施的变化补推，{industry['horizon'].min()}至{industry['horizon'].max()}年后园区落在"
        f"由另一大洲误差得到的90%区间内的占{held.min():.0%}至{held.max():.0%}；CRPS较“沿用上年值”好{skill.min():.1%}至"
        f"{skill.max():.1%}。区分电厂与混合热电使CRPS变化{sector.min():+.1%}至{sector.max():+.1%}（正值为改善）。"
        "不含关停的园区。",
    )
