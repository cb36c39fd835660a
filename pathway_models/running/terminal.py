"""The summary of a run as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from pathway_models.presenting.words import say, word
from pathway_models.running.fault_table import padded
from pathway_models.running.jobs import Outcome

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
    from pathway_models.presenting.messages import cause_in

    return f"{outcome.park_id:<24} {ENDS.get(outcome.status, outcome.status)}：{cause_in(outcome.cause, lang)}"
