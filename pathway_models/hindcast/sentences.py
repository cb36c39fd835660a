"""Sentences about hindcasts, each computed from the stored tables: for all panels, and for those that match a park."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.hindcast import evaluation, matching
from pathway_models.intake.panels import Panel
from pathway_models.kernels.scores import coverage as coverage_of
from pathway_models.language import rounding, say
from pathway_models.records import Park

SHORT = (1, 5, 10)


def _rows(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    for column, value in wanted.items():
        table = table[table[column] == value]
    return matching.of_regions(table)


def _listed(values: pd.Series | list[float], form: str) -> str:
    return " / ".join(_number(value, form) for value in values)


def _number(value: float, form: str) -> str:
    """Write a number in a format; one that rounds to nothing has no sign."""
    text = format(value, form)
    return text if float(text.rstrip("%")) else text.lstrip("+-")


def _at(table: pd.DataFrame, column: str, horizons: tuple[int, ...], form: str) -> str:
    return _listed([float(value) for value in table.set_index("horizon")[column].reindex(horizons).dropna()], form)


def inside(cast: evaluation.Hindcast, panel: Panel, entity: str, *, lang: str = "en") -> str:
    """Say how many outcomes of one region lay inside their 90 % bands.

    Parameters
    ----------
    cast : Hindcast
    panel : Panel
        The one it was made of.
    entity : str
        Region of the panel.
    lang : {"en", "zh"}
    """
    own = cast.windows.entity == panel.entities.index(entity)
    pit = cast.pit[own]
    held, known = float(coverage_of(pit.ravel(), 0.9)), int(np.isfinite(pit).sum())
    origins = int(own.sum())
    return say(
        lang,
        en=f"{entity}: {origins} origins, {known} outcomes one to {pit.shape[1]} years ahead; {held:.0%} of them lay"
        " inside their 90 % bands. One region proves little: neighbouring origins share most of their years.",
        zh=f"{entity}：{origins}个起报年，提前1至{pit.shape[1]}年共{known}个结果，其中{held:.0%}落入90%区间。"
        "单个地区说明不了太多：相邻起报年的多数年份重叠。",
    )


def skill(summary: pd.DataFrame, law: str = "own", record: int = 5, *, lang: str = "en") -> str:
    """Say where the law is better than its rivals, and where it is not."""
    rows = _rows(summary, law=law, record=record, holdout="region")
    far = rows[rows["horizon"] >= 3]
    worst = rows.loc[rows["skill_persistence"].idxmin()]
    beaten = rows[rows["skill_persistence"] < -0.005]
    least = float(far["skill_log_trend"].min())
    begins = {
        matching.name_of(str(panel), lang): int(of["horizon"].min())
        for panel, of in beaten.groupby("panel", sort=False)
    }
    where = "; ".join(
        say(lang, en=f"{name} from {years} years on", zh=f"{name}自第{years}年起") for name, years in begins.items()
    )
    where = where or say(lang, en="none", zh="无")
    low, panel, ahead = worst["skill_persistence"], matching.name_of(str(worst["panel"]), lang), worst["horizon"]
    return say(
        lang,
        en=f"Against a straight log-trend the skill is positive at three years and beyond on every panel (lowest"
        f" {least:+.2f}). Against persistence with the panel's own errors it is negative only in these cases: {where}"
        f" (lowest {low:+.2f}, {panel}, {ahead} years).",
        zh=f"相对对数直线趋势，提前3年及以上各面板的技巧评分均为正（最小{least:+.2f}）。"
        f"相对带有面板自身误差的持续不变，仅在以下情形为负：{where}（最差{low:+.2f}，{panel}，{ahead}年）。",
    )


def coverage(summary: pd.DataFrame, law: str = "own", record: int = 5, *, lang: str = "en") -> str:
    """Say how much the 90 % bands held on each panel, regions held out and future held out."""
    parts = []
    for panel in dict.fromkeys(matching.of_regions(summary)["panel"]):
        held = {
            holdout: _at(
                _rows(summary, law=law, record=record, panel=panel, holdout=holdout), "coverage_90", SHORT, ".2f"
            )
            for holdout in ("region", "future")
        }
        parts.append(
            say(
                lang,
                en=f"{matching.name_of(panel, lang)} {held['region']} (future held out {held['future']})",
                zh=f"{matching.name_of(panel, lang)}{held['region']}（留出未来{held['future']}）",
            )
        )
    ahead = " / ".join(map(str, SHORT))
    return say(
        lang,
        en=f"Coverage of the 90 % bands of {matching.name_of(law, lang)}, {ahead} years ahead, regions held out:"
        f" {'; '.join(parts)}.",
        zh=f"{matching.name_of(law, lang)}的90%区间，提前{ahead}年，留出地区：{'；'.join(parts)}。",
    )


def calibration(deciles: pd.DataFrame, law: str = "own", record: int = 5, *, lang: str = "en") -> str:
    """Say how far the shares of outcomes are from their forecast probability at most."""
    rows = _rows(deciles, law=law, record=record, holdout="region")
    rows = rows[rows["horizon"].isin(SHORT)]
    shares = rows[[f"decile_{at}" for at in range(1, 11)]].to_numpy()
    away = np.abs(np.cumsum(shares, axis=1) - np.arange(1, 11) / 10).max(axis=1)
    worst = rows.iloc[int(away.argmax())]
    mean, most, panel = away.mean(), away.max(), matching.name_of(str(worst["panel"]), lang)
    return say(
        lang,
        en=f"The share of outcomes below a forecast quantile differs from its probability by {mean:.2f} on average"
        f" and {most:.2f} at most ({panel}, {worst['horizon']} years ahead).",
        zh=f"低于某预测分位数的结果占比与其概率平均相差{mean:.2f}，最大相差{most:.2f}"
        f"（{panel}，提前{worst['horizon']}年）。",
    )


def turn(logs: np.ndarray, years: np.ndarray, year: int = 2012, *, lang: str = "en") -> str:
    """Say how the growth of a panel changed around a year.

    Parameters
    ----------
    logs : (entity, year)
        Logs of emissions, NaN where missing.
    years : (year,) int
    year : int
        First year behind the turn.
    lang : {"en", "zh"}
    """
    growth = np.diff(logs, axis=1)
    later = years[1:] >= year
    first = (years[1:] > year - 11) & ~later
    begin = int(years[1:][first].min())
    before, after = (float(np.nanmedian(growth[:, part])) for part in (first, later))
    return say(
        lang,
        en=f"The median region grew by {before:.1%} a year in {begin}-{year - 1} and by {after:.1%} a year in"
        f" {year}-{years[-1]}. A model that had seen only the earlier years would have taken the boom for the rule.",
        zh=f"{begin}—{year - 1}年中位区域年增长{before:.1%}，{year}—{years[-1]}年为{after:.1%}。"
        "只见过此前数据的模型会把高增长当作规律。",
    )


def combination(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Say what pooling with the rivals gains, on a panel of the training data and on another one."""
    known, strange = (_rows(table, taught_by=name) for name in ("own", "others"))
    near = known[known["horizon"].isin((3, 5, 10))]
    low, high = (_number(float(near["pool_vs_persistence"].agg(end)), "+.2f") for end in ("min", "max"))
    changes = [1 - of["crps_pool"] / of["crps_law"] for of in (known, strange)]
    own, others = (f"{change.min():+.1%}|{change.max():+.1%}" for change in changes)
    return say(
        lang,
        en="With the rivals' errors and the weights of the panel itself, the skill of the pool against persistence is"
        f" {low} to {high} at 3, 5 and 10 years, and it changes the score of the law by {own.replace('|', ' to ')}"
        " (above zero: better). On a panel that was not used for training, as a park is not, it changes the score by"
        f" {others.replace('|', ' to ')}: weights learnt elsewhere do not carry over, so parks keep the single law.",
        zh=f"采用本面板的对照误差与权重时，组合预测在3、5、10年相对持续不变的技巧为{low}至{high}，"
        f"使模型评分变化（正为改进）{own.replace('|', '至')}。"
        f"对未参与训练的面板（园区即如此），变化{others.replace('|', '至')}："
        "权重不能移植，故园区采用单一模型。",
    )


