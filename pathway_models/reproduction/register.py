"""Published estimates recomputed with the package, with a verdict on each.

``reproduce("guan2018").table()`` sets every published value beside ours: difference, tolerance, verdict, cause.
A study is two things: its values and inputs (``data/published``) and a function from the study to our answers
(``reproduction/studies``).  Values that are not reproduced stay in the table with the reason.
"""

import textwrap
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from pathway_models.core import PathwayError
from pathway_models.intake.published import Key, Study, list_studies, read_study
from pathway_models.reproduction.comparison import VERDICTS, Answer, Answers, Row, compare, folded_table, table_of

Compute = Callable[[Study], Answers]


def _computation(study_id: str) -> Compute:
    """Return the computation of a study, which imports its module on first use."""
    return lambda study: import_module(f"pathway_models.reproduction.studies.{study_id}").compute(study)


#: Computation of each shipped study, in the order they are shown.
STUDIES: Mapping[str, Compute] = MappingProxyType(
    {
        study_id: _computation(study_id)
        for study_id in (
            "region_d_2023",
            "chongqing_fyp14",
            "guan2018",
            "gilligan2024",
            "lmdir_example",
            "grant2026",
            "hausfather2021",
            "wri2017",
            "lamb2022",
            "zhang2022",
            "shan2022",
            "china_intensity",
            "park_abstracts",
            "china_kaya_2026",
            "xiamen_stirpat_2022",
            "northwest_stirpat_2019",
            "steel_stock_2025",
            "region_d_mbd",
            "region_d_dknt0",
            "eps_low_bau_2024",
        )
    }
)


@dataclass(frozen=True, eq=False)
class Reproduction:
    """A published study beside our computation of it.

    Parameters
    ----------
    study : Study
        Published values and inputs.
    rows : tuple of Row
        Every published value with ours, the verdict and its cause.
    tables : mapping name -> DataFrame
        Supporting tables: sensitivities, readings, verdicts of rules.
    sentences : mapping name -> str
        Findings, one sentence each.
    """

    study: Study
    rows: tuple[Row, ...]
    tables: Mapping[str, pd.DataFrame]
    sentences: Mapping[str, str]

    def table(self, folded: bool = False) -> pd.DataFrame:
        """Table published values, ours, difference, tolerance, verdict and cause.

        Parameters
        ----------
        folded : bool
            One line for all values of a place and quantity that share verdict and cause.
        """
        return folded_table(self.rows) if folded else table_of(self.rows)

    def counts(self) -> dict[str, int]:
        """Count values by verdict, the best first; verdicts that do not occur are left out."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def is_as_expected(self) -> bool:
        """True when the verdicts are those that ``study.yml`` records; false when a result has moved."""
        return self.counts() == self.study.about.expected

    def finding(self) -> str:
        """State the outcome in a sentence."""
        if not self.rows:
            return f"{self.study.about.title}: no published value yet."
        parts = ", ".join(f"{count} {verdict}" for verdict, count in self.counts().items())
        return f"{self.study.about.title}: of {len(self.rows)} published values {parts}."

    def card(self) -> str:
        """Write citation, licence, inputs and assumptions, in Markdown."""
        about = self.study.about
        lines = [f"**{about.title}**", about.citation + (f", doi {about.doi}" if about.doi else "")]
        lines += [f"Licence: {about.licence}."]
        for head, parts in (("What was given", about.given), ("What had to be assumed", about.assumed)):
            lines.append("\n".join([f"*{head}*", "", *(f"- {part}" for part in parts or ["Nothing."])]))
        return "\n\n".join(lines)

    def differences(self) -> str:
        """List every difference and every missing value with its cause, in Markdown."""
        open_rows = [line for line in self.table(folded=True).itertuples() if line.verdict != VERDICTS[0]]
        lines = [
            f"- **{line.scope}, {line.scenario}: {line.quantity}** ({line.verdict}): {_numbers(line)}. "
            f"{line.cause[:1].upper()}{line.cause[1:]}."
            for line in open_rows
        ]
        return "\n".join(lines) if lines else "There is none: every published value is met within its tolerance."

    def __repr__(self) -> str:
        lines = [self.finding(), f"  {self.study.about.citation}"]
        for line in self.table(folded=True).itertuples():
            times = f" ({line.values} values)" if line.values > 1 else ""
            lines.append(f"  {line.verdict:<14}  {line.scope}: {line.scenario}: {line.quantity}{times}")
            numbers = f"published {line.published}, ours {line.ours} {line.unit}"
            bounds = f", difference {line.difference}, tolerance {line.tolerance}"
            lines.append(f"{'':<18}{numbers}{bounds if line.difference != '-' else ''}")
            lines += textwrap.wrap(line.cause, width=100, initial_indent=" " * 18, subsequent_indent=" " * 18)
        return "\n".join(lines)


def _numbers(line: Any) -> str:
    """Write the published and our numbers of a folded row, where there are any."""
    published = f"{line.values} values" if line.published == "-" else f"published {line.published}"
    return f"{published}, ours {line.ours} {line.unit}" if line.ours != "-" else f"{published} {line.unit}".strip()


def reproduce(study: str | Path, compute: Compute | None = None) -> Reproduction:
    """Recompute a published study and compare the results.

    Parameters
    ----------
    study : str or Path
        Name of a shipped study, or folder of the user's.
    compute : callable, optional
        Computation of a user's study: from the study to :class:`Answers`.

    Raises
    ------
    InputError
        There is no such study, or its files have faults.
    PathwayError
        No computation is known for the study.

    Examples
    --------
    >>> reproduce("guan2018").counts()
    {'reproduced': 4, 'not reproduced': 1}
    """
    read = read_study(study)
    compute = compute or STUDIES.get(read.study)
    if compute is None:
        raise PathwayError(
            f"{read.study}: no computation is registered; give one, or call compare_with_published in its notebook"
        )
    answers = compute(read)
    return _reproduction(read, answers)


def _reproduction(study: Study, answers: Answers) -> Reproduction:
    tables, sentences = (MappingProxyType(dict(found)) for found in (answers.tables, answers.sentences))
    return Reproduction(study, compare(study, answers), tables, sentences)


def reproduce_all() -> dict[str, Reproduction]:
    """Compute every shipped study again, in the order of ``estimates.csv``."""
    return {name: reproduce(name) for name in list_studies()}


def compare_with_published(
    study: Study | str | Path, ours: Mapping[Key, float], causes: Mapping[Key, str] | None = None
) -> Reproduction:
    """Compare values computed elsewhere, such as in a notebook, with the published ones.

    Parameters
    ----------
    study : Study, str or Path
    ours : mapping (scope, scenario, quantity) -> float
        Each in the unit of the published value.
    causes : mapping (scope, scenario, quantity) -> str, optional
        Reason of agreement or difference.
    """
    read = study if isinstance(study, Study) else read_study(study)
    given = causes or {}
    without = {key: text for key, text in given.items() if key not in ours}
    answers = {key: Answer(float(value), given.get(key, "no cause written yet")) for key, value in ours.items()}
    answers |= {key: Answer(None, text) for key, text in without.items()}
    return _reproduction(read, Answers(answers))
