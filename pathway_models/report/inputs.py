"""Inputs of a report: a park, its ensemble, the advised path, and the provenance of the run.

Five-year plans by year, and their names in both languages.

Outlines of documents as data: chapters and items, their writers, and the inputs of empty ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from pydantic import Field

import pathway_models as pw
from pathway_models.cobenefits.records import Cobenefits
from pathway_models.core import Fault, InputError, PathwayError, files, yaml_files
from pathway_models.decisions.decision import Decision
from pathway_models.decisions.records import Attribution, ProjectEffects
from pathway_models.intake.register import has_rule
from pathway_models.inventory.decomposition import Decomposition
from pathway_models.language.words import ADVISED, say, word
from pathway_models.peaks.finding import reference_of
from pathway_models.records import Draws, Gaps, Inventory, Investment, Lever, Park, Pathways, Peaks, Scenario, Scenarios

#: The sixth plan is the first of the unbroken row of five-year periods.
FIRST_PLAN, FIRST_YEAR, LENGTH = 6, 1981, 5
NUMERALS = "零一二三四五六七八九"
#: Most plans in a review.
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


class Text(yaml_files.Strict):
    """A text in both languages."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)

    def told(self, lang: str) -> str:
        """Return the text of a language."""
        return say(lang, en=self.en, zh=self.zh)


class Item(yaml_files.Strict):
    """A section of a chapter.

    Parameters
    ----------
    title : Text or None
        None where the writers set sections of their own.
    write : tuple of str
        Names of writers (`report.content.WRITERS`).
    needs : Text or None
        Required input, stated where nothing is written.
    """

    title: Text | None = None
    write: tuple[str, ...] = ()
    needs: Text | None = None


class ChapterOutline(yaml_files.Strict):
    """A chapter: written as a whole, or item by item."""

    key: str
    title: Text
    write: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()


class Outline(yaml_files.Strict):
    """The outline of one kind of document.

    Parameters
    ----------
    title, basis : Text
        Name of the document, and the rule behind its order.
    confidence : str
    country : str
        ISO code of the country whose rule requires it; empty where no rule does.
    account : str
        Account its totals are in, where it is not the inventory's.
    chapters, annexes : tuple of ChapterOutline
    """

    title: Text
    basis: Text
    confidence: str
    country: str = Field("", pattern="^([A-Z]{2})?$")
    account: str = ""
    chapters: tuple[ChapterOutline, ...] = Field(min_length=1)
    annexes: tuple[ChapterOutline, ...] = ()


def outline_ids(country: str | None = None) -> tuple[str, ...]:
    """List the shipped outlines, the notice's report first; of a country those that its rules require.

    Where no rule requires any, the general document is listed.
    """
    names = sorted(path.stem for path in (files.data_folder() / "outlines").glob("*.yml"))
    names = sorted(names, key=lambda name: name != "special_report")
    if country is not None:
        own = [name for name in names if read_outline(name).country == country]
        names = own or [name for name in names if not read_outline(name).country]
    return tuple(names)


def read_outline(name: str) -> Outline:
    """Read a shipped outline.

    Raises
    ------
    InputError
        There is no such outline, or its file breaks the form.
    """
    if name not in outline_ids():
        raise InputError(
            [Fault(name, "name", name, f"one of {', '.join(outline_ids())}", "choose one of them", code="no_rules")]
        )
    return _outline(files.data_folder() / "outlines" / f"{name}.yml")


@cache
def _outline(path: Path) -> Outline:
    return yaml_files.validated(path, Outline)[0]


#: Year by which parks shall be carbon neutral (notice, section one).
NEUTRAL = 2060
# ASSUME: nine members in ten are what "can be set as a target" needs; the notice names no probability.
PROBABILITY = 0.9
#: Year of wedges and contributions, or the last one projected.
CONTRIBUTION_YEAR = 2035
#: Members for attribution and air pollutants: fewer than a run has, enough for means, so that a report takes seconds.
MEAN_MEMBERS = 200


