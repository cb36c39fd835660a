"""The sheet of levers of the twin: parameters, years, and how far each lever is carried out, as formulas."""

from __future__ import annotations

import numpy as np

from pathway_models.decisions.tables import option_name
from pathway_models.language.words import say
from pathway_models.records.levers import Measure
from pathway_models.report.audit_terms import Page, Term, term


class LeverSheet:
    """Writes one block a lever.

    Parameters
    ----------
    page : Page
    years : Term
        The heads of the year columns.
    last_observed : int
    lang : {"en", "zh"}
    """

    def __init__(self, page: Page, years: Term, last_observed: int, lang: str) -> None:
        self.page, self.years, self.last_observed, self.lang = page, years, last_observed, lang

    def write(self, measure: Measure) -> dict[str, Term]:
        """Parameters of a lever at their modes, and ``phase``: 0 before its start, 1 from its completion on."""
        page, lever, ramp = self.page, measure.lever, measure.ramp
        name = lever.name_zh if self.lang == "zh" else lever.name_en
        page.write(f"{name} ({option_name(measure.setting, self.lang)})", "section")
        found = {}
        for key, corners in lever.triangles(measure.setting).items():
            what = lever.acts.parameter(key).label.of(self.lang)
            labels = ["", f"[{corners.low:g}, {corners.high:g}]", what, lever.units.get(key, "")]
            found[key] = page.number(labels, corners.mode)
        start = page.number(
            ["", "", self._say("last year without effect", "无效果的末年"), ""], ramp.start + ramp.delay_years
        )
        complete = page.number(["", "", self._say("first year of full effect", "全部见效首年"), ""], ramp.complete)
        found["phase"] = page.worked(
            ["", ramp.shape, self._say("phase", "实施进度"), "1"], self._phase(ramp.shape, start, complete)
        )
        return found

    def _say(self, en: str, zh: str) -> str:
        return say(self.lang, en=en, zh=zh)

    def _phase(self, shape: str, start: Term, complete: Term) -> Term:
        """The ramp (docs/methods.md); observed years stay as they are."""
        years = self.years
        if shape == "step":
            grown = Term(
                lambda k, here: f"IF({years.text(k, here)}>={complete.text(k, here)},1,0)",
                (years.values >= complete.values).astype(float),
            )
        else:
            line = np.maximum(0.0, np.minimum(1.0, (years - start) / (complete - start)))
            grown = line * line * (3.0 - line * 2.0) if shape == "s_curve" else line
        last = term(float(self.last_observed))
        return Term(
            lambda k, here: f"IF({years.text(k, here)}>{last.text(k, here)},{grown.text(k, here)},0)",
            np.where(years.values > last.values, grown.values, 0.0),
        )
