"""Answers of a run by park: the three shares without and with measures, and the decisive lever family."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import nan

from pathway_models.language import rounding, say
from pathway_models.records import Scenario, peaks

#: Columns of the three shares.
SPLIT = ("p_past", "p_ahead", "p_not_before")
#: Smallest decisive gain, percentage points.
LEAST_GAIN = 1.0
#: Most measures named as first steps.
FIRST = 3


@dataclass(frozen=True)
class Split:
    """Shares of members by the event "peaks before Y": already past, ahead, not before.

    Parameters
    ----------
    past, ahead, not_before : float
        Shares that add up to one.
    error : float
        Sampling error of the share before Y.
    if_drivers_hold : float
        Share before Y in the other reading; NaN where a run does not have it.
    """

    past: float
    ahead: float
    not_before: float
    error: float
    if_drivers_hold: float = nan

    @property
    def before(self) -> float:
        """Share of members that peak before Y."""
        return _together(self.past, self.ahead, self.not_before)


@dataclass(frozen=True)
class Answer:
    """The answer for one park.

    Parameters
    ----------
    row : mapping
        The park's first row of the summary, for names and kind.
    without, best : Split
        Of the first scenario, and of the one with most members that peak in time.
    best_scenario : str
    decisive : str
        Scenario of one lever family that gains most over the first; empty where none gains a point.
    gained : float
        Percentage points that it gains; 0 where none gains one.
    has_families : bool
        The run has scenarios of one lever family, from which the decisive one is chosen.
    """

    row: Mapping[str, str]
    without: Split
    best: Split
    best_scenario: str
    decisive: str
    gained: float
    has_families: bool

    @property
    def year(self) -> int:
        """Year Y in question."""
        return year_asked(self.row)

    @property
    def points(self) -> float:
        """Percentage points gained by the best scenario."""
        return 100.0 * (self.best.before - self.without.before)


def year_asked(row: Mapping[str, str]) -> int:
    """Read the year before which emissions shall peak from a row of a summary; 2030 where an older run has none."""
    return int(row.get("before") or 2030)


def chance(row: Mapping[str, str]) -> str:
    """Read the share of members that peak before the year in question, as text."""
    return row.get("p_peak_before") or row["p_peak_before_2030"]


def answers(rows: Iterable[Mapping[str, str]], scenarios: Mapping[str, Scenario]) -> list[Answer]:
    """Collect the answers of the parks of a summary, in its order; parks without a headline are left out.

    Parameters
    ----------
    rows : iterable of mapping
        Rows of ``summary.csv``; the first scenario of a park is the one without new measures.
    scenarios : mapping of Scenario
        Decides which scenarios move one lever family only; scenarios missing from it are not decisive.
    """
    single = {name for name, one in scenarios.items() if len({m.lever.family for m in one.measures}) == 1}
    by_park: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row.get("p_past"):
            by_park.setdefault(row["park_id"], []).append(row)
    return [_answer(own, single) for own in by_park.values()]


def _answer(rows: Sequence[Mapping[str, str]], single: set[str]) -> Answer:
    splits = {row["scenario"]: _split(row) for row in rows}
    first = rows[0]["scenario"]
    best = max(splits, key=lambda name: (splits[name].before, name == first))
    gains = {name: 100.0 * (split.before - splits[first].before) for name, split in splits.items() if name in single}
    decisive = max(gains, key=gains.__getitem__, default="")
    if not decisive or gains[decisive] < LEAST_GAIN:
        decisive = ""
    return Answer(rows[0], splits[first], splits[best], best, decisive, gains.get(decisive, 0.0), bool(gains))


def _split(row: Mapping[str, str]) -> Split:
    held = [float(row.get(f"{name}{peaks.IF_DRIVERS_HOLD}") or nan) for name in SPLIT]
    return Split(*(float(row[name]) for name in SPLIT), float(row.get("p_se") or 0.0), _together(*held))


def _together(past: float, ahead: float, not_before: float) -> float:
    """Add two rounded shares of a summary: exactly one where the third is zero, and at most one."""
    total = past + ahead
    return 1.0 if total > 1.0 or (not_before == 0.0 and total > 0.5) else total


def answer_sentence(without: float, best: float, name: str, year: int, lang: str) -> str:
    """State the shares that peak in time without new measures and with the best scenario, in one sentence.

    Parameters
    ----------
    without, best : float
        Shares of members.
    name : str
        Of the best scenario in that language; empty where none does better than no new measures.
    year : int
        Year before which emissions shall peak.
    lang : {"en", "zh"}
    """
    alone, with_best = rounding.share_text(without, lang), rounding.share_text(best, lang)
    if not name:
        return say(
            lang,
            en=f"Without new measures it peaks before {year} in {alone} of members; no scenario of this run does"
            " better.",
            zh=f"{year}年前达峰的概率为{alone}；本次运行没有情景优于不采取新措施。",
        )
    return say(
        lang,
        en=f"Without new measures it peaks before {year} in {alone} of members; with “{name}”, in {with_best}.",
        zh=f"无新措施时{year}年前达峰的概率为{alone}；“{name}”下为{with_best}。",
    )


def decisive_sentence(name: str, points: float, has_families: bool, lang: str) -> str:
    """Name the decisive lever family with its gain by itself.

    Parameters
    ----------
    name : str
        Of the scenario of one family that gains most, in that language.
    points : float
        Its gain over no new measures; below `LEAST_GAIN` no family is decisive.
    has_families : bool
        Whether the run has scenarios of one lever family at all.
    lang : {"en", "zh"}
    """
    if not has_families:
        en = "What decides it cannot be determined: this run has no scenario of one lever family alone."
        return say(lang, en=en, zh="无法判断何者起决定作用：本次运行没有只含一类措施的情景。")
    if points < LEAST_GAIN:
        return say(
            lang, en="No single lever family gains a percentage point.", zh="没有哪一类措施单独可提高1个百分点。"
        )
    return say(
        lang,
        en=f"What decides it: {name}, by itself {points:+.0f} percentage points.",
        zh=f"起决定作用的措施：{name}，单独可提高{points:.0f}个百分点。",
    )


def worth_naming(steps: Sequence[peaks.Step], most: int = FIRST) -> list[peaks.Step]:
    """Select the first measures: those that gain most by themselves, at least `LEAST_GAIN` each."""
    return [step for step in steps if 100.0 * step.gain >= LEAST_GAIN][:most]


def first_sentence(steps: Sequence[peaks.Step], *, lang: str = "en", most: int = FIRST) -> str:
    """Name the first steps: the measures that gain most by themselves, each with its yearly cost.

    Parameters
    ----------
    steps : sequence of Step
        Highest gain first.
    lang : {"en", "zh"}
    most : int
        Measures named at most.
    """
    told = worth_naming(steps, most)
    head = say(lang, en="What to do first: ", zh="首先要做的：")
    if not told:
        return head + say(
            lang, en="no measure gains a percentage point by itself.", zh="没有哪项措施单独可提高1个百分点。"
        )
    parts = [say(lang, en=f"{step.name_en} ({step_text(step, lang)})", zh=f"{step.name_zh}（{step_text(step, lang)}）")
             for step in told]  # fmt: skip
    return head + say(lang, en="; ", zh="；").join(parts) + say(lang, en=".", zh="。")


def step_text(step: peaks.Step, lang: str) -> str:
    """State the gain of a measure by itself, and its cost."""
    points = 100.0 * step.gain
    return say(lang, en=f"{points:+.0f} points by itself, {money_of(step, lang)}",
               zh=f"单独可提高{points:.0f}个百分点，{money_of(step, lang)}")  # fmt: skip


def money_of(step: peaks.Step, lang: str) -> str:
    """State the yearly cost of a measure by itself; without a price, the cost below which it pays."""
    amount = rounding.money_text(abs(step.cost), lang)
    if step.pays_below is not None:
        return say(lang, en=f"its own cost not known, pays for itself below {amount} a year",
                   zh=f"自身成本未知，每年低于{amount}即合算")  # fmt: skip
    if not step.has_price:
        return say(lang, en="cost not known", zh="成本未知")
    if step.cost < 0:
        return say(lang, en=f"saves {amount} a year", zh=f"每年净节省{amount}")
    return say(lang, en=f"{amount} a year", zh=f"每年{amount}")


def headline_of(found: Sequence[Answer], *, lang: str = "en") -> str:
    """Say in one sentence how many places peak in time without new measures, and how many could."""
    year = found[0].year
    # Invented parks are no evidence: they count only where there are no others.
    real = [one for one in found if one.row["invented"] != "true"]
    counted = real or found
    if len(counted) == 1:
        one = counted[0]
        without, best = (rounding.share_text(split.before, lang) for split in (one.without, one.best))
        name_zh = one.row.get("name_zh") or one.row["name"]
        return say(
            lang,
            en=f"{one.row['name']} peaks before {year} in {without} of members without new measures, in {best} with the"
            " best scenario.",
            zh=f"{name_zh}：无新措施时{year}年前达峰的概率为{without}，最佳情景下为{best}。",
        )
    likely, could = (
        sum(split.before > 0.5 for split in splits)
        for splits in ([one.without for one in counted], [one.best for one in counted])
    )
    count, apart = len(counted), len(real) not in (0, len(found))
    kind_en, kind_zh = ("real places", "真实园区（区域）") if apart else ("places", "园区（区域）")
    if likely == count:
        every = "Both" if count == 2 else f"All {count}"
        return say(
            lang,
            en=f"{every} {kind_en} are more likely than not to peak before {year} even if nothing new is done.",
            zh=f"即使不采取新措施，{count}个{kind_zh}也均更可能在{year}年前达峰。",
        )
    return say(
        lang,
        en=f"{likely} of {count} {kind_en} are more likely than not to peak before {year} if nothing new is done;"
        + (f" with measures, {could} could." if could > likely else " measures do not change the count."),
        zh=f"若不采取新措施，{count}个{kind_zh}中有{likely}个更可能在{year}年前达峰；"
        + (f"采取措施后可有{could}个。" if could > likely else "采取措施后个数不变。"),
    )
