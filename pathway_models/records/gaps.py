"""Targets, budgets, and the distance of every member from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pathway_models.core import RecordError, ScenarioError, arrays
from pathway_models.kernels.quantiles import censored_quantiles
from pathway_models.records.park import Identified, ParkIdentity

if TYPE_CHECKING:
    import pandas as pd


#: Kinds of gaps, in the order of tables.
GAPS = ("peak_year", "peak_level", "budget", "neutrality", "intensity", "below_peak")
#: Outcomes of a target whose period is over, by the record; empty for one that still holds.
OUTCOMES = ("", "met", "missed", "not_known")
PROBABILITIES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Budget:
    """Emissions a park may still cause.

    Parameters
    ----------
    tco2 : float
        Sum of the total over all its years, tCO2.
    first, last : int
        Years it holds for, both included.
    name : str
        Its source, or how it was derived.
    """

    tco2: float
    first: int
    last: int
    name: str = ""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.tco2) and self.tco2 >= 0):
            raise RecordError(f"a budget of {self.tco2} tCO2: expected a number of at least 0")
        if self.first > self.last:
            raise RecordError(f"a budget from {self.first} to {self.last}: expected the first year before the last")


@dataclass(frozen=True, eq=False)
class Gap:
    """Distance of every member from one target.

    Parameters
    ----------
    gap : str
        Kind, one of `GAPS`; ``intensity:<target id>`` for an intensity, ``below_peak:<target id>`` for the peak.
    target : float
        Target value, in `target_unit`; NaN where there is none.
    target_unit, unit : str
        Of the target and of the gap: ``year`` and ``years``, ``tCO2/yr``, ``tCO2``, ``points``.
    values : (scenario, member) or None
        Above zero where the target is missed; infinite for members beyond the horizon.  None if not computable.
    furthest : float
        Gap of a member that meets the target in the last year of the horizon; shown as ``>furthest`` for
        infinite ones.
    notes_en, notes_zh : (N,) str
        Per scenario a caveat, or the reason why nothing could be computed.
    outcome : str
        One of `OUTCOMES`; a target whose period is over has no gap, and ``values`` is None.
    met : (scenario, member) bool, optional
        Members that meet the target, where the rule is another one than ``values <= 0``.
    """

    gap: str
    target: float
    target_unit: str
    unit: str
    values: np.ndarray | None
    furthest: float
    notes_en: tuple[str, ...]
    notes_zh: tuple[str, ...]
    outcome: str = ""
    met: np.ndarray | None = None

    def __post_init__(self) -> None:
        if self.met is not None:
            object.__setattr__(
                self, "met", arrays.frozen_array(f"{self.gap}: met", self.met, np.shape(self.values), bool)
            )
        if self.gap.split(":")[0] not in GAPS:
            raise RecordError(f"{self.gap!r} is not one of {GAPS}")
        if self.outcome not in OUTCOMES or (self.outcome and self.values is not None):
            raise RecordError(f"{self.gap}: outcome {self.outcome!r}: expected one of {OUTCOMES}, and then no values")
        if self.values is not None:
            values = np.array(self.values, dtype=float)
            # Members without a peak have an infinite gap, which arrays of other records may not have.
            finite = np.where(np.isposinf(values), 0.0, values)
            arrays.frozen_array(self.gap, finite, (len(self.notes_en), values.shape[1]))
            values.setflags(write=False)
            object.__setattr__(self, "values", values)

    def probability(self) -> np.ndarray:
        """Share of all members that meet the target: (scenario,); 1 or 0 once it is past, NaN where not known."""
        return self._met

    @cached_property
    def _met(self) -> np.ndarray:
        if self.values is None:
            share = {"met": 1.0, "missed": 0.0}.get(self.outcome, np.nan)
            return arrays.fixed(np.full(len(self.notes_en), share))
        return arrays.fixed((self.values <= 0 if self.met is None else self.met).mean(axis=1))

    def quantiles(self, probabilities: tuple[float, ...] = PROBABILITIES) -> np.ndarray:
        """Return quantiles over all members: (scenario, probability); infinite where they lie beyond the horizon."""
        if self.values is None:
            return np.full((len(self.notes_en), len(probabilities)), np.nan)
        asked = tuple(probabilities)
        if asked not in self._quantiles:
            self._quantiles[asked] = arrays.fixed(censored_quantiles(self.values, np.isposinf(self.values), asked))
        return self._quantiles[asked]

    @cached_property
    def _quantiles(self) -> dict[tuple[float, ...], np.ndarray]:
        """Cache of quantiles: tables, sentences and figures use the same ones."""
        return {}


@dataclass(frozen=True, eq=False)
class Gaps(Identified):
    """Distance of a park from all targets, by scenario.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    before, neutral : int
        Year before which emissions shall peak, and in which they shall be net zero.
    last_observed_year, until : int
    level : float
        Level of emissions behind `peak_level` and the implied budget, tCO2/yr.
    budget : Budget or None
        None where it reaches beyond the horizon or cannot be derived.
    entries : tuple of Gap
        In the order of `GAPS`.
    seed : int
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    before: int
    neutral: int
    last_observed_year: int
    until: int
    level: float
    budget: Budget | None
    entries: tuple[Gap, ...]
    seed: int

    def __getitem__(self, gap: str) -> Gap:
        """Look up a gap by its name.

        Raises
        ------
        KeyError
            It is not there.
        """
        for entry in self.entries:
            if entry.gap == gap:
                return entry
        raise KeyError(f"no gap {gap!r}; there are {', '.join(entry.gap for entry in self.entries)}")

    def index(self, scenario: str) -> int:
        """Return the position of a scenario.

        Raises
        ------
        ScenarioError
            It was not projected.
        """
        if scenario not in self.scenarios:
            raise ScenarioError(f"no scenario {scenario!r} among these gaps; there are {', '.join(self.scenarios)}")
        return self.scenarios.index(scenario)

    def table(self, lang: str = "en") -> pd.DataFrame:
        """Return one row a scenario and gap, numbers as numbers.

        Returns
        -------
        DataFrame
            Columns ``scenario, gap, target, unit, p05, p50, p95, probability, note``.  ``target`` is in the unit of
            the gap, but a year for ``peak_year`` and the change asked for, in percent, for an intensity;
            quantiles are infinite beyond the horizon, and numbers missing where nothing could be computed.
        """
        import pandas as pd

        rows = []
        quantiles = [entry.quantiles().tolist() for entry in self.entries]
        for at, scenario in enumerate(self.scenarios):
            for entry, by_scenario in zip(self.entries, quantiles, strict=True):
                notes = entry.notes_zh if lang == "zh" else entry.notes_en
                chance = float(entry.probability()[at])
                rows.append((scenario, entry.gap, entry.target, entry.unit, *by_scenario[at], chance, notes[at]))
        columns = ["scenario", "gap", "target", "unit", "p05", "p50", "p95", "probability", "note"]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        names = ", ".join(entry.gap for entry in self.entries)
        return (
            f"<Gaps {self.park_id}: peak before {self.before}, neutral in {self.neutral}, seed {self.seed}\n"
            f"  {len(self.scenarios)} scenarios x {names}>"
        )