@dataclass(frozen=True)
class Manifest:
    """Provenance of a report's numbers.

    Parameters
    ----------
    run_id : str
    seed, members, until, before : int
    scenarios : tuple of str
    inputs : mapping file -> SHA-256
    versions : mapping package -> version
    commit : str
        Empty outside a checkout.
    """

    run_id: str
    seed: int
    members: int
    until: int
    before: int
    scenarios: tuple[str, ...]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]
    commit: str = ""


@dataclass(frozen=True, eq=False)
class ReportInputs:
    """Inputs of all chapters; derived quantities are computed once, on first use.

    Parameters
    ----------
    park : Park
    scenarios : mapping of Scenario
        Those of the run, and the package where one was searched for.
    pathways, peaks
        Of all these scenarios, in the same draws.
    manifest : Manifest
    lang : {"en", "zh"}
    decision : Decision or None
        None where no package was searched for.
    investments : tuple of Investment
        Projects of the park, where a list was given.
    effects : ProjectEffects or None
        Carbon evaluation of these projects.
    levers : mapping of Lever
        Lever library of the scenarios, where they have one.
    if_drivers_hold : float
        Share that peaks in time without levers, in the other reading; NaN where the run does not have it.
    cost_range : (float, float) or None
        Known yearly cost of the package, 5 % and 95 %, million CNY; None where no package was searched for.
    allow_background : bool
        Consent to pollutant factors that are background knowledge.
    """

    park: Park
    scenarios: Mapping[str, Scenario]
    pathways: Pathways
    peaks: Peaks
    manifest: Manifest
    lang: str
    decision: Decision | None
    investments: tuple[Investment, ...] = ()
    effects: ProjectEffects | None = None
    levers: Mapping[str, Lever] = field(default_factory=dict)
    if_drivers_hold: float = float("nan")
    cost_range: tuple[float, float] | None = None
    allow_background: bool = False

    @property
    def before(self) -> int:
        """Year before which the park shall peak."""
        return self.manifest.before

    @cached_property
    def reference(self) -> str:
        """Id of the scenario without levers, or else of the first."""
        return reference_of(self.scenarios, self.pathways.scenarios)

    @cached_property
    def chosen(self) -> str:
        """Id of the advised path: the package, or else the scenario with most early peaks and the fewest levers."""
        if self.decision is not None:
            return ADVISED
        early = self.peaks.p_before(self.before)
        names = self.pathways.scenarios
        return min(names, key=lambda name: (-early[names.index(name)], len(self.scenarios[name].measures)))

    @cached_property
    def inventory(self) -> Inventory:
        """Inventory of the observed years."""
        return pw.take_inventory(self.park)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Five-year plans that the record touches, at most the last two; none where another country has them."""
        if not has_rule(self.park.country, "notice"):
            return ()
        return plans_of(int(self.park.years[0]), self.park.last_observed_year)

    @cached_property
    def window(self) -> tuple[int, int]:
        """First and last observed year inside these plans; the whole record where they hold fewer than two years."""
        first, last = int(self.park.years[0]), self.park.last_observed_year
        start = max(first, self.plans[0].first) if self.plans else first
        return (start, last) if start < last else (first, last)

    @cached_property
    def decomposition(self) -> Decomposition:
        """Drivers over the window."""
        parts = pw.decompose_past(self.park)
        first, last = self.window
        a, b = first - int(self.park.years[0]), last - int(self.park.years[0])
        return replace(
            parts, years=parts.years[a : b + 1], values=parts.values[:, a:b], emissions=parts.emissions[a : b + 1]
        )

    @cached_property
    def gaps(self) -> Gaps:
        """Distance of every member from every target."""
        return pw.gaps(self.park, self.pathways, self.peaks, before=self.before, neutral=NEUTRAL)

    @cached_property
    def cobenefits(self) -> Cobenefits | None:
        """Air pollutants of the advised path; None where their factors would need consent."""
        chosen = [self.scenarios[name] for name in dict.fromkeys([self.reference, self.chosen])]
        try:
            return pw.cobenefits(self.park, chosen, self.draws_of(chosen), allow_background=self.allow_background)
        except PathwayError:
            return None

    @cached_property
    def family_shares(self) -> Attribution | None:
        """Contribution of each lever family of the advised path; None where it moves no lever."""
        return self._attribute("family")

    @cached_property
    def lever_shares(self) -> Attribution | None:
        """Contribution of each lever of the advised path; None where it moves no lever."""
        return self._attribute("lever")

    def _attribute(self, by: str) -> Attribution | None:
        scenario = self.scenarios[self.chosen]
        if not scenario.measures:
            return None
        return pw.attribute(self.park, scenario, self.draws_of([scenario]), by=by, before=self.before)

    def draws_of(self, scenarios: Sequence[Scenario]) -> Draws:
        """Draw some of the run's members for scenarios, enough for means."""
        run = self.manifest
        return pw.sample(self.park, scenarios, members=min(run.members, MEAN_MEMBERS), seed=run.seed, until=run.until)

    def in_language(self, lang: str) -> "ReportInputs":
        """Return the same inputs in another language; computed quantities are kept."""
        if lang == self.lang:
            return self
        other = replace(self, lang=lang)
        known = {item.name for item in fields(self)}
        vars(other).update({name: value for name, value in vars(self).items() if name not in known})
        return other

    def say(self, en: str, zh: str) -> str:
        """Pick the wording in the report's language."""
        return say(self.lang, en=en, zh=zh)

    def early(self, scenario: str) -> float:
        """Compute the share of members that peak before the year asked for."""
        return float(self.peaks.p_before(self.before)[self.peaks.scenarios.index(scenario)])

    def totals(self, scenario: str) -> np.ndarray:
        """Sum the emissions of a scenario over sources: (member, year), tCO2/yr."""
        return self.pathways.emissions[self.pathways.index(scenario)].sum(axis=1)


