"""The command line in English and Chinese: help, faults, refusals and tables."""

import ast
import csv
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from data_reading import rows_of

from pathway_models.batch.summary import summary_lines
from pathway_models.cli.main import COMMANDS, main
from pathway_models.console.cli_language import asked_language
from pathway_models.console.common_options import working
from pathway_models.console.screen import counts, fault_lines, screen_lines, width_of, wrapped
from pathway_models.core.errors import BatchError, Fault, InputError
from pathway_models.intake.messages import (
    BLANK,
    cause_in,
    error_text,
    fault_in,
    fault_text,
    lacking,
    read_catalogue,
    translated,
)
from pathway_models.runs.folders import Outcome

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = TESTS.parent / "pathway_models"
BAD = TESTS / "data" / "bad_workbooks"
CHINESE = re.compile("[\u4e00-\u9fff]")
SHARE = Fault("a.xlsx", "2019!C84", "150", "at most 100 %", "correct the value", code="share_high")


def call(*words, **environment):
    cleared = {"PATHWAYS_LANG": None, "LC_ALL": "C.UTF-8", **environment}
    return CliRunner().invoke(main, list(words), env=cleared, prog_name="pathways", terminal_width=80)


def recorded_messages():
    with (BAD / "messages.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["message"].removeprefix("expected ") for row in csv.DictReader(file)})


def texts_of(node):
    """Texts that an expression may be; blanks are filled with digits."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "2019" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from texts_of(node.body)
        yield from texts_of(node.orelse)


def written_texts(tree):
    """Texts given to ``Fault`` as what was expected and what to do, directly or by names of that meaning."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "Fault":
            named = [word.value for word in node.keywords if word.arg in ("expected", "remedy")]
            for value in [*node.args[3:5], *named]:
                yield from texts_of(value)
        elif isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            pairs = (
                zip(target.elts, value.elts, strict=False)
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
                else [(target, value)]
            )
            for name, given in pairs:
                if getattr(name, "id", "") in ("expected", "remedy"):
                    yield from texts_of(given)


# the catalogue


@pytest.mark.parametrize("message", recorded_messages())
def test_every_recorded_fault_of_a_workbook_has_a_chinese_text(message):
    assert lacking(message) == [], "add the clause to data/messages/faults_zh.yml"


@pytest.mark.parametrize(
    "file", sorted(PACKAGE.glob("*/**/*.py")), ids=lambda file: file.relative_to(PACKAGE).as_posix()
)
def test_every_text_that_is_given_to_a_fault_has_a_chinese_one(file):
    code = file.read_text(encoding="utf-8")
    is_to_read = any(word in code for word in ("Fault", "expected", "remedy"))  # most need not be parsed
    texts = set(written_texts(ast.parse(code))) if is_to_read else ()
    missing = sorted({clause for text in texts for clause in lacking(text)})
    assert missing == [], "add the clauses to data/messages/faults_zh.yml"


@pytest.mark.parametrize("name", ["faults", "cli", "tables"])
def test_a_chinese_text_fills_the_same_blanks(name):
    _, templates = read_catalogue(name)
    assert templates
    wrong = [
        template.chinese
        for template in templates
        if {f"b{blank}" for blank in BLANK.findall(template.chinese)} - set(template.pattern.groupindex)
    ]
    assert wrong == []


def test_filled_in_names_are_translated_and_values_kept():
    text = "bituminous coal in 2019; it is 2.81: check value and unit"
    assert translated(text, "zh") == "2019年的烟煤；为2.81：请核对数值和单位"


def test_a_clause_that_the_catalogue_lacks_stays_english_and_is_named():
    text = "a value above 0; something nobody has translated"
    assert translated(text, "zh") == "大于0的值；something nobody has translated"
    assert lacking(text) == ["something nobody has translated"]


def test_english_is_never_touched():
    assert translated("correct it", "en") == "correct it"
    assert fault_in(SHARE, "en") is SHARE
    assert fault_text(SHARE, "en") == str(SHARE)


# errors


def test_a_fault_is_told_with_file_place_value_and_remedy():
    assert fault_text(SHARE, "zh") == "a.xlsx，2019!C84 = '150'：应不超过100%；请更正该值"


def test_all_faults_of_an_input_are_told_together():
    lines = error_text(InputError([SHARE, SHARE]), "zh").splitlines()
    assert lines[0] == "输入中有2处问题："
    assert len(lines) == 3


def test_a_refusal_is_told():
    assert (
        error_text(BatchError("no park to run: name parks or ask for all"), "zh")
        == "没有要运行的园区：请指明园区或选择全部"
    )


def test_the_cause_of_a_failure_keeps_the_cell():
    cause = (
        "a.xlsx, 2019!C84 = '150': expected at most 100 %; correct the value (and 2 more faults; see 'pathways check')"
    )
    assert (
        cause_in(cause, "zh") == "a.xlsx, 2019!C84 = '150'：应不超过100%；请更正该值（另有2处问题，见'pathways check'）"
    )


# tables


def test_the_fault_table_has_chinese_heads_severities_and_counts():
    lines = list(fault_lines([SHARE], 80, "zh"))
    assert lines == ["级别      位置      数值：要求；处理办法", "错误      2019!C84  150：应不超过100%；请更正该值"]
    assert counts([SHARE], "zh") == "错误1处，警告0处，说明0处"


@pytest.mark.parametrize("room", [20, 33, 60])
def test_no_line_is_wider_than_the_terminal_in_either_language(room):
    names = "area_planned, gross_output; a_word_longer_than_any_line_of_the_terminal_at_hand"
    text = f"应为不填其他内容；已记录并核对，不计入排放：{names}"
    lines = wrapped(text, room)
    assert max(map(width_of, lines)) <= room
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("room", [60, 80, 120])
def test_a_table_fits_the_terminal_and_loses_nothing(room):
    years = [str(year) for year in range(2010, 2023)]
    rows = [["tCO2/年", *years, "依据"], ["范围一", *("239,580,088.1" for _ in years), "应为0或以上的数值，" * 9]]
    lines = screen_lines(rows, room)
    assert max(map(width_of, lines)) <= room
    said = "".join(lines)
    assert all(said.count(year) == 1 for year in years)
    assert said.count("239,580,088.1") == len(years)
    assert said.count("应") == 9
    short = screen_lines([("园区", "概率"), ("甲", "5 %"), ("乙", "55 %")], room)
    assert short == ["园区  概率", "甲     5 %", "乙    55 %"], "numbers stand to the right"


def test_a_bar_is_shown_on_a_terminal_only(capsys, monkeypatch):
    with working(2, "first") as stage:
        stage("second")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with working(2, "first") as stage:
        stage("second")
    out, err = capsys.readouterr()
    assert not out
    assert "first" in err
    assert "second" in err


SHARES = ("2030年前，%", "已达峰，%", "未来达峰，%", "尚可争取，%")


def test_the_summary_of_a_run_is_told_in_chinese():
    row = {
        "park_id": "demo-steel",
        "invented": "true",
        "scenario": "one",
        "last_observed_year": "2020",
        "emissions_last_tco2": "15536771",
        "peak_status": "ahead",
        "peak_year_p50": "2031",
        "peak_year_p05": "2025",
        "peak_year_p95": ">2055",
        "p_peak_before_2030": "0.42",
        "p_past": "0.3",
        "p_ahead": "0.12",
        "p_ahead_given_not_past": "0.171",
        "p_se": "0.016",
    }
    outcomes = [Outcome("demo-steel", "done", 1.0, ""), Outcome("own", "refused", 0.0, str(SHARE))]
    head, line, failure, last = summary_lines([row], outcomes, "zh")
    assert head.split() == ["园区", "情景", *SHARES, "达峰年90%区间"]
    assert line.split() == ["demo-steel*", "one", "42", "±1.6", "30", "12", "17", "2025", "-", ">2055"]
    assert "未接受：a.xlsx, 2019!C84 = '150'：应不超过100%" in failure
    assert last == "完成1个，共2个园区；其中1个为虚构示范园区（*）"


# the language of a call


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ([], {}, "en"),
        (["list", "--lang", "zh"], {}, "zh"),
        (["--lang=zh", "list"], {}, "zh"),
        (["list", "--lang", "zh", "--lang", "en"], {}, "en"),
        (["list", "--", "--lang", "zh"], {}, "en"),
        (["list"], {"PATHWAYS_LANG": "zh"}, "zh"),
        (["list", "--lang", "en"], {"PATHWAYS_LANG": "zh"}, "en"),
        (["list"], {"LANG": "zh_CN.UTF-8"}, "zh"),
        (["list"], {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        (["list"], {"PATHWAYS_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
        (["list"], {"PATHWAYS_LANG": "fr"}, "en"),
    ],
)
def test_words_of_the_call_go_before_the_variable_and_that_before_the_locale(words, environment, language):
    assert asked_language(words, environment) == language


@pytest.mark.parametrize("where", [("--lang", "zh", "list"), ("list", "--lang", "zh")])
def test_the_list_is_told_in_chinese_wherever_the_option_stands(where):
    done = call(*where)
    assert done.exit_code == 0
    entries, with_data = (
        len(rows := rows_of(TESTS.parent / "data" / "parks.csv")),
        sum(bool(row["table"]) for row in rows),
    )
    assert done.output.splitlines()[-1] == f"共{entries}个，其中{with_data}个有数据"
    assert "no data yet" not in done.output
    assert "INVENTED / 虚构" in done.output, "an invented park is marked in both languages"


def test_a_check_in_chinese_says_the_same_cells():
    file = str(BAD / "share_above_one.xlsx")
    english, chinese = call("check", file), call("check", file, "--lang", "zh")
    assert english.exit_code == chinese.exit_code == 1
    cells = re.findall(r"\d{4}!C\d+", english.output)
    assert re.findall(r"\d{4}!C\d+", chinese.output) == cells != []
    assert "应不超过100%；请更正该值" in chinese.output
    assert "expected" not in chinese.output


def test_a_variable_chooses_the_language():
    assert "共" in call("list", PATHWAYS_LANG="zh").output


def test_one_call_does_not_leave_its_language_to_the_next():
    call("--lang", "zh", "list")
    assert "entries" in call("list").output


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_is_in_chinese(command):
    done = call("--lang", "zh", command, "--help")
    assert done.exit_code == 0, done.output
    head, _, options = done.output.partition("选项:")
    paragraphs = [part for part in head.split("\n\n")[1:] if part.strip()]
    assert [part for part in paragraphs if not CHINESE.search(part)] == [], "add them to data/messages/cli_zh.yml"
    meanings = [line for line in options.splitlines() if re.match(r"  -\S.*\S {2,}\S", line)]
    english = [line for line in meanings if re.search(r" {2,}[A-Z]?[a-z]+ [a-z]+ ", line) and not CHINESE.search(line)]
    assert english == [], "add them to data/messages/cli_zh.yml"
    assert max(map(width_of, done.output.splitlines())) <= 80


def test_help_in_english_is_as_click_writes_it():
    done = call("check", "--help")
    assert done.output.startswith("Usage: pathways check [OPTIONS] FILE|PARK...")
    assert not CHINESE.search(done.output)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "错误：没有命令'chek'，是否指'check'？"),
        (["list", "--wrong"], "错误：没有选项"),
        (["decide"], "错误：缺少参数'PARK'。"),
        (["run"], "错误：请指明园区，或加--all"),
        (["run", "--members", "x"], "错误：'--members'的值无效：'x'不是整数。"),
        (["summarise", "nowhere"], "错误：'FOLDER'的值无效：文件夹'nowhere'不存在。"),
        (["decide", "--by", "x"], "错误：'--by'的值无效：'x'不是下列之一：'measure', 'family', 'lever'。"),
    ],
)
def test_a_wrong_call_is_told_in_chinese_with_exit_code_2(words, said):
    done = call("--lang", "zh", *words)
    assert done.exit_code == 2
    assert said in done.output
    assert "用法：" in done.output


