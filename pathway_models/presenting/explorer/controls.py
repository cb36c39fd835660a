"""The sliders: one a lever for its setting, one for the years in which it phases in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import ipywidgets as widgets

from pathway_models.findings.exploring import Choice
from pathway_models.presenting.decision_words import SETTINGS, family_name
from pathway_models.presenting.words import say
from pathway_models.records.levers import FAMILIES, Lever, Measure

OFF = "off"
#: Years that a ramp can take on the sliders.
FIRST_YEAR, LAST_YEAR = 2020, 2060


class LeverControl:
    """One lever: off or one of its settings, and its years.

    Parameters
    ----------
    lever : Lever
    lang : {"en", "zh"}
    changed : callable
        Called without arguments after every change.
    """

    def __init__(self, lever: Lever, lang: str, changed: Callable[[], None]) -> None:
        self.lever = lever
        at = ("en", "zh").index(lang)
        options = [(say(lang, en="off", zh="关"), OFF)]
        options += [(SETTINGS.get(name, (name, name))[at], name) for name in lever.settings]
        name = lever.name_zh if lang == "zh" else lever.name_en
        wide = {"description_width": "295px"}
        self.setting = widgets.SelectionSlider(
            options=options,
            value=OFF,
            description=name,
            style=wide,
            layout={"width": "450px"},
            tooltip=lever.note or name,
        )
        self.years = widgets.IntRangeSlider(
            value=(lever.ramp.start, lever.ramp.complete),
            min=FIRST_YEAR,
            max=LAST_YEAR,
            readout_format="d",
            layout={"width": "225px"},
            tooltip=say(lang, en="last year without effect, first year with the full effect", zh="起始年与完全见效年"),
        )
        self.row = widgets.HBox([self.setting, self.years])
        for slider in (self.setting, self.years):
            slider.observe(lambda change: changed(), names="value")

    def choice(self) -> Choice | None:
        """How the lever is set; None when it is off."""
        if self.setting.value == OFF:
            return None
        start, complete = self.years.value
        # A ramp takes a year at least: both knobs on one year mean the year after.
        return Choice(self.setting.value, start, max(complete, start + self.lever.ramp.delay_years + 1))

    def put(self, measure: Measure | None) -> None:
        """Show a measure of a scenario; None is off, with the lever's own years."""
        ramp = self.lever.ramp if measure is None else measure.ramp
        self.setting.value = OFF if measure is None else measure.setting
        self.years.value = (max(ramp.start, FIRST_YEAR), min(ramp.complete, LAST_YEAR))


class LeverControls:
    """All levers, by family."""

    def __init__(self, levers: Mapping[str, Lever], lang: str, changed: Callable[[], None]) -> None:
        self.controls = {lever_id: LeverControl(lever, lang, changed) for lever_id, lever in levers.items()}
        rows: list[widgets.Widget] = []
        for family in FAMILIES:
            own = [control.row for control in self.controls.values() if control.lever.family == family]
            if own:
                rows += [widgets.HTML(f"<b>{family_name(family, lang)}</b>"), *own]
        self.box = widgets.VBox(rows)

    def choices(self) -> dict[str, Choice]:
        """The levers that are not off."""
        return {name: choice for name, control in self.controls.items() if (choice := control.choice()) is not None}

    def put(self, measures: Iterable[Measure]) -> None:
        """Show the measures of a scenario, all other levers off."""
        given = {measure.lever.lever_id: measure for measure in measures}
        for lever_id, control in self.controls.items():
            control.put(given.get(lever_id))