def peaks(table: pd.DataFrame, law: str = "parks_0_2", *, lang: str = "en") -> str:
    """Say how the probability of having peaked scores against base rates."""
    rows = _rows(table, law=law, holdout="region")
    future = _rows(table, law=law, holdout="future")
    own = _rows(table, law="own", holdout="region")
    parts = [
        say(
            lang,
            en=f"{matching.name_of(panel, lang)} {_listed(list(of['skill_other_regions']), '+.2f')}",
            zh=f"{matching.name_of(panel, lang)}{_listed(list(of['skill_other_regions']), '+.2f')}",
        )
        for panel, of in rows.groupby("panel", sort=False)
    ]
    known, pooled = float(future["skill_known_rate"].min()), float(own["skill_pooled"].min())
    ahead = " / ".join(str(value) for value in dict.fromkeys(rows["ahead"]))
    return say(
        lang,
        en=f"Brier skill of the probability of peaking within {ahead} years, against the frequency in other regions:"
        f" {'; '.join(parts)}. Against the frequency known at the origin, with the future held out, it is at least"
        f" {known:+.2f} everywhere. The panel's own law, pooled with that frequency by skill, is never worse than the"
        f" frequency (lowest {pooled:+.3f}).",
        zh=f"{ahead}年内达峰概率相对其他地区频率的Brier技巧：{'；'.join(parts)}。留出未来时，相对当时已知频率的技巧处处不低于{known:+.2f}。"
        f"面板自身模型与该频率按技巧组合后从不更差（最小{pooled:+.3f}）。",
    )


