"""The twin of a report as a spreadsheet with live formulas: an auditor follows a tonne from cell to total."""

from __future__ import annotations

import io

import numpy as np
import xlsxwriter

from pathway_models.documents.word_fields import MAKER, MOMENT, stable_zip
from pathway_models.intake.names import headline, scenario_name
from pathway_models.language.words import INVENTED, say
from pathway_models.report.audit_base import Inventory
from pathway_models.report.audit_emissions import Emissions
from pathway_models.report.audit_path import Path
from pathway_models.report.audit_stated import stated_values
from pathway_models.report.audit_terms import FormulaBook
from pathway_models.report.inputs import ReportInputs

#: Text of the input is text: never a formula, a link or a number.
SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def to_xlsx(on: ReportInputs, given: str) -> bytes:
    """Write inventory and advised path of a park as a workbook of formulas.

    Parameters
    ----------
    on : ReportInputs
    given : str
        Id or path of the park's table, to begin with the values as written.

    Returns
    -------
    bytes
        The same for the same material; every formula carries the value it has.

    Raises
    ------
    PathwayError
        The path comes to other emissions than the package: the park has something the twin cannot follow.
    """
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, SAFE)
    workbook.set_properties(
        {"title": headline(on.park, on.lang), "author": MAKER, "created": MOMENT.replace(tzinfo=None)}
    )
    # A program that opens the file works everything out anew.
    workbook.set_calc_mode("auto")
    book = FormulaBook(workbook)
    front = workbook.add_worksheet(say(on.lang, en="read me", zh="说明"))
    base = Inventory(book, on.park, stated_values(given), on.lang).write()
    scenario, run = on.scenarios[on.chosen], on.manifest
    path = Path(book, on.park, scenario, base, seed=run.seed, until=run.until, lang=on.lang)
    difference = Emissions(path).write(*path.write())
    _front(front, book, on, float(np.abs(difference.values).max()))
    workbook.close()
    return stable_zip(out.getvalue())


def _front(sheet: xlsxwriter.worksheet.Worksheet, book: FormulaBook, on: ReportInputs, difference: float) -> None:
    """The first sheet: what this is, how to read it, and where it comes from."""
    lang, run = on.lang, on.manifest
    sheet.set_column(0, 0, 110)
    name = scenario_name(on.chosen, lang)
    lines = [(headline(on.park, lang), "title")]
    if on.park.invented:
        lines.append((say(lang, en=f"{INVENTED}: this park does not exist; its numbers are evidence of nothing.",
                          zh=f"{INVENTED}：本园区并不存在，数据不能作为任何证据。"), "mark"))  # fmt: skip
    lines += [
        (say(lang, en=f"Run {run.run_id}, seed {run.seed}, to {run.until}", zh=f"运行批次{run.run_id}，"
                                                                               f"随机种子{run.seed}，"
                                                                               f"至{run.until}年"), "wrap"),
        (say(lang, en="Blue numbers are given: values of the park's table, factors, parameters, growth of the"
                      " drivers. All"
                      " others are formulas; change a blue number and the tonnes change.",
             zh="蓝色数字为给定值：数据表数值、因子、参数和驱动因素的年变化；其余均为公式，改动蓝色数字，"
                "排放量随之变化。"), "wrap"),
        (say(lang, en="Follow a tonne: base data -> factors -> inventory -> drivers -> levers -> energy -> pathway.",
             zh="追踪一吨排放：基础数据→排放因子→排放清单→驱动因素→措施→能源路径→排放路径。"), "wrap"),
        (say(lang, en=f"The pathway is '{name}' with every uncertain input at its most likely value. It is one"
                      " path, not"
                      " the ensemble: when emissions peak, and how surely, is said by the report.",
             zh=f"路径为“{name}”，各不确定参数取众数。它只是一条路径，而不是集合：何时达峰、有多大把握，"
                "以报告为准。"), "wrap"),
        (say(lang, en=f"Largest relative difference from the package when written: {difference:.1e}",
             zh=f"写出时与程序的最大相对差：{difference:.1e}"), "wrap"),
    ]  # fmt: skip
    for row, (text, look) in enumerate(lines):
        sheet.write_string(row, 0, text, book.formats[look])
