"""Sentences of compliance: the verdict in one line, and the limits of an account."""

from collections.abc import Iterable

from pathway_models.compliance.records import RULE_WORDS, CarbonBudget, Compliance
from pathway_models.intake import naming, register
from pathway_models.inventory.accounts import Accounted, per_tonne
from pathway_models.language import rounding, say, word
from pathway_models.records import Account, Bilingual, Park


def verdict_sentence(found: Compliance, *, lang: str = "en") -> str:
    """Say how many indicators are met, not met and open, and how the obligatory ones stand."""
    met, missed, open_ = (found.count(name) for name in ("met", "not_met", "cannot_say"))
    core = [one for one in found.judgements if one.rule.kind == "obligatory"]
    failed = [one.rule.name.told(lang) for one in core if one.verdict == "not_met"]
    text = say(
        lang,
        en=f"{found.park_id}, {found.year}, {found.profile.name.en}: {met} met, {missed} not met, {open_} cannot be"
        " judged.",
        zh=f"{found.park_id}，{found.year}年，{found.profile.name.zh}：达到{met}项，未达到{missed}项，无法判断{open_}项。",
    )
    if found.year < found.profile.valid_from:
        since = found.profile.valid_from
        text += say(
            lang,
            en=f" The rule applies from {since}; {found.year} is judged as if it already applied.",
            zh=f"该规则自{since}年起适用，{found.year}年按其试算。",
        )
    if failed:
        text += say(
            lang,
            en=f" Obligatory and not met: {'; '.join(failed)}.",
            zh=f"未达到的约束性指标：{'；'.join(failed)}。",
        )
    return text


def elsewhere(park: Park, name: Bilingual, country: str, *, lang: str = "en") -> str:
    """Say in one line that a rule is another country's than the park's."""
    home, here = register.country_of(country).name(lang), register.country_of(park.country).name(lang)
    return say(
        lang,
        en=f"{park.park_id} is in {here}; {name.en} is a rule of {home} and does not apply there.",
        zh=f"{park.park_id}位于{here}；{name.zh}为{home}规则，对其不适用。",
    )


def account_notes(found: Iterable[Accounted], *, lang: str = "en") -> list[str]:
    """Say which accounts do not apply, and which years lack a factor without traded green power."""
    lines = []
    for one in found:
        name = one.account.name.told(lang)
        home = one.identity.country
        named = dict.fromkeys(naming.item_name(sector, lang) for sector in one.account.sectors)
        branches = say(lang, en=", ", zh="、").join(named)
        if not one.applies:
            lines.append(
                say(
                    lang,
                    en=f"{name}: cannot be determined, because the table lists none of its branches ({branches}).",
                    zh=f"{name}：无法判断，数据表未列出其覆盖行业（{branches}）。",
                )
            )
        elif one.without_residual and not one.account.ratios_in(home):
            lines.append(
                say(
                    lang,
                    en=f"{name}: no factor without traded green power is known for {register.country_of(home).name_en};"
                    " the park's own factor is used, which counts traded green power twice.",
                    zh=f"{name}：{register.country_of(home).name_zh}没有扣除市场化交易绿电的因子，"
                    "沿用园区自身因子，其中市场化绿电被重复计算。",
                )
            )
        elif one.without_residual:
            years = ", ".join(map(str, one.without_residual))
            lines.append(
                say(
                    lang,
                    en=f"{name}: no factor without traded green power is known for {years}; the park's own factor"
                    " is used, which counts traded green power twice.",
                    zh=f"{name}：{years}年没有扣除市场化交易绿电的因子，沿用园区自身因子，其中市场化绿电被重复计算。",
                )
            )
    return lines


def product_lines(park: Park, found: Iterable[Accounted], *, lang: str = "en") -> list[str]:
    """State emissions a tonne of product in the last year, branch by branch."""
    lines = []
    for one in found:
        for (sector, product), rates in per_tonne(park, one).items():
            lines.append(
                say(
                    lang,
                    en=f"{one.account.name.en}, {word(sector, lang)}: {rates[-1]:.3g} tCO2 per tonne of"
                    f" {naming.item_name(product, lang)} in {one.years[-1]}.",
                    zh=f"{one.account.name.zh}，{word(sector, lang)}：{one.years[-1]}年每吨"
                    f"{naming.item_name(product, lang)}排放{rates[-1]:.3g}吨CO2。",
                )
            )
        if one.account.products and not per_tonne(park, one):
            lines.append(
                say(
                    lang,
                    en=f"{one.account.name.en}: no branch in the table has a single product, so no emissions per tonne"
                    " are given.",
                    zh=f"{one.account.name.zh}：数据表中没有单一产品的行业，不给出单位产品排放。",
                )
            )
    return lines


def power_ways_sentence(park: Park, account: Account, *, lang: str = "en") -> str:
    """Explain how the methods of counting purchased power differ, and which checks apply.

    Parameters
    ----------
    park : Park
    account : Account
        The account by market, with the published pairs of factors.
    """
    bought, green = (
        float(park.energy[:, park.carriers.index(name), -1].sum()) for name in ("electricity", "green_electricity")
    )
    year, ratio = max(account.residual.items())
    first = min(account.residual)
    share, traded = green / max(bought + green, 1e-300), 1.0 - 1.0 / ratio
    return say(
        lang,
        en=f"Of the power bought in {park.last_observed_year}, {share:.1%} was green. By location it counts at the mean"
        f" factor, otherwise at 0. The mean factor includes green power that others bought: without it, the factor of"
        f" the rest is {ratio - 1:.1%} higher ({year}, kept for later years). Pairs of factors are known from {first}"
        f" on: the step in the account by market up to {year} comes from the factor, not from the park. The pair of"
        f" {year} implies that {traded:.0%} of all power was traded as non-fossil; no published figure of that volume"
        " was seen, so green x 0 + rest x factor without green = all x mean shows consistency and is not a check.",
        zh=f"{park.last_observed_year}年外购电力中绿电占{share:.1%}。基于位置的口径按平均因子计，其他口径计0。"
        f"平均因子含有他人购买的绿电，扣除后其余电力的因子高{ratio - 1:.1%}（{year}年，其后沿用）。"
        f"{first}年起才有成对因子：基于市场的口径至{year}年的上升来自因子，而非园区。"
        f"{year}年的两个因子意味着全部电量的{traded:.0%}为市场化非化石电量；该电量未见公布值，"
        "故“绿电×0+其余×扣除后因子=全部×平均因子”只是一致性，不是检验。",
    )


def budget_sentence(found: CarbonBudget, *, lang: str = "en") -> str:
    """State a budget, its rule and its base."""
    scale = rounding.scale_of(found.total, lang)
    en, zh = RULE_WORDS[found.rule]
    first, last = int(found.years[0]), int(found.years[-1])
    base = say(
        lang,
        en=f"base {found.base_year}" + ("" if found.is_base_observed else ", median of the ensemble"),
        zh=f"基年{found.base_year}年" + ("" if found.is_base_observed else "（模拟结果中位数）"),
    )
    total = f"{found.total / scale.divisor:,.1f} {scale.unit}"
    return say(
        lang,
        en=f"{found.park_id}: budget {first}-{last} {total} ({en}; {base}).",
        zh=f"{found.park_id}：{first}—{last}年碳预算{total}（{zh}；{base}）。",
    )
