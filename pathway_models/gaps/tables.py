"""Gaps to the targets: the table people read, and the rows of ``gaps.csv``."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathway_models.documents.blocks import text_table
from pathway_models.gaps.sentences import gap_name, outcome_text, plain_text, target_text, value_text
from pathway_models.intake.names import scenario_name
from pathway_models.language.rounding import share_text
from pathway_models.language.words import say
from pathway_models.records.gaps import Gaps


def gaps(found: Gaps, scenarios: Sequence[str] = (), *, lang: str = "en") -> pd.DataFrame:
    """Table the distance from every target by scenario: range over members, probability of meeting it, notes.

    A target whose period is over has no gap; where the probability stands otherwise, it says met, missed or not known.

    Parameters
    ----------
    found : Gaps
    scenarios : sequence of str
        Which ones, in this order; all by default.
    lang : {"en", "zh"}

    Raises
    ------
    ScenarioError
        A scenario is not among the gaps.
    """
    rows = []
    for name in scenarios or found.scenarios:
        at = found.index(name)
        for entry in found.entries:
            values = [value_text(entry, value, lang) for value in entry.quantiles()[at].tolist()]
            chance = float(entry.probability()[at])
            note = (entry.notes_zh if lang == "zh" else entry.notes_en)[at]
            rows.append((
                scenario_name(name, lang),
                gap_name(found, entry, lang),
                target_text(entry, lang),
                *values,
                outcome_text(entry, lang) or ("" if np.isnan(chance) else share_text(chance, lang)),
                note,
            ))  # fmt: skip
    head = [
        say(lang, en="scenario", zh="情景"),
        say(lang, en="target", zh="目标"),
        say(lang, en="asked for", zh="要求"),
        say(lang, en="gap p05", zh="差距 p05"),
        "p50",
        "p95",
        say(lang, en="P(met)", zh="达成概率"),
        say(lang, en="note", zh="说明"),
    ]
    return text_table(rows, head, 2)


def gap_rows(found: Gaps) -> list[dict[str, object]]:
    """Build the rows of ``gaps.csv``: one a scenario and gap, notes in both languages, ``>31`` beyond the horizon."""
    quantiles = [entry.quantiles().tolist() for entry in found.entries]
    return [
        {
            "park_id": found.park_id,
            "before": found.before,
            "neutral": found.neutral,
            "scenario": scenario,
            "gap": entry.gap,
            "target": entry.target,
            "unit": entry.unit,
            **{name: plain_text(entry, value) for name, value in zip(("p05", "p50", "p95"), values[at], strict=True)},
            "probability": float(entry.probability()[at]),
            "note": entry.notes_en[at],
            "note_zh": entry.notes_zh[at],
        }
        for at, scenario in enumerate(found.scenarios)
        for entry, values in zip(found.entries, quantiles, strict=True)
    ]