def observed(results: pd.DataFrame, *, lang: str = "en") -> str:
    """Say what the observed-peak test finds in many series, and how often it errs at their own noise and length."""
    able = results[results["p_peaked"].notna()]
    counts = {name: int((results["status"] == name).sum()) for name in ("peaked", "rising", "plateau", "unknown")}
    noise = f"{able['noise'].median():.0%}"
    alarm, most, miss = (
        rounding.share_text(float(value), lang)
        for value in (able["false_alarm"].median(), able["false_alarm"].max(), able["miss_2"].median())
    )
    peaked, rising, level, open_ = counts.values()
    chance = f"{able['false_alarm'].sum():.0f}"
    return say(
        lang,
        en=f"Of {len(results)} series, {len(able)} have eight unbroken years. Peaked: {peaked}, still rising:"
        f" {rising}, level: {level}, cannot tell: {open_}. Had none turned, about {chance} would be called peaked by"
        f" chance. In the median series (noise {noise}), a level path is called peaked in {alarm} of cases"
        f" (at most {most}) and a decline of 2 % a year is missed in {miss}. Such records are too short and too noisy"
        " to prove a peak.",
        zh=f"{len(results)}个序列中有{len(able)}个具备8年连续数据：已达峰{peaked}个，仍上升{rising}个，平台{level}个，"
        f"无法判定{open_}个；即使无一转折，也会有约{chance}个被误判为达峰。中位序列（波动{noise}）中，水平路径被误判为达峰的比例为{alarm}（最高{most}），"
        f"年降2%而未被识别的比例为{miss}：记录过短、波动过大，难以证明达峰。",
    )


def report_card(park: Park, *, probability: float | None = None, lang: str = "en") -> str:
    """Say what hindcasts measured of the printed quantities: the event first, then bands, skill and limits.

    Parameters
    ----------
    park : Park
    probability : float, optional
        Of peaking before the year in question, as printed: similar forecasts are reported.
    lang : {"en", "zh"}
    """
    found = matching.measured(park, probability)
    parts = [
        _event(found, lang),
        _law_spread(found, lang),
        _drivers_held(found, lang),
        _coverage(found, lang),
        _skill(found, lang),
        _limits(found, lang),
    ]
    return say(lang, en=" ".join(parts), zh="".join(parts))


def _event(found: matching.Measured, lang: str) -> str:
    """Say how often the headline's event came at such probabilities."""
    event = found.event
    said, came = rounding.share_text(event.said, lang), rounding.share_text(event.came, lang)
    has_skill = event.worse_without >= matching.LEAST_SKILL
    worse = f"{event.worse_without:.0%}".replace("%", say(lang, en=" %", zh="%"))
    scores = f"{event.brier:.3f} / {event.of_rate:.3f}"
    panel = matching.name_of(found.panel, lang)
    against = say(
        lang,
        en=f"a forecast without knowledge of the park would have scored {worse} worse"
        if has_skill
        else "a forecast without knowledge of the place would have scored as well",
        zh=f"若对园区一无所知，误差会大{worse}" if has_skill else "即使一无所知，得分也相当",
    )
    few_en = few_zh = ""
    if event.alike < matching.LEAST_ALIKE:
        few_en = f" Few of them ({event.alike}) gave a probability like this one, so the figures are for all of them."
        few_zh = f"其中概率与本预测相近的仅{event.alike}例，故给出全部预测的结果。"
    return say(
        lang,
        en=f"Such forecasts gave {said} on average, and {came} came true; {against} (Brier {scores};"
        f" {event.forecasts:,} cases of {panel}, records of {event.record} years, peak before the year {event.lead}"
        f" years ahead that holds for {event.window} years; the law was trained on other entities).{few_en}",
        zh=f"此类预测平均给出{said}，实际发生{came}；{against}（Brier评分{scores}；{panel}{event.forecasts:,}例，记录{event.record}年，"
        f"提前{event.lead}年判断达峰，并在其后{event.window}年内保持；模型由其他对象训练）。{few_zh}",
    )