def gather(
    park: Park,
    scenarios: Mapping[str, Scenario],
    pathways: Pathways,
    manifest: Manifest,
    *,
    lang: str,
    decision: Decision | None = None,
    investments: Sequence[Investment] = (),
    effects: ProjectEffects | None = None,
    if_drivers_hold: float = float("nan"),
    cost_range: tuple[float, float] | None = None,
) -> ReportInputs:
    """Collect the inputs of a report; the package of a decision becomes a scenario of its own.

    Parameters
    ----------
    park : Park
    scenarios : mapping of Scenario
        Those of the run.
    pathways : Pathways
        Of these scenarios, at the run's own members and seed.
    manifest : Manifest
    lang : {"en", "zh"}
    decision : Decision, optional
        Cheapest package, of the same park; without one the best scenario of the run is advised.
    investments : sequence of Investment
    effects : ProjectEffects, optional
    if_drivers_hold : float
    cost_range : (float, float), optional
        `decisions.cheapest_package.cost_range` of the decision.
    """
    chosen = dict(scenarios)
    if decision is not None:
        names = {"name_en": word(ADVISED, "en"), "name_zh": word(ADVISED, "zh")}
        chosen[ADVISED] = replace(decision.scenario(), scenario_id=ADVISED, **names)
        draws = pw.sample(park, [chosen[ADVISED]], members=manifest.members, seed=manifest.seed, until=manifest.until)
        pathways = joined([pathways, pw.project(park, [chosen[ADVISED]], draws)])
    peaks = pw.find_peaks(pathways, before=manifest.before)
    levers = scenarios.levers if isinstance(scenarios, Scenarios) else {}
    found = tuple(investments), effects, levers, if_drivers_hold, cost_range
    return ReportInputs(park, chosen, pathways, peaks, manifest, lang, decision, *found)


def joined(parts: Sequence[Pathways]) -> Pathways:
    """Concatenate pathways of the same park and draws."""
    memo_items = {name: np.concatenate([one.memo_items[name] for one in parts]) for name in parts[0].memo_items}
    return replace(
        parts[0],
        scenarios=tuple(name for one in parts for name in one.scenarios),
        emissions=np.concatenate([one.emissions for one in parts]),
        memo_items=memo_items,
    )
