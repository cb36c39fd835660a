"""The audit workbook: a spreadsheet of live formulas in which an auditor traces a tonne from cell to total."""

import io

import numpy as np
import xlsxwriter

from pathway_models.core.sheet_text import SAFE
from pathway_models.documents.word_fields import MAKER, MOMENT, stable_zip
from pathway_models.intake.names import headline, scenario_name
from pathway_models.language.words import INVENTED, say
from pathway_models.report.audit_formulas import FormulaBook
from pathway_models.report.audit_inventory import InventorySheets, read_stated_values
from pathway_models.report.audit_pathway import PathwaySheets
from pathway_models.report.inputs import ReportInputs

#: Text of the input is text: never a formula, a link or a number.
OPTIONS = {**SAFE, "strings_to_numbers": False, "in_memory": True}


def to_xlsx(inputs: ReportInputs, given: str) -> bytes:
    """Write inventory and advised path of a park as a workbook of formulas.

    Parameters
    ----------
    inputs : ReportInputs
    given : str
        Id or path of the park's table, from which the values as written are read.

    Returns
    -------
    bytes
        Equal bytes for equal inputs; every formula carries its value.

    Raises
    ------
    PathwayError
        The path does not reproduce the emissions of the package: the workbook cannot represent something in the park.
    """
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, OPTIONS)
    workbook.set_properties(
        {"title": headline(inputs.park, inputs.lang), "author": MAKER, "created": MOMENT.replace(tzinfo=None)}
    )
    # A program that opens the file recalculates everything.
    workbook.set_calc_mode("auto")
    book = FormulaBook(workbook)
    front = workbook.add_worksheet(say(inputs.lang, en="read me", zh="说明"))
    base = InventorySheets(book, inputs.park, read_stated_values(given), inputs.lang).write()
    scenario, run = inputs.scenarios[inputs.chosen], inputs.manifest
    path = PathwaySheets(book, inputs.park, scenario, base, seed=run.seed, until=run.until, lang=inputs.lang)
    _front(front, book, inputs, float(np.abs(path.write().values).max()))
    workbook.close()
    return stable_zip(out.getvalue())


def _front(sheet: xlsxwriter.worksheet.Worksheet, book: FormulaBook, inputs: ReportInputs, difference: float) -> None:
    """Write the first sheet: purpose, reading guide and origin."""
    lang, run = inputs.lang, inputs.manifest
    sheet.set_column(0, 0, 110)
    name = scenario_name(inputs.chosen, lang)
    lines = [(headline(inputs.park, lang), "title")]
    if inputs.park.invented:
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