def _law_spread(found: matching.Measured, lang: str) -> str:
    """Say by how much the next best law changes the headline, which the sampling error does not include."""
    mean, most = (f"{100 * share:.1f}" for share in (found.spread.mean, found.spread.most))
    return say(
        lang,
        en=f"Model spread, in addition to the sampling error: under the next best law, which also takes the nation's"
        f" size into account, the share that peaks before 2030 without measures differs by {mean} percentage points on"
        f" average over {found.spread.places} such places, and by {most} at most.",
        zh=f"模型差异（抽样误差之外）：采用次优模型（全国层级另计排放规模）时，{found.spread.places}个同类对象在无新措施下2030年以前达峰的"
        f"概率平均相差{mean}个百分点，最大{most}个百分点。",
    )


def _drivers_held(found: matching.Measured, lang: str) -> str:
    """Say how well the event is forecast where the course of the level above is known."""
    brier = f"{found.event.brier_held:.3f}"
    above = {
        "sites": say(lang, en="the industry of its continent", zh="所在大洲的工业"),
        "provinces": say(lang, en="the nation", zh="全国"),
    }[found.panel]
    return say(
        lang,
        en=f"If its drivers hold, that is, with the actual course of {above}, the Brier score was {brier}.",
        zh=f"若驱动因素如期实现（即采用{above}的实际走势），Brier评分为{brier}。",
    )


def _coverage(found: matching.Measured, lang: str) -> str:
    bands = {level: _percents(found.bands[f"coverage_{level}"]) for level in (50, 80, 90)}
    ahead = " / ".join(str(year) for year in found.bands.index)
    harder = _percents(found.bands["harder"])
    panel = matching.name_of(found.panel, lang)
    test = {
        "sites": say(lang, en="when trained on the other continent,", zh="由另一大洲训练时"),
        "provinces": say(lang, en="with the nation's future held out,", zh="留出全国未来时"),
    }[found.panel]
    return say(
        lang,
        en=f"Emission bands (law in levels, version {found.version}, {found.record}-year records of {panel}):"
        f" {ahead} years ahead, the 90 % bands contained {bands[90]} % of outcomes, the 80 % bands {bands[80]} % and"
        f" the 50 % bands {bands[50]} %; {test} the 90 % bands contained {harder} %.",
        zh=f"排放区间（分层模型，版本{found.version}，{panel}的{found.record}年记录）：提前{ahead}年，90%区间覆盖了{bands[90]}%的结果，"
        f"80%区间{bands[80]}%，50%区间{bands[50]}%；{test}，90%区间覆盖{harder}%。",
    )


def _skill(found: matching.Measured, lang: str) -> str:
    ahead = " / ".join(str(year) for year in found.bands.index)
    persistence, old = (_signed_percents(found.bands[f"better_{rival}"]) for rival in ("persistence", "parks_0_2"))
    return say(
        lang,
        en=f"The score (CRPS, {ahead} years ahead) improves on that of persistence by {persistence} % and on that of"
        f" the law of version 0.2 by {old} %.",
        zh=f"评分（CRPS，提前{ahead}年）相对“持续不变”改进{persistence}%，相对0.2版模型改进{old}%。",
    )


def _limits(found: matching.Measured, lang: str) -> str:
    short = ""
    if found.years < found.record:
        short = say(
            lang,
            en=f" The record of {found.years} years is shorter than any record tested.",
            zh=f"记录仅{found.years}年，短于所有检验过的记录。",
        )
    stand = {
        "sites": say(
            lang,
            en="No panel of Chinese parks is public: European and American clusters serve instead, closures left out.",
            zh="尚无公开的中国园区面板，以欧美工业点源群代替，不含关闭的点源。",
        ),
        "provinces": say(
            lang,
            en="No law can tell which province turns first: its probability says hardly more than the frequency.",
            zh="尚无模型能判断哪个省份先达峰：其概率与频率相差无几。",
        ),
    }[found.panel]
    return f"{stand}{short}"


def _signed_percents(shares: Sequence[float]) -> str:
    return " / ".join(f"{100 * share + 0.0:+.1f}" for share in shares)


def _percents(shares: Sequence[float]) -> str:
    return " / ".join(f"{100 * share:.0f}" for share in shares)
