"""Tables and refusals of every command for a reader of Chinese; what machines read stays English."""

import csv

import pytest
from test_bilingual_cli import BAD, CHINESE, TESTS, call

from pathway_models.cli.main import COMMANDS
from pathway_models.guard.comparing import COLUMNS
from pathway_models.intake.messages import lacking
from pathway_models.intake.plans.investments import COLUMNS as PROJECTS


def series(folder):
    path = folder / "series.csv"
    rows = [f"A,{year},{100 + (year - 2000 if year < 2010 else 20 - year % 10)}" for year in range(2000, 2019)]
    path.write_text("\n".join(["entity,year,value", *rows]) + "\n", encoding="utf-8")
    return str(path)


def panel(folder):
    """Invented regions whose emissions only grow."""
    path = folder / "panel.csv"
    rows = [
        f"region {at},{year},{1e6 * (1 + 0.01 * at) ** (year - 2000) * (1 + 0.02 * ((year * (at + 3)) % 5)):.0f}"
        for at in range(12)
        for year in range(2000, 2014)
    ]
    path.write_text("\n".join(["entity,year,emissions_tco2", *rows]) + "\n", encoding="utf-8")
    return str(path)


def figures(folder, share):
    path = folder / f"figures_{share}.csv"
    figure = {"park": "A", "scenario": "bau", "quantity": "p_peak_before_2030", "year": "0", "value": share}
    head = (*COLUMNS, "value")
    line = ",".join(figure[name] for name in head)
    path.write_text(f"{','.join(head)}\n{line}\n", encoding="utf-8")
    return str(path)


def economy(folder):
    lines = ["entity,year,value,gdp,区划", "甲,2000,10,1,x", "甲,2014,9,2,y", "乙,2000,10,1,z", "乙,2014,9,,z"]
    (folder / "economy.csv").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "economy.csv")


def projects(folder):
    path = folder / "mine.investments.csv"
    line = "屋顶光伏,电力公司,光伏,2026,2,20,90,100,120,8,12,15,5,,,green_power,,虚构,invented"
    path.write_text("\n".join([",".join(PROJECTS), line]) + "\n", encoding="utf-8")
    return str(path)


FEW = ("--members", "4", "--until", "2035")
#: Command -> words of its call in a folder, Chinese heads of its table, English ones that must be gone.
TABLES = {
    "list": (lambda folder: [], (), ("no data yet", "entries")),
    "check": (
        lambda folder: [str(BAD / "share_above_one.xlsx")],
        ("级别", "位置", "处理办法"),
        ("severity",),
    ),
    "judge": (lambda folder: [series(folder)], ("规则", "判定", "达峰年", "依据"), ("verdict", "maximum in")),
    "economy": (
        lambda folder: [economy(folder)],
        ("对象", "状态", "强脱钩", "未给出：", "提示：未使用的列："),
        ("entity", "decoupling", "given", "note"),
    ),
    "hindcast": (
        lambda folder: ["--panel", panel(folder), "--record", "5", "--horizon", "3", "--quick"],
        ("提前年数", "预测数", "覆盖率90%", "偏差"),
        ("forecasts", "coverage", "bias", "held out"),
    ),
    "guard": (
        lambda folder: [figures(folder, "1.5")],
        ("判定", "检查", "未通过 / 比较", "理由"),
        ("verdict", "BREACHED", "breaches"),
    ),
    "compare": (
        lambda folder: [figures(folder, "0.5"), figures(folder, "0.9")],
        ("园区", "变化数", "情景", "之前", "之后", "容差倍数"),
        (" before", "changes", "figures changed"),
    ),
    "reproduce": (
        lambda folder: ["lmdir_example"],
        ("已复现：", "发表值", "本包计算值", "差值", "容差", "单位"),
        ("verdict", "tolerance  ", "published values"),
    ),
    "nowcast": (
        lambda folder: ["Hebei", "--members", "20", "--no-score"],
        ("省份", "2019年（观测）", "现状推算", "变化，%", "河北"),
        ("province", "observed", "nowcast", "Hebei"),
    ),
    "comply": (
        lambda folder: ["demo-electronics"],
        ("指标", "性质", "数值", "要求", "结论", "原因", "缺少的输入"),
        ("indicator", "verdict", "met", "guiding"),
    ),
    "budget": (
        lambda folder: ["demo-cement", "--members", "20"],
        ("允许排放", "累计超支概率", "期末超支", "碳预算"),
        ("allowed", "overrun", "budget"),
    ),
    "carboncost": (
        lambda folder: ["demo-cement", "--exported", "1000", "--members", "4"],
        ("百万/年", "情景", "币种", "欧盟碳边境调节", "配额："),
        ("scenario", "currency", "allowances"),
    ),
    "projects": (
        lambda folder: ["demo-electronics", "--investments", projects(folder), "--members", "4"],
        ("项目", "净现值", "内部收益率", "投资回收期", "对应措施或负荷", "未填报"),
        ("payback", "project ", "not stated"),
    ),
    "account": (
        lambda folder: ["demo-electronics"],
        ("外购电力", "绿色电力", "合计"),
        ("purchased", "market", "total"),
    ),
    "fleet": (
        lambda folder: ["demo-steel", "demo-cement", "--scenarios", "bau", *FEW],
        ("达峰年", "惯常情景"),
        ("peak year", "members"),
    ),
    "track": (
        lambda folder: ["demo-cement", "--format", "html", "--out", str(folder), *FEW],
        ("指标", "2020年报告值", "2021年目标", "变化"),
        ("quantity", "target", "reported"),
    ),
    "cobenefits": (
        lambda folder: ["demo-cement", "--allow-background", "--year", "2030", *FEW],
        ("情景",),
        ("scenario", "members"),
    ),
}
#: What the other commands print has tests of its own, or is no table.
WITHOUT_TABLE = {"levers", "score", "template", "explore", "report", "export", "run", "summarise", "decide", "verify"}