@pytest.mark.slow
def test_before_the_command_the_option_is_also_the_language_of_what_is_written(tmp_path):
    file = tmp_path / "park.xlsx"
    assert call("--lang", "en", "template", str(file)).exit_code == 0
    assert call("template", str(tmp_path / "other.xlsx"), PATHWAYS_LANG="en").exit_code == 0
    import openpyxl

    assert "Park" in openpyxl.load_workbook(file).sheetnames
    assert "园区" in openpyxl.load_workbook(tmp_path / "other.xlsx").sheetnames, "the variable is for messages only"


def test_a_park_that_is_not_known_is_refused_in_chinese_by_every_command():
    for command in ("run", "decide", "check"):
        told = call("--lang", "zh", command, "province-hebei").output
        assert "应为园区名录中的园区，如region-hebei" in told, command
        assert "expected" not in told


def test_places_and_missing_files_are_told_in_chinese(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHWAYS_LANG", "zh")
    table = tmp_path / "own.csv"
    table.write_text(
        "year,sector,quantity,item,value,unit,source,confidence,note\n2019,park,energy,raw_coal,x,t,a,b,\n", "utf-8"
    )
    told = CliRunner().invoke(main, ["check", str(table)]).output
    assert [word in told for word in ("第2行", "没有这个文件", "line 2", "No such file")] == [True, True, False, False]
