"""Levers as controls by family: setting, years, and a help text for each."""

from collections.abc import Callable, Iterable, Mapping

import ipywidgets as widgets
from markupsafe import Markup

from pathway_models.core import ScenarioError
from pathway_models.decisions.tables import family_name, option_name
from pathway_models.documents.markup import html
from pathway_models.figures.style import FAMILY_COLOURS
from pathway_models.fleet.answers import step_text
from pathway_models.intake import messages, naming
from pathway_models.language import say, word
from pathway_models.records import FAMILIES, Choice, Costs, Lever, LeverCost, Measure, Scenario, peaks, plans

OFF = "off"
#: Range of years of the sliders.
FIRST_YEAR, LAST_YEAR = 2020, 2060
#: Separators of the levers in an address, and of the parts of one.
BETWEEN, WITHIN = "~", "."
#: Levers that are not off.
Choices = dict[str, Choice]
#: Prefix of the scenario in an address whose growth and grid apply.
UNDER = "under"


class LeverControl:
    """One lever: off or one of its settings, and its years.

    Parameters
    ----------
    lever : Lever
    cost : LeverCost or None
        None where it is not known.
    lang : {"en", "zh"}
    changed : callable
        Called without arguments after every change.
    """

    def __init__(self, lever: Lever, cost: LeverCost | None, lang: str, changed: Callable[[], None]) -> None:
        self.lever = lever
        options = [(say(lang, en="off", zh="关"), OFF)]
        options += [(option_name(name, lang), name) for name in lever.settings]
        self.setting = widgets.RadioButtons(options=options, value=OFF, orientation="horizontal")
        self.years = widgets.IntRangeSlider(
            value=(lever.ramp.start, lever.ramp.complete), min=FIRST_YEAR, max=LAST_YEAR, readout_format="d"
        )
        self._cost, self.label = cost, widgets.HTML()
        self.tell(None, lang)
        self.row = widgets.HBox([self.label, self.setting, self.years])
        self.row.add_class("pathways-lever")
        for control in (self.setting, self.years):
            control.observe(lambda change: changed(), names="value")

    def tell(self, step: peaks.Step | None, lang: str) -> None:
        """Write name and note of the lever, with its effect by itself in the park shown, where known."""
        lever = self.lever
        lines = _explained(lever, self._cost, lang)
        if step is not None:
            here = say(lang, en="In this park, ", zh="在本园区，")
            lines.append(html(
                "{here}<b>{setting}</b>{comma}{start}-{complete}{colon}{told}", here=here,
                comma=say(lang, en=", ", zh="，"), colon=word("colon", lang),
                setting=option_name(step.setting, lang), start=step.start, complete=step.complete,
                told=step_text(step, lang),
            ))  # fmt: skip
        self.label.value = html(
            '<span class="pathways-dot" style="background:{colour}" title="{family}"></span>'
            '<span class="pathways-name">{name}</span>'
            '<details class="pathways-tip"><summary aria-label="{about} {name}">?</summary><div>{what}</div></details>',
            colour=FAMILY_COLOURS[lever.family], family=family_name(lever.family, lang),
            name=lever.name_zh if lang == "zh" else lever.name_en, about=say(lang, en="About", zh="说明："),
            what=Markup("<br>").join(lines),
        )  # fmt: skip

    def choice(self) -> Choice | None:
        """Read the controls of the lever; None when it is off."""
        if self.setting.value == OFF:
            return None
        start, complete = self.years.value
        # A ramp takes at least a year: both knobs on one year mean completion the year after.
        return Choice(self.setting.value, start, max(complete, start + self.lever.ramp.delay_years + 1))

    def put(self, choice: Choice | None) -> None:
        """Show a choice; None is off, with the lever's own years."""
        ramp = self.lever.ramp if choice is None else choice
        self.setting.value = OFF if choice is None else choice.setting
        self.years.value = (max(ramp.start, FIRST_YEAR), min(ramp.complete, LAST_YEAR))


def _explained(lever: Lever, cost: LeverCost | None, lang: str) -> list[Markup]:
    """Explain each setting with its source and cost."""
    lines = []
    for setting in lever.settings:
        for name, corners in lever.settings[setting].items():
            label = lever.acts.parameter(name).label
            lines.append(
                html(
                    "<b>{setting}</b>{colon}{label} {low:g} – {mode:g} – {high:g}{gap}%{unit}",
                    colon=word("colon", lang),
                    gap=say(lang, en=" ", zh=""),
                    setting=option_name(setting, lang),
                    label=label.zh if lang == "zh" else label.en,
                    low=round(100 * corners.low, 2),
                    mode=round(100 * corners.mode, 2),
                    high=round(100 * corners.high, 2),
                    unit=say(lang, en=f" (low – most likely – high; {lever.units[name]})", zh="（低—最可能—高）"),
                )
            )
    sources = dict.fromkeys(
        lever.source_of(name, setting) for setting, given in lever.settings.items() for name in given
    )
    lines += [html("{head}{source}", head=say(lang, en="Source: ", zh="来源："), source=naming.source_text(one, lang))
              for one in sources]  # fmt: skip
    lines.append(html("{head}{cost}", head=say(lang, en="Cost: ", zh="成本："), cost=_cost(cost, lang)))
    return lines