def test_every_command_has_its_table_tested_or_has_none():
    assert set(COMMANDS) == set(TABLES) | WITHOUT_TABLE


@pytest.mark.slow
@pytest.mark.parametrize("command", TABLES)
def test_the_table_of_a_command_is_in_chinese_for_a_reader_of_chinese(command, tmp_path):
    words, heads, gone = TABLES[command]
    done = call(command, *words(tmp_path), PATHWAYS_LANG="zh")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    assert CHINESE.search(done.output)
    assert [head for head in heads if head not in done.output] == []
    assert [word for word in gone if word in done.output] == []


@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_machines_read_is_english_in_every_language(form, tmp_path):
    file = series(tmp_path)
    english = call("judge", file, "--format", form)
    assert call("--lang", "zh", "judge", file, "--format", form).output == english.output
    assert "verdict" in english.output


@pytest.mark.slow
def test_every_finding_of_every_rule_has_a_chinese_text(tmp_path):
    from pathway_models.intake.panels import read_series
    from pathway_models.peaks.judging import judge

    table = read_series(series(tmp_path), "entity", "year", "value")
    found = [detail for as_of in range(1999, 2019) for detail in judge(table, None, as_of)["detail"]]
    assert len(set(found)) > 50
    missing = {clause for detail in found for clause in lacking(detail, "tables")} - {"Spearman"}
    assert missing == set(), "add them to data/messages/tables_zh.yml"


@pytest.mark.parametrize("file", ["hindcast_summary", *(f"hindcasts/{name}" for name in ("peaks", "combination"))])
def test_every_column_of_a_hindcast_has_a_chinese_head(file):
    with (TESTS.parent / "data" / f"{file}.csv").open(encoding="utf-8", newline="") as table:
        columns = next(csv.reader(table))
    missing = [name for name in columns if name != "version" and lacking(name, "tables")]
    assert missing == [], "add them to data/messages/tables_zh.yml"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["fleet", "demo-steel", "region-d"],
            "园区与区域从不相加，因为园区位于区域之内：demo-steel与region-d；请只给一类",
        ),
        (["fleet", "--kind", "x", "--members", "1"], "--kind 'x'：应为park或region；--members 1：应为2或以上"),
        (["fleet", "demo-steel", "--scenarios", "nix"], "--scenarios：没有'nix'；现有：bau, "),
        (["fleet", "demo-steel", "--before", "2010"], "--before 2010：应为2022年或更晚，记录止于2020年"),
        (["track", "demo-steel", "region-d"], "demo-steel：新表不能接续旧表：部门为"),
        (["track", "demo-steel", "--until", "2019"], "demo-steel：到2019年已无可预测的年份"),
    ],
)
def test_refusals_of_fleet_and_track_are_in_chinese(words, said):
    done = call("--lang", "zh", *words)
    assert done.exit_code != 0
    assert said in done.output
