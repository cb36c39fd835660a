"""The headline: does a park peak before a year, split into what is past, what is ahead and what is not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pathway_models.core.arrays import frozen_array
from pathway_models.core.errors import RecordError, ScenarioError
from pathway_models.core.lazy import Shown
from pathway_models.kernels.event_split import OUTCOMES, WINDOW, standard_error
from pathway_models.records.park import Identified, ParkIdentity

#: Share of members left below which P(ahead | not past) is not given: too few tell it.
LEAST_LEFT = 0.02


def refusal(before: int, issue_year: int, last_observed_year: int, last_year: int) -> str:
    """Say in one line why the headline cannot be given; empty where it can.

    Parameters
    ----------
    before : int
        The year in question.
    issue_year, last_observed_year : int
    last_year : int
        Last year projected.

    Examples
    --------
    >>> refusal(2030, 2026, 2020, 2060)
    ''
    >>> refusal(2030, 2026, 2020, 2033)
    'before 2030: 2030 to 2034 confirm the peak, and the pathways end in 2033'
    """
    if before + WINDOW - 1 > last_year:
        confirm = f"{before} to {before + WINDOW - 1} confirm the peak"
        return f"before {before}: {confirm}, and the pathways end in {last_year}"
    if issue_year >= before:
        return f"issue year {issue_year}: expected one before {before}, the year in question (--as-of)"
    if issue_year < last_observed_year:
        return f"issue year {issue_year}: expected {last_observed_year} or later, the last year with data (--as-of)"
    return ""


def shares_of(before: float, past: float, members: int) -> dict[str, float]:
    """Work out the shares of a scenario from that which peaks before the year and that which is past, NaN if unknown.

    Returns
    -------
    dict
        `SHARES` but ``p_again``; P(ahead | not past) is NaN where under 2 % of the members are left.
    """
    left = 1.0 - past
    given = (before - past) / left if left >= LEAST_LEFT else np.nan
    return {
        "p_past": past,
        "p_ahead": before - past,
        "p_not_before": 1.0 - before,
        "p_ahead_given_not_past": given,
        "p_se": float(standard_error(before, members)),
        "p_se_ahead_given": float(standard_error(given, members * left)),
    }


@dataclass(frozen=True, eq=False)
class Headline(Identified, Shown):
    """Outcome of every member under the rule of ``docs/headline.md``; shares are of all members.

    Parameters
    ----------
    identity : ParkIdentity
    scenarios : (N,) str
    before : int
        The year in question, Y.
    issue_year : int
        Year in which the answer is given: up to it no scenario differs from the one without measures.
    last_observed_year : int
    account : str
        What the emissions count.
    outcome : (scenario, member) int
        Codes into ``kernels.event_split.OUTCOMES``: past, ahead, not before.
    again : (scenario, member) bool
        Whether a member that peaks before Y exceeds that maximum after the confirmation window.
    seed : int
    closed_since : int, optional
        First year without emissions of a site that has none any more.
    if_drivers_hold : Headline, optional
        The other reading: growth as the plan or scenario says, else the law's median path.
    """

    identity: ParkIdentity
    scenarios: tuple[str, ...]
    before: int
    issue_year: int
    last_observed_year: int
    account: str
    outcome: np.ndarray
    again: np.ndarray
    seed: int
    closed_since: int | None = None
    if_drivers_hold: Headline | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        shape = (len(self.scenarios), np.shape(self.outcome)[1])
        object.__setattr__(self, "outcome", frozen_array("outcome", self.outcome, shape, int))
        object.__setattr__(self, "again", frozen_array("again", self.again, shape, bool))
        if self.outcome.min() < 0 or self.outcome.max() >= len(OUTCOMES):
            raise RecordError(f"outcomes must be indices into {OUTCOMES}")
        held = self.if_drivers_hold
        if held is not None and (held.scenarios, held.before) != (self.scenarios, self.before):
            raise RecordError("the two readings are not of the same scenarios and year")

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return self.outcome.shape[1]

    @property
    def confirmed_by(self) -> int:
        """Last year of the confirmation window."""
        return self.before + WINDOW - 1

    def share(self, outcome: str) -> np.ndarray:
        """Share of all members with an outcome: (scenario,)."""
        return (self.outcome == OUTCOMES.index(outcome)).mean(axis=1)

    @property
    def p_past(self) -> np.ndarray:
        """Share that is past already: (scenario,)."""
        return self.share("past")

    @property
    def p_ahead(self) -> np.ndarray:
        """Share that time or measures still bring about: (scenario,)."""
        return self.share("ahead")

    @property
    def p_not_before(self) -> np.ndarray:
        """Share that does not peak before the year: (scenario,)."""
        return self.share("not_before")

    @property
    def p_before(self) -> np.ndarray:
        """Share that peaks before the year, past and ahead together: (scenario,)."""
        return (self.outcome != OUTCOMES.index("not_before")).mean(axis=1)

    def _derived(self, name: str) -> np.ndarray:
        pairs = zip(self.p_before.tolist(), self.p_past.tolist(), strict=True)
        return np.array([shares_of(before, past, self.members)[name] for before, past in pairs])

    @property
    def p_ahead_given_not_past(self) -> np.ndarray:
        """Share that is ahead, of the members that are not past: (scenario,); NaN where under 2 % are left."""
        return self._derived("p_ahead_given_not_past")

    @property
    def p_se(self) -> np.ndarray:
        """Sampling error of `p_before`: (scenario,)."""
        return self._derived("p_se")

    @property
    def p_se_ahead_given(self) -> np.ndarray:
        """Sampling error of `p_ahead_given_not_past`: (scenario,)."""
        return self._derived("p_se_ahead_given")

    @property
    def p_again(self) -> np.ndarray:
        """Share that peaks before the year and exceeds that maximum again later: (scenario,)."""
        return self.again.mean(axis=1)

    def index(self, scenario: str) -> int:
        """Return the position of a scenario.

        Raises
        ------
        ScenarioError
            It is not among them.
        """
        if scenario not in self.scenarios:
            raise ScenarioError(f"no scenario {scenario!r} in this headline; there are {', '.join(self.scenarios)}")
        return self.scenarios.index(scenario)

    def rows(self) -> list[dict[str, object]]:
        """Return one row a scenario: the columns of ``summary.csv`` (`COLUMNS`), those of the other reading last."""
        arrays = {name: getattr(self, name) for name in SHARES}
        rows: list[dict[str, object]] = [
            {"scenario": name}
            | {key: float(values[at]) for key, values in arrays.items()}
            | {"issue_year": self.issue_year, "account": self.account}
            for at, name in enumerate(self.scenarios)
        ]
        if self.if_drivers_hold is not None:
            for row, other in zip(rows, self.if_drivers_hold.rows(), strict=True):
                row |= {f"{name}{IF_DRIVERS_HOLD}": other[name] for name in SHARES}
        return rows

    def __repr__(self) -> str:
        closed = f"; closed, no emissions since {self.closed_since}" if self.closed_since is not None else ""
        lines = [
            f"<Headline {self.park_id}: peaks before {self.before}?"
            f" issued in {self.issue_year}, {self.account}{closed}",
            f"  {self.members} members, seed {self.seed}; confirmed by {self.before}-{self.confirmed_by}",
            f"  {'':<14} past  ahead  not before   ahead | not past   again later",
        ]
        for row in self.rows():
            given, error = (row[name] for name in ("p_ahead_given_not_past", "p_se_ahead_given"))
            chance = "-" if given != given else f"{given:.2f} ± {error:.2f}"
            lines.append(
                f"  {row['scenario']:<14} {row['p_past']:.2f}   {row['p_ahead']:.2f}        {row['p_not_before']:.2f}"
                f"   {chance:>16}          {row['p_again']:.2f}"
            )
        return "\n".join(lines) + ">"


#: Shares and their errors that `Headline.rows` tells of a scenario.
SHARES = (
    "p_past",
    "p_ahead",
    "p_not_before",
    "p_ahead_given_not_past",
    "p_se",
    "p_se_ahead_given",
    "p_again",
)
#: Ending of the columns of the other reading.
IF_DRIVERS_HOLD = "_if_drivers_hold"
#: Columns of a summary that tell the headline, in their order.
COLUMNS = (*SHARES, "issue_year", "account", *(f"{name}{IF_DRIVERS_HOLD}" for name in SHARES))


@dataclass(frozen=True)
class Step:
    """A measure taken before any other: what it changes by itself, against no measures at all.

    Parameters
    ----------
    lever, name_en, name_zh, family, setting : str
    start, complete : int
        Years in which it begins, and in which it has its full effect.
    gain : float
        Change of the share of members that peak in time.
    avoided : float, tCO2/yr
        Mean over central members and projected years.
    cost : float, million CNY/yr
        Level yearly payment with the same known present value, below zero where it saves more than it costs; of a
        measure without a price the change of the energy bill alone.
    has_price : bool
    """

    lever: str
    name_en: str
    name_zh: str
    family: str
    setting: str
    start: int
    complete: int
    gain: float
    avoided: float
    cost: float
    has_price: bool

    @property
    def pays_below(self) -> float | None:
        """Return the cost of its own, million CNY/yr, below which a measure without a price pays; None where none is.

        The energy it saves is worth that much.
        """
        return -self.cost if not self.has_price and self.cost < 0 else None
