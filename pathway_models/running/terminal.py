"""The summary of a run as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from pathway_models.running.execution import Outcome


def summary_lines(rows: list[dict[str, str]], outcomes: Sequence[Outcome]) -> list[str]:
    """A line a park: emissions, and peak year with range and P(before 2030) for the first and last scenario.

    Parameters
    ----------
    rows : list of dict
        Rows of ``summary.csv``.
    outcomes : sequence of Outcome
    """
    lines = []
    by_park: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        by_park.setdefault(row["park_id"], []).append(row)
    if by_park:
        scenarios = list(dict.fromkeys(row["scenario"] for row in rows))
        shown = list(dict.fromkeys([scenarios[0], scenarios[-1]]))
        titles = "".join(f"  {name + ': peak year p50 [p05, p95], P(<2030)':<46}" for name in shown)
        lines.append(f"{'park':<24} {'last':>4} {'10^4 t CO2':>11}{titles}")
        lines += [_line(name, of_park, shown) for name, of_park in by_park.items()]
    for outcome in outcomes:
        if outcome.status != "done":
            lines.append(f"{outcome.park_id:<24} {outcome.status.upper()}: {outcome.cause}")
    done = sum(outcome.status == "done" for outcome in outcomes)
    invented = len({row["park_id"] for row in rows if row["invented"] == "true"})
    lines.append(f"{done} of {len(outcomes)} parks done; {invented} of them are invented demonstration parks (*)")
    return lines


def _line(name: str, rows: list[dict[str, str]], shown: Sequence[str]) -> str:
    first = rows[0]
    mark = "*" if first["invented"] == "true" else ""
    parts = [f"{name + mark:<24} {first['last_observed_year']:>4} {float(first['emissions_last_tco2']) / 1e4:>11,.1f}"]
    for scenario in shown:
        row = next(row for row in rows if row["scenario"] == scenario)
        years = f"{row['peak_year_p50']:>5} [{row['peak_year_p05']}, {row['peak_year_p95']}]"
        parts.append(f"{years:<22} {float(row['p_peak_before_2030']):>5.2f}  {row['peak_status']:<15}")
    return "  ".join(parts)