def _cost(cost: LeverCost | None, lang: str) -> str:
    if cost is None:
        return say(lang, en="not known", zh="未知")
    found = [one.stated for one in ([cost.capital, *cost.running] if cost.capital else cost.running)]
    found = [messages.translated(text, lang, "tables") for text in found]
    if cost.bought:
        found.insert(0, say(lang, en="the price of the energy it buys", zh="所购能源的价格"))
    return say(lang, en="; ", zh="；").join(found)


class LeverControls:
    """All levers, by family."""

    def __init__(
        self, levers: Mapping[str, Lever], costs: Costs, unknown: Iterable[str], lang: str, changed: Callable[[], None]
    ) -> None:
        without = set(unknown)
        known = {name: None if name in without else costs.levers.get(name, LeverCost()) for name in levers}
        self.controls = {name: LeverControl(lever, known[name], lang, changed) for name, lever in levers.items()}
        ordered = sorted(self.controls.values(), key=lambda one: FAMILIES.index(one.lever.family))
        self.box = widgets.VBox([control.row for control in ordered])

    def choices(self) -> dict[str, Choice]:
        """Read the levers that are not off."""
        return {name: choice for name, control in self.controls.items() if (choice := control.choice()) is not None}

    def tell(self, steps: Mapping[str, peaks.Step], lang: str) -> None:
        """Write the effect of each lever by itself in the park shown."""
        for name, control in self.controls.items():
            control.tell(steps.get(name), lang)

    def put(self, choices: Mapping[str, Choice]) -> None:
        """Show some choices, all other levers off."""
        for name, control in self.controls.items():
            control.put(choices.get(name))


def choices_of(measures: Iterable[Measure]) -> dict[str, Choice]:
    """Convert the measures of a scenario to choices."""
    return {m.lever.lever_id: Choice(m.setting, m.ramp.start, m.ramp.complete) for m in measures}


def packed(choices: Mapping[str, Choice], under: str = "") -> str:
    """Encode choices, and the scenario whose growth and grid apply, for an address.

    Examples
    --------
    >>> packed({"ccus": Choice("strong", 2030, 2045)}, "low_growth")
    'under.low_growth~ccus.strong.2030.2045'
    """
    parts = [(UNDER, under)] if under else []
    parts += [(name, one.setting, str(one.start), str(one.complete)) for name, one in choices.items()]
    return BETWEEN.join(WITHIN.join(part) for part in parts)


def unpacked(text: str, levers: Mapping[str, Lever], stated: Iterable[str] = ()) -> tuple[dict[str, Choice], str]:
    """Decode choices from an address, and the scenario whose drivers and grid apply.

    Raises
    ------
    ScenarioError
        A lever, setting, year or scenario in it is invalid; all faults together.
    """
    found, under, faults, known = {}, "", [], tuple(stated)
    for part in filter(None, text.split(BETWEEN)):
        name, *rest = part.split(WITHIN)
        if name == UNDER and len(rest) == 1 and rest[0] in known:
            (under,) = rest
        elif name not in levers or len(rest) != 3 or rest[0] not in levers[name].settings or not _are_years(rest[1:]):
            faults.append(repr(part))
        else:
            found[name] = Choice(rest[0], int(rest[1]), int(rest[2]))
    if faults:
        form = "lever.setting.first.last with years from 2020 to 2060"
        raise ScenarioError(f"the link's {', '.join(faults)}: expected {form}; levers are {', '.join(levers)}")
    return found, under


def _are_years(texts: Iterable[str]) -> bool:
    years = [int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0 for text in texts]
    return FIRST_YEAR <= years[0] < years[1] <= LAST_YEAR


def under_of(scenario: Scenario) -> str:
    """Return the id of a scenario that states drivers or another grid; else empty, for the growth law."""
    return scenario.scenario_id if scenario.drivers or scenario.grid != plans.SLOW else ""


def package_of(scenario: Scenario) -> tuple[Choices, str]:
    """Split a scenario into its levers, as the controls can show them, and the scenario whose drivers apply."""
    return clipped(choices_of(scenario.measures)), under_of(scenario)


def clipped(choices: Choices) -> Choices:
    """Clip the years of choices to the range of the controls."""
    shown = {}
    for name, one in choices.items():
        first = max(one.start, FIRST_YEAR)
        shown[name] = Choice(one.setting, first, min(max(one.complete, first + 1), LAST_YEAR))
    return shown
