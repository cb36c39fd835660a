"""Which results changed between two versions of the model or data: where, and by how much."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pathway_models.intake.guard import read_guard
from pathway_models.records.guard import Guard, Key, Results


@dataclass(frozen=True)
class Change:
    """A figure that moved by more than its tolerance.

    Parameters
    ----------
    key : Key
    before, after : float
    times : float
        Move over tolerance: how much a change stands out, whatever its unit; infinite where a value became infinite.
    """

    key: Key
    before: float
    after: float
    times: float

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """Difference over the value before; None where that says nothing."""
        if self.before == 0 or not math.isfinite(self.difference):
            return None
        return self.difference / abs(self.before)


@dataclass(frozen=True)
class Comparison:
    """Two results side by side.

    Parameters
    ----------
    before, after : str
        Names of the results.
    changes : tuple of Change
        The one that stands out most first.
    same : int
        Figures within their tolerance.
    only_before, only_after : tuple of Key
    about : mapping of str to (str, str)
        In what the results differ themselves.
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
        """Whether nothing changed, came or went."""
        return not (self.changes or self.only_before or self.only_after)

    def by_park(self) -> list[dict[str, object]]:
        """One row a park with changes: how many, the largest, and its widest relative move; most changes first."""
        rows: dict[str, list[Change]] = {}
        for change in self.changes:
            rows.setdefault(change.key.park, []).append(change)
        found = [
            {
                "park": park,
                "changes": len(changes),
                "largest": changes[0],
                "relative": max((abs(c.relative) for c in changes if c.relative is not None), default=None),
            }
            for park, changes in rows.items()
        ]
        return sorted(found, key=lambda row: (-int(str(row["changes"])), str(row["park"])))

    def table(self, most: int | None = None) -> list[dict[str, object]]:
        """One row a change: which park, scenario, figure and year, from what to what, by how much."""
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
        gone = (
            f", {len(self.only_before)} gone, {len(self.only_after)} new" if self.only_before or self.only_after else ""
        )
        return f"<Comparison {self.before} -> {self.after}: {len(self.changes)} changed, {self.same} as before{gone}>"


def compare(before: Results, after: Results, tolerances: Guard | None = None) -> Comparison:
    """Compare all figures of two results.

    Parameters
    ----------
    before, after : Results
    tolerances : Guard, optional
        The shipped ones by default.
    """
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
    """Move over tolerance; infinite where there is none, or a value is infinite or no number on one side only."""
    if old == new or (math.isnan(old) and math.isnan(new)):
        return 0.0
    if not _finite(old, new) or room == 0:
        return math.inf
    return abs(new - old) / room
