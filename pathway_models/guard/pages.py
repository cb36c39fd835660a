"""Checks and changes as lines for a terminal, and as one HTML page that needs no other file."""

import math

from pathway_models.console.tables import screen_lines
from pathway_models.core.files import PACKAGE_FOLDER
from pathway_models.documents.markup import page
from pathway_models.guard.comparing import Comparison
from pathway_models.guard.result_checks import Breach, Verdict
from pathway_models.language.rounding import change_text, significant
from pathway_models.language.words import say
from pathway_models.records.guard import Check, Key

TEMPLATES = PACKAGE_FOLDER / "documents" / "templates"
#: Rows of a page; the CSV has all.
MOST = 2000
#: Heads of the lines on a terminal, English and Chinese.
GUARD_HEADS = (("verdict", "check", "breaches / of", "why"), ("判定", "检查", "未通过 / 比较", "理由"))
PARK_HEADS = (("park", "changes", "widest"), ("园区", "变化数", "最大相对变化"))
#: Keys of a row of `change_rows`.
CHANGES = ("park", "scenario", "quantity", "year", "before", "after", "relative", "times")
CHANGE_HEADS = (
    ("park", "scenario", "figure", "year", "before", "after", "change", "tolerance"),
    ("园区", "情景", "结果", "年份", "之前", "之后", "变化", "容差倍数"),
)


def value_text(value: float, quantity: str = "") -> str:
    """Write a figure: a peak year as it is, a year beyond the horizon as in the tables."""
    if math.isinf(value):
        return ">"
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if "year" in quantity else significant(value, 5)


def times_text(times: float) -> str:
    """Write a move over its tolerance."""
    return "∞" if math.isinf(times) else f"{significant(times, 2)}x"


def why_text(check: Check, lang: str) -> str:
    """Return the reason of a check, in the other language where the file has it in one only."""
    return say(lang, en=check.why or check.why_zh, zh=check.why_zh or check.why)


def key_text(key: Key | None) -> str:
    """Write park, scenario, quantity and year of a figure in one line."""
    if key is None:
        return "-"
    return f"{key.park} {key.scenario} {key.quantity}" + (f" {key.year}" if key.year else "")


def verdict_lines(found: Verdict, *, most: int = 20, lang: str = "en") -> list[str]:
    """List checks with their counts, then the breaches."""
    heads = say(lang, en=GUARD_HEADS[0], zh=GUARD_HEADS[1])
    rows = [heads]
    for check, count in found.looked_at:
        broken = found.count(check)
        mark = say(lang, en="ok", zh="通过") if not broken else "!"
        if broken and check.severity == "error":
            mark = say(lang, en="BREACHED", zh="未通过")
        numbers = f"{broken:,} / {count:,}"
        rows.append((mark, check.check_id, numbers, why_text(check, lang)))
    lines = screen_lines(rows)
    lines += [f"  {breach.check.check_id}: {_breach(breach, lang)}" for breach in found.breaches[:most]]
    if len(found.breaches) > most:
        rest = len(found.breaches) - most
        lines.append(say(lang, en=f"  ... and {rest} more", zh=f"  ……另有{rest}处"))
    return [*lines, verdict_sentence(found, lang=lang)]


def verdict_sentence(found: Verdict, *, lang: str = "en") -> str:
    """Say in one sentence whether all checks hold."""
    compared, broken = sum(count for _, count in found.looked_at), len(found.breaches)
    if not broken:
        return say(
            lang,
            en=f"All {len(found.looked_at)} checks hold, in {compared:,} comparisons.",
            zh=f"全部{len(found.looked_at)}项检查通过，共比较{compared:,}次。",
        )
    checks = len({breach.check.check_id for breach in found.breaches})
    return say(
        lang,
        en=f"{checks} of {len(found.looked_at)} checks are breached, {broken:,} times in {compared:,} comparisons.",
        zh=f"{len(found.looked_at)}项检查中{checks}项未通过，{compared:,}次比较中{broken:,}处。",
    )


def _breach(breach: Breach, lang: str) -> str:
    if breach.key is None:
        return say(lang, en=f"nothing to look at: no {breach.expected}", zh=f"无可检查的数据：{breach.expected}")
    value = value_text(breach.value, breach.key.quantity)
    expected = say(lang, en="expected", zh="应为")
    return f"{key_text(breach.key)} = {value}, {expected} {breach.expected}"


def comparison_sentence(found: Comparison, *, lang: str = "en") -> str:
    """Say in one sentence how much changed."""
    moved, same = len(found.changes), found.same
    parks = len(found.by_park())
    gone, new = len(found.only_before), len(found.only_after)
    if found.unchanged:
        return say(lang, en=f"Nothing changed: {same:,} figures as before.", zh=f"无变化：{same:,}个结果与之前一致。")
    return say(
        lang,
        en=f"{moved:,} of {moved + same:,} figures changed, in {parks} parks; {gone:,} are gone, {new:,} are new.",
        zh=f"{moved + same:,}个结果中{moved:,}个变化，涉及{parks}个园区；消失{gone:,}个，新增{new:,}个。",
    )


