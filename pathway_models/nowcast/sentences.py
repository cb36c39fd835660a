"""Findings of the nowcast in words, each computed from the numbers it speaks of."""

import numpy as np
import pandas as pd

from pathway_models.language.words import say
from pathway_models.nowcast import tables
from pathway_models.nowcast.scoring import INDUSTRY, OTHER, REGIONS
from pathway_models.records.nowcast import RegionalEnsemble


def describe(found: RegionalEnsemble, lang: str = "en") -> str:
    """Say what is observed and what is not, and how far the nowcast reaches."""
    first, last = found.last_observed + 1, int(found.years[-1])
    return say(
        lang,
        en=f"Inventories of the provinces end in {found.last_observed}. {first}-{last} is a nowcast: estimated from"
        " thermal power, pig iron and cement of each province and the growth of the national account, never an"
        f" observation. {found.emissions.shape[1]} members, seed {found.seed}.",
        zh=f"各省排放清单止于{found.last_observed}年。{first}—{last}年为现状推算：由各省火电、生铁、水泥产量及国家账户的增速"
        f"估算，并非观测值。{found.emissions.shape[1]}次模拟，种子{found.seed}。",
    )


def describe_nation(found: RegionalEnsemble, lang: str = "en") -> str:
    """Say whether the sum of the provinces keeps to the national account, by construction."""
    table = tables.national(found)
    after = table[table["status"] != "observed"]
    inside, last = int(after["inside"].sum()), after.iloc[-1]
    growth, spread = (
        100 * np.expm1(np.log(last[name] / table.iloc[0]["expected_t"])) for name in ("sum_t_p50", "high_t")
    )
    account = 100 * (last["account_t"] / table.iloc[0]["account_t"] - 1)
    return say(
        lang,
        en=f"By construction the sum of the provinces grows as the national account: {growth:+.1f} % by"
        f" {last['year']} against {account:+.1f} % (90 % of its error up to {spread:+.1f} %); {inside} of {len(after)}"
        " years lie inside. Levels differ by source: only growth is taken from the account.",
        zh=f"按构造，各省合计随国家账户增长：至{last['year']}年{growth:+.1f}%，账户为{account:+.1f}%"
        f"（误差90%区间上限{spread:+.1f}%）；{len(after)}年中{inside}年在区间内。两者口径水平不同，仅采用账户的增速。",
    )


def describe_scores(scored: pd.DataFrame, lang: str = "en") -> str:
    """Say how good the nowcast would have been, and against what."""
    rows = scored[scored["holdout"] == REGIONS]
    first, last = rows.iloc[0], rows.iloc[-1]
    least = rows[["skill_last_year", "skill_national_growth"]].min()
    beaten = bool((scored[["skill_last_year", "skill_national_growth"]] > 0).all(axis=None))
    return say(
        lang,
        en="Had inventories ended earlier (origins from 2009, other provinces): 90 % bands held"
        f" {first['coverage_90']:.0%} after {first['horizon']} year and {last['coverage_90']:.0%} after"
        f" {last['horizon']}; CRPS at least {least['skill_last_year']:.0%} better than last year's emissions and"
        f" {least['skill_national_growth']:.0%} better than the nation's growth for all, each with its own errors."
        + (" Both are beaten at every horizon." if beaten else " Not every benchmark is beaten."),
        zh=f"若清单更早中断（2009年起，以其他省份检验）：90%区间在{first['horizon']}年后覆盖{first['coverage_90']:.0%}，"
        f"{last['horizon']}年后{last['coverage_90']:.0%}；CRPS较“沿用上年值”至少好{least['skill_last_year']:.0%}，较“全国增速"
        f"适用于各省”至少好{least['skill_national_growth']:.0%}，对照方法均带其自身误差。"
        + ("各年数均优于两者。" if beaten else "并非各项均优于对照。"),
    )


def describe_park_scores(scored: pd.DataFrame, lang: str = "en") -> str:
    """Say how good the bridge of parks would have been."""
    industry = scored[(scored["quantity"] == INDUSTRY) & (scored["taught_by"] == OTHER)]
    held, skill = industry["coverage_90"], industry["skill_last_year"]
    sector = scored["skill_one_sector"].dropna()
    return say(
        lang,
        en="Bridged by what all sites of their continent and country did, parks lay inside the 90 % bands taught by the"
        f" other continent in {held.min():.0%} to {held.max():.0%} of cases after {industry['horizon'].min()} to"
        f" {industry['horizon'].max()} years; CRPS {skill.min():.1%} to {skill.max():.1%} better than last year's"
        " emissions. Telling power stations and mixed plants apart changes CRPS by"
        f" {sector.min():+.1%} to {sector.max():+.1%} (positive: better). Parks that close are not in it.",
        zh=f"按所在大洲与国家全部设施的变化补推，{industry['horizon'].min()}至{industry['horizon'].max()}年后园区落在"
        f"由另一大洲误差得到的90%区间内的占{held.min():.0%}至{held.max():.0%}；CRPS较“沿用上年值”好{skill.min():.1%}至"
        f"{skill.max():.1%}。区分电厂与混合热电使CRPS变化{sector.min():+.1%}至{sector.max():+.1%}（正值为改善）。"
        "不含关停的园区。",
    )
