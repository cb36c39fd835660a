"""Value, rates of return and payback of a list of investments, project by project and as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pathway_models.kernels.finance import internal_rates, net_present_value, payback
from pathway_models.records.investments import Investment

# ASSUME: real discount rate of projects where the user names none, as in data/costs.yml's industry.
RATE = 0.06
CORNERS = ("worst", "likely", "best")
WHOLE = "all priced"


@dataclass(frozen=True)
class Valued:
    """An investment with its value.

    Parameters
    ----------
    name : str
    value : mapping-like tuple of (corner, float)
        Net present value at the start of construction, million CNY; empty where a cost is not known.
    rates : tuple of (corner, tuple of float)
        Every internal rate of return.
    payback : tuple of (corner, float)
        Years from the first payment, infinite where it never pays back.
    """

    name: str
    value: dict[str, float]
    rates: dict[str, tuple[float, ...]]
    payback: dict[str, float]

    @property
    def is_priced(self) -> bool:
        """Tell whether its costs are known."""
        return bool(self.value)


def value_investments(investments: Iterable[Investment], rate: float = RATE) -> tuple[Valued, ...]:
    """Value investments one by one, and all priced ones as one cash flow.

    Parameters
    ----------
    investments : iterable of Investment
    rate : float
        Real discount rate, share per year.

    Returns
    -------
    tuple of Valued
        In the order given; ``"all priced"`` comes last where two or more are priced.  The whole is dated from the
        first year of construction of any of them.
    """
    investments = tuple(investments)
    found = [_valued(one.name, _flows(one), rate) for one in investments]
    priced = [one for one in investments if one.is_priced]
    if len(priced) > 1:
        first = min(one.start for one in priced)
        last = max(one.start + one.years + one.lifetime for one in priced)
        whole = {}
        for corner in CORNERS:
            whole[corner] = np.zeros(last - first)
            for one in priced:
                flow = one.flows(corner)
                whole[corner][one.start - first : one.start - first + flow.size] += flow
        found.append(_valued(WHOLE, whole, rate))
    return tuple(found)


def _flows(one: Investment) -> dict[str, np.ndarray]:
    return {corner: one.flows(corner) for corner in CORNERS} if one.is_priced else {}


def _valued(name: str, flows: dict[str, np.ndarray], rate: float) -> Valued:
    return Valued(
        name,
        {corner: float(net_present_value(flow, rate)) for corner, flow in flows.items()},
        {corner: tuple(map(float, internal_rates(flow))) for corner, flow in flows.items()},
        {corner: payback(flow) for corner, flow in flows.items()},
    )