def comparison_lines(found: Comparison, *, most: int = 30, lang: str = "en") -> list[str]:
    """List the sentence, the facts in which the runs differ, a line a park, and the largest changes."""
    lines = [f"{found.before} -> {found.after}", comparison_sentence(found, lang=lang)]
    for name, (old, new) in found.about.items():
        lines.append(f"  {name}: {old or '-'} -> {new or '-'}")
    if found.changes:
        rows = [say(lang, en=PARK_HEADS[0], zh=PARK_HEADS[1])]
        for row in found.by_park():
            widest = "" if row["relative"] is None else f"{100 * float(str(row['relative'])):.3g} %"
            rows.append((row["park"], row["changes"], widest))
        lines += screen_lines(rows)
    if found.changes and most > 0:
        heads = say(lang, en=CHANGE_HEADS[0], zh=CHANGE_HEADS[1])
        shown = [[row[name] or "-" for name in CHANGES] for row in change_rows(found, lang)[:most]]
        lines += screen_lines([heads, *shown])
    if len(found.changes) > most:
        rest = len(found.changes) - most
        lines.append(say(lang, en=f"... and {rest:,} more changes", zh=f"……另有{rest:,}处变化"))
    return lines


def change_rows(found: Comparison, lang: str) -> list[dict[str, str]]:
    """Write every change as texts."""
    return [
        {
            "park": change.key.park,
            "scenario": change.key.scenario,
            "quantity": change.key.quantity,
            "year": str(change.key.year) if change.key.year else "",
            "before": value_text(change.before, change.key.quantity),
            "after": value_text(change.after, change.key.quantity),
            "relative": "" if change.relative is None else change_text(change.relative, lang, 3),
            "times": times_text(change.times),
        }
        for change in found.changes
    ]


def comparison_page(found: Comparison, *, lang: str = "en") -> str:
    """Render the results that changed as one HTML page."""
    titles = {
        "title": say(lang, en="Results that changed", zh="发生变化的结果"),
        "sentence": comparison_sentence(found, lang=lang),
        "rests": say(lang, en="In what the two differ themselves", zh="两者自身的差异"),
        "parks": say(lang, en="By park", zh="按园区"),
        "changes": say(lang, en="The changes that stand out most", zh="最显著的变化"),
        "gone": say(lang, en="Gone", zh="消失"),
        "new": say(lang, en="New", zh="新增"),
        "cut": say(lang, en=f"The first {MOST:,}; the CSV has all.", zh=f"仅列前{MOST:,}项，CSV为全部。"),
        "columns": say(lang, en=CHANGE_HEADS[0], zh=CHANGE_HEADS[1]),
        "park_columns": say(lang, en=PARK_HEADS[0], zh=PARK_HEADS[1]),
    }
    rows, cut, parks = change_rows(found, lang)[:MOST], len(found.changes) > MOST, _park_rows(found, lang)
    return page(
        TEMPLATES / "changes.html.j2",
        lang=lang,
        t=titles,
        found=found,
        rows=rows,
        key_text=key_text,
        cut=cut,
        parks=parks,
    )


def _park_rows(found: Comparison, lang: str) -> list[tuple[str, str, str]]:
    return [
        (
            str(row["park"]),
            str(row["changes"]),
            "" if row["relative"] is None else change_text(float(str(row["relative"])), lang, 3, sign="-"),
        )
        for row in found.by_park()
    ]


def verdict_page(found: Verdict, *, lang: str = "en") -> str:
    """Render the checks and their breaches as one HTML page."""
    titles = {
        "title": say(lang, en="Plausibility of all results", zh="全部结果的合理性检查"),
        "sentence": verdict_sentence(found, lang=lang),
        "checks": say(lang, en="Checks", zh="检查项"),
        "breaches": say(lang, en="Breaches", zh="未通过之处"),
        "cut": say(lang, en=f"The first {MOST:,}.", zh=f"仅列前{MOST:,}项。"),
        "columns": ("check", "breaches", "comparisons", "why") if lang == "en" else ("检查", "未通过", "比较", "理由"),
        "breach_columns": (
            ("check", "figure", "value", "expected") if lang == "en" else ("检查", "结果", "数值", "应为")
        ),
    }
    checks = [(check, found.count(check), count, why_text(check, lang)) for check, count in found.looked_at]
    breaches = [
        (
            one.check.check_id,
            key_text(one.key),
            value_text(one.value, one.key.quantity if one.key else ""),
            one.expected,
        )
        for one in found.breaches[:MOST]
    ]
    cut = len(found.breaches) > MOST
    return page(
        TEMPLATES / "guard.html.j2", lang=lang, t=titles, found=found, checks=checks, breaches=breaches, cut=cut
    )
