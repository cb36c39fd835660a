"""Reading ``data/carbon_costs.yml``: dated rules and prices of allowances and border adjustment."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from pathway_models.core.files import Stamp, data_folder, stamped
from pathway_models.core.yaml_files import Strict, validated


class Named(Strict):
    """A name in both languages."""

    en: str
    zh: str


class AllocationRule(Strict):
    """A rule of free allocation and the years it holds for."""

    first: int = Field(alias="from")
    last: int = Field(9999, alias="to")
    rule: Literal["equals_emissions", "benchmark"]
    en: str
    zh: str


class TradingRules(Strict):
    """The emissions trading market."""

    name: Named
    source: str
    confidence: str
    allocation: tuple[AllocationRule, ...] = Field(min_length=1)

    def of(self, year: int) -> AllocationRule | None:
        """Return the rule of a year; None before the first."""
        return next((one for one in self.allocation if one.first <= year <= one.last), None)


class Price(Strict):
    """A price and when it was seen."""

    value: float = Field(gt=0, allow_inf_nan=False)
    unit: Literal["EUR/tCO2"]
    period: str


class BorderRules(Strict):
    """The EU carbon border adjustment."""

    name: Named
    source: str
    confidence: str
    certificates_sold_from: int
    price: Price
    mark_up: dict[int, float]

    def marked_up(self, year: int) -> float:
        """Return the mark-up on default values in a year; that of the last year named holds on."""
        earlier = [known for known in self.mark_up if known <= year]
        return self.mark_up[max(earlier)] if earlier else 0.0


class CarbonCostRules(Strict):
    """All rules of the file."""

    ets: TradingRules
    cbam: BorderRules


def read_carbon_costs(path: str | Path | None = None) -> CarbonCostRules:
    """Read the rules; the shipped ones by default.

    Raises
    ------
    InputError
        The file breaks its form; all faults at once.
    """
    return _rules(*stamped(data_folder() / "carbon_costs.yml" if path is None else Path(path)))


@cache
def _rules(path: Path, _: Stamp) -> CarbonCostRules:
    return validated(path, CarbonCostRules)[0]
