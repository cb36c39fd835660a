"""Five-year plans by year, and their names in both languages."""

from dataclasses import dataclass

from pathway_models.language.words import say

#: The sixth plan is the first of the unbroken row of five-year periods.
FIRST_PLAN, FIRST_YEAR, LENGTH = 6, 1981, 5
NUMERALS = "零一二三四五六七八九"
#: Plans that a review looks back on at most.
MOST_PLANS = 2


@dataclass(frozen=True, order=True)
class Plan:
    """One five-year plan: its number, first and last year."""

    number: int

    @property
    def first(self) -> int:
        """First year."""
        return FIRST_YEAR + LENGTH * (self.number - FIRST_PLAN)

    @property
    def last(self) -> int:
        """Last year."""
        return self.first + LENGTH - 1

    def name(self, lang: str) -> str:
        """Name the plan, e.g. ``"13th"`` or ``"“十三五”"``."""
        return say(lang, en=f"{self.number}th", zh=f"“{_numeral(self.number)}五”")


def plan_of(year: int) -> Plan | None:
    """Return the plan a year lies in; None before the sixth."""
    return None if year < FIRST_YEAR else Plan(FIRST_PLAN + (year - FIRST_YEAR) // LENGTH)


def plans_of(first: int, last: int) -> tuple[Plan, ...]:
    """List the plans that a record touches, the last `MOST_PLANS` of them, oldest first."""
    found = dict.fromkeys(plan_of(year) for year in range(first, last + 1))
    return tuple(plan for plan in found if plan is not None)[-MOST_PLANS:]


def told(plans: tuple[Plan, ...], lang: str) -> str:
    """Name plans in a row, e.g. ``"13th and 14th"`` or ``"“十三五”“十四五”"``."""
    return say(lang, en=" and ", zh="").join(plan.name(lang) for plan in plans)


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("" if tens == 1 else NUMERALS[tens]) + "十"
    return head + (NUMERALS[ones] if ones else "")
