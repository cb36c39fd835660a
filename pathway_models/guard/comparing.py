"""Compare the figures of two results, each the folder of a run or a CSV of figures, with tolerances.

Checks and changes as lines for a terminal, and as one HTML page that needs no other file.
"""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pathway_models.console.screen import screen_lines
from pathway_models.core import BatchError, Fault, InputError, files
from pathway_models.documents.markup import page
from pathway_models.guard.result_checks import LAST_YEAR, Breach, Verdict, as_figure
from pathway_models.intake.guard import read_guard
from pathway_models.language import rounding, say
from pathway_models.records.guard import Check, Guard, Key, Results
from pathway_models.runs import store, tables


@dataclass(frozen=True)
class Change:
    """A figure that moved by more than its tolerance.

    Parameters
    ----------
    key : Key
    before, after : float
    times : float
        Change over tolerance; infinite where a value became infinite.
    """

    key: Key
    before: float
    after: float
    times: float

    @property
    def difference(self) -> float:
        """Return after less before."""
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """Return the difference over the value before; None where that is zero or a value infinite."""
        if self.before == 0 or not math.isfinite(self.difference):
            return None
        return self.difference / abs(self.before)


@dataclass(frozen=True)
class Comparison:
    """Differences between two results.

    Parameters
    ----------
    before, after : str
        Names of the results.
    changes : tuple of Change
        The largest change over tolerance first.
    same : int
        Figures within their tolerance.
    only_before, only_after : tuple of Key
    about : mapping of str to (str, str)
        Facts that differ: versions, inputs, parameters.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    same: int
    only_before: tuple[Key, ...]
    only_after: tuple[Key, ...]
    about: Mapping[str, tuple[str, str]]

    @property
    def unchanged(self) -> bool:
        """Tell whether no figure changed, appeared or disappeared."""
        return not (self.changes or self.only_before or self.only_after)

    def by_park(self) -> list[dict[str, object]]:
        """List the parks with changes: number, largest one, and largest relative one; most changes first."""
        rows: dict[str, list[Change]] = {}
        for change in self.changes:
            rows.setdefault(change.key.park, []).append(change)
        return [
            {
                "park": park,
                "changes": len(changes),
                "largest": changes[0],
                "relative": max((abs(c.relative) for c in changes if c.relative is not None), default=None),
            }
            for park, changes in sorted(rows.items(), key=lambda row: (-len(row[1]), row[0]))
        ]

    def table(self, most: int | None = None) -> list[dict[str, object]]:
        """List changes with park, scenario, quantity and year, values before and after, and size."""
        return [
            {
                **change.key._asdict(),
                "before": change.before,
                "after": change.after,
                "difference": change.difference,
                "relative": change.relative,
                "times_tolerance": change.times,
            }
            for change in self.changes[:most]
        ]

    def __repr__(self) -> str:
        gone = f", {len(self.only_before)} gone, {len(self.only_after)} new"
        gone = gone if self.only_before or self.only_after else ""
        return f"<Comparison {self.before} -> {self.after}: {len(self.changes)} changed, {self.same} as before{gone}>"


def compare(before: Results, after: Results, tolerances: Guard | None = None) -> Comparison:
    """Compare all figures of two results, with the shipped tolerances by default."""
    rules = tolerances or read_guard()
    by_quantity = {name: rules.tolerance(name) for name in {*before.quantities(), *after.quantities()}}
    changes, same = [], 0
    for key, old in before.figures.items():
        if key not in after.figures:
            continue
        new = after.figures[key]
        times = _times(old, new, by_quantity[key.quantity].of(old, new) if _finite(old, new) else 0.0)
        if times > 1:
            changes.append(Change(key, old, new, times))
        else:
            same += 1
    changes.sort(key=lambda change: (-change.times, change.key))
    names = sorted({*before.about, *after.about})
    differ = {name: (before.about.get(name, ""), after.about.get(name, "")) for name in names}
    return Comparison(
        before=before.name,
        after=after.name,
        changes=tuple(changes),
        same=same,
        only_before=tuple(key for key in before.figures if key not in after.figures),
        only_after=tuple(key for key in after.figures if key not in before.figures),
        about={name: pair for name, pair in differ.items() if pair[0] != pair[1]},
    )


def _finite(*values: float) -> bool:
    return all(math.isfinite(value) for value in values)


def _times(old: float, new: float, room: float) -> float:
    """Return change over tolerance; infinite without tolerance, or where only one value is infinite or NaN."""
    if old == new or (math.isnan(old) and math.isnan(new)):
        return 0.0
    if not _finite(old, new) or room == 0:
        return math.inf
    return abs(new - old) / room


COLUMNS = Key._fields
#: Columns of ``summary.csv`` that name a figure's park, scenario and run.
NAMES = ("park_id", "name", "name_zh", "kind", "invented", "scenario", "tier", "members", "seed", "until")
#: Sections of ``run.json`` with the provenance of a run.
ABOUT = ("parameters", "versions", "inputs_sha256")


def read_results(path: str | Path) -> Results:
    """Read the figures of a run's folder, or of a CSV written by `write_figures`.

    Raises
    ------
    BatchError
        The folder holds no run, or one in which no park came out.
    InputError
        The file is no file of figures.
    """
    path = Path(path)
    return _folder(path) if path.is_dir() else _file(path)


def write_figures(path: str | Path, results: Results) -> Path:
    """Write figures as CSV: park, scenario, quantity, year, value; sorted, so that a change is one line."""
    path = Path(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = files.SheetWriter(file, [*COLUMNS, "value"])
        for key in sorted(results.figures):
            value = results.figures[key]
            lines.row([*key, "inf" if math.isinf(value) else rounding.stable_text(float(value))])
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _folder(folder: Path) -> Results:
    summary = folder / "summary.csv"
    if not summary.is_file():
        raise BatchError(f"{folder}: expected the folder of a run with summary.csv; give the folder that 'run' printed")
    figures = {}
    with tables.whole(summary):
        rows = _rows(summary)
        for row in rows:
            for name, text in row.items():
                value = None if name in NAMES else as_figure(text)
                if value is not None:
                    figures[Key(row["park_id"], row["scenario"], name, 0)] = value
        last = {row["park_id"]: int(row[LAST_YEAR]) for row in rows}
    for park in last:
        path = folder / park / "pathways.csv"
        if path.is_file():
            with tables.whole(path):
                figures |= dict(_yearly(path))
    if not figures:
        raise BatchError(f"{folder}: no park of this run came out, so that there is nothing to look at; see status.csv")
    return Results(folder.name, figures, last, _about(folder / "run.json", rows))


def _yearly(path: Path) -> Iterator[tuple[Key, float]]:
    for row in _rows(path):
        for name, text in row.items():
            value = None if name in ("park_id", "scenario", "year") else as_figure(text)
            if value is not None:
                yield Key(row["park_id"], row["scenario"], name, int(row["year"])), value


def _about(path: Path, rows: list[dict[str, str]]) -> dict[str, str]:
    """List the provenance of a run, one line a fact."""
    found = {name: rows[0][name] for name in ("members", "seed", "until") if rows and name in rows[0]}
    if path.is_file():
        content = store.read_record(path.parent)
        for section in ABOUT:
            told = content.get(section) or {}
            if not isinstance(told, dict):
                remedy = "run the parks again into a new folder"
                whole = "a whole record of a run"
                raise InputError([Fault(str(path), section, str(told)[:80], whole, remedy, code="run_record")])
            for name, value in told.items():
                if section != "parameters" or name not in ("out", "workers", "parks", "quiet", "timeout"):
                    found[name] = str(value)[:40]
    return found


def _file(path: Path) -> Results:
    try:
        rows = _rows(path)
        header = tuple(rows[0]) if rows else ()
    except (OSError, UnicodeDecodeError) as error:
        remedy = f"check the name: {error.strerror if isinstance(error, OSError) else 'it is no text in UTF-8'}"
        fault = Fault(path.name, "file", "", "the folder of a run or a CSV of figures", remedy)
        raise InputError([fault]) from None
    if header != (*COLUMNS, "value"):
        expected = f"the columns {', '.join((*COLUMNS, 'value'))}"
        raise InputError([Fault(path.name, "line 1", ", ".join(map(str, header)), expected, "give a file of figures")])
    figures, faults = {}, []
    for line, row in enumerate(rows, start=2):
        try:
            key = Key(row["park"], row["scenario"], row["quantity"], int(row["year"]))
            figures[key] = float(row["value"])
        except (TypeError, ValueError):
            text = ", ".join(str(cell) for cell in row.values())
            faults.append(Fault(path.name, f"line {line}", text, "a whole year and a number", "correct the line"))
    if faults:
        raise InputError(faults)
    last = {key.park: int(value) for key, value in figures.items() if key.quantity == LAST_YEAR}
    return Results(path.stem, figures, last)


TEMPLATES = files.PACKAGE_FOLDER / "documents" / "templates"
#: Breaches listed on a terminal.
SHOWN = 20
#: Rows of a page; the CSV has all.
MOST = 2000
#: Heads of the lines on a terminal, English and Chinese.
GUARD_HEADS = (("verdict", "check", "breaches / of", "why"), ("判定", "检查", "未通过 / 比较", "理由"))
PARK_HEADS = (("park", "changes", "largest"), ("园区", "变化数", "最大相对变化"))
#: Keys of a row of `change_rows`.
CHANGES = ("park", "scenario", "quantity", "year", "before", "after", "relative", "times")
CHANGE_HEADS = (
    ("park", "scenario", "figure", "year", "before", "after", "change", "tolerance"),
    ("园区", "情景", "结果", "年份", "之前", "之后", "变化", "容差倍数"),
)


def value_text(value: float, quantity: str = "") -> str:
    """Write a figure; a peak year as a whole number, ``>`` beyond the horizon."""
    if math.isinf(value):
        return ">"
    if math.isnan(value):
        return "-"
    return f"{value:.0f}" if "year" in quantity else rounding.significant(value, 5)


def times_text(times: float) -> str:
    """Write a change over its tolerance."""
    return "∞" if math.isinf(times) else f"{rounding.significant(times, 2)}x"


def why_text(check: Check, lang: str) -> str:
    """Return the reason of a check, in the other language where the file has it in one only."""
    return say(lang, en=check.why or check.why_zh, zh=check.why_zh or check.why)


def key_text(key: Key | None) -> str:
    """Write park, scenario, quantity and year of a figure in one line."""
    if key is None:
        return "-"
    return f"{key.park} {key.scenario} {key.quantity}" + (f" {key.year}" if key.year else "")


def verdict_lines(found: Verdict, *, lang: str = "en") -> list[str]:
    """List checks with their counts, then the first breaches."""
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
    lines += [f"  {breach.check.check_id}: {_breach(breach, lang)}" for breach in found.breaches[:SHOWN]]
    if len(found.breaches) > SHOWN:
        rest = len(found.breaches) - SHOWN
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
        return say(lang, en=f"nothing to check: no {breach.expected}", zh=f"无可检查的数据：{breach.expected}")
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
            "relative": "" if change.relative is None else rounding.change_text(change.relative, lang, 3),
            "times": times_text(change.times),
        }
        for change in found.changes
    ]


def comparison_page(found: Comparison, *, lang: str = "en") -> str:
    """Render the results that changed as one HTML page."""
    titles = {
        "title": say(lang, en="Results that changed", zh="发生变化的结果"),
        "sentence": comparison_sentence(found, lang=lang),
        "rests": say(lang, en="How the two themselves differ", zh="两者自身的差异"),
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
            "" if row["relative"] is None else rounding.change_text(float(str(row["relative"])), lang, 3, sign="-"),
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
