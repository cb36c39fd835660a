"""From the folders of a run to its summary: one table, one status table, one page.

The summary of a run as lines for a terminal.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

from pathway_models.console.tables import padded
from pathway_models.core.errors import BatchError
from pathway_models.intake.register import Entry, read_register
from pathway_models.language.words import say, word
from pathway_models.runs.jobs import Outcome
from pathway_models.runs.tables import replace_text


def write_summary(folder: Path, outcomes: Sequence[Outcome]) -> list[dict[str, str]]:
    """Gather the parks' summaries into ``summary.csv``; their rows are taken over byte for byte.

    Returns
    -------
    list of dict
        The rows, one a park and scenario.
    """
    header, lines = "", []
    for outcome in outcomes:
        path = folder / outcome.park_id / "summary.csv"
        if outcome.came_out and path.is_file():
            head, *rest = path.read_text(encoding="utf-8-sig").splitlines()
            if header not in ("", head):
                raise BatchError(f"{path}: its columns differ from the other parks'; run the parks again together")
            header = head
            lines += rest
    if not header:
        # Deferred: pandas takes a second to load, and is not needed to put texts together.
        from pathway_models.runs.tables import CONTRACT

        header = ",".join(CONTRACT)
    text = "\n".join([header, *lines]) + "\n"
    replace_text(folder / "summary.csv", text)
    return list(csv.DictReader(io.StringIO(text)))


def write_index(folder: Path, outcomes: Sequence[Outcome], rows: list[dict[str, str]], lang: str) -> Path:
    """Write ``index.html`` and the figure of all parks it shows."""
    # Figures and templates are imported here, where they are drawn: reading a status needs neither.
    from pathway_models.batch.index_page import index_page

    known = {entry.park_id: entry for entry in read_register()}
    waiting: list[Entry] = [entry for entry in known.values() if not entry.has_data]
    page = index_page(folder.name, rows, outcomes, waiting, lang)
    return replace_text(folder / "index.html", page, encoding="utf-8")








#: Ends of a park's run.
ENDS = MappingProxyType({"failed": "失败", "refused": "未接受", "cancelled": "已取消", "timeout": "超时"})


def summary_lines(rows: list[dict[str, str]], outcomes: Sequence[Outcome], lang: str = "en") -> list[str]:
    """A line a park: emissions, and peak year with range and P(before 2030) for the first and last scenario.

    Parameters
    ----------
    rows : list of dict
        Rows of ``summary.csv``.
    outcomes : sequence of Outcome
    lang : {"en", "zh"}
    """
    lines = []
    by_park: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_park.setdefault(row["park_id"], []).append(row)
    if by_park:
        scenarios = list(dict.fromkeys(row["scenario"] for row in rows))
        shown = list(dict.fromkeys([scenarios[0], scenarios[-1]]))
        about = say(lang, en=": peak year p50 [p05, p95], P(<2030)", zh="：达峰年p50 [p05, p95]，2030年前概率")
        titles = "".join(f"  {padded(name + about, 46)}" for name in shown)
        park, last = padded(say(lang, en="park", zh="园区"), 24), say(lang, en="last", zh="末年")
        lines.append(f"{park} {last} {say(lang, en=' 10^4 t CO2', zh='     万tCO2')}{titles}")
        lines += [_line(name, of_park, shown, lang) for name, of_park in by_park.items()]
    lines += [_failure(outcome, lang) for outcome in outcomes if not outcome.came_out]
    done = sum(outcome.came_out for outcome in outcomes)
    unchanged = sum(outcome.status == "unchanged" for outcome in outcomes)
    if unchanged:
        left = say(lang, en="{} of {} parks unchanged, and not run again", zh="{}个园区（共{}个）无变化，未重新运行")
        lines.append(left.format(unchanged, len(outcomes)))
    invented = len({row["park_id"] for row in rows if row["invented"] == "true"})
    said = say(
        lang,
        en="{} of {} parks done; {} of them are invented demonstration parks (*)",
        zh="完成{}个，共{}个园区；其中{}个为虚构示范园区（*）",
    )
    lines.append(said.format(done, len(outcomes), invented))
    return lines


def _line(name: str, rows: list[dict[str, str]], shown: Sequence[str], lang: str) -> str:
    first = rows[0]
    mark = "*" if first["invented"] == "true" else ""
    parts = [f"{name + mark:<24} {first['last_observed_year']:>4} {float(first['emissions_last_tco2']) / 1e4:>11,.1f}"]
    for scenario in shown:
        row = next(row for row in rows if row["scenario"] == scenario)
        years = f"{row['peak_year_p50']:>5} [{row['peak_year_p05']}, {row['peak_year_p95']}]"
        status = say(lang, en=row["peak_status"], zh=word(row["peak_status"], lang))
        parts.append(f"{years:<22} {float(row['p_peak_before_2030']):>5.2f}  {padded(status, 15)}")
    return "  ".join(parts)


def _failure(outcome: Outcome, lang: str) -> str:
    if lang == "en":
        return f"{outcome.park_id:<24} {outcome.status.upper()}: {outcome.cause}"
    # The catalogue of messages is read only where somebody reads Chinese.
    from pathway_models.intake.messages import cause_in

    return f"{outcome.park_id:<24} {ENDS.get(outcome.status, outcome.status)}：{cause_in(outcome.cause, lang)}"
