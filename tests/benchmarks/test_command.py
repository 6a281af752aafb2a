import json

import pytest

from benchmarks.command import markdown_table, paragraph, run_timing, signed, write_document


def test_table_is_aligned_markdown():
    assert markdown_table(["name", "ms"], [("a", 1.5), ("longer", 20)]).splitlines() == [
        "| name   |  ms |",
        "| ------ | --: |",
        "| a      | 1.5 |",
        "| longer |  20 |",
    ]


@pytest.mark.parametrize(
    ("points", "text"), [(1.26, "+1.3"), (-1.26, "−1.3"), (0.04, "0.0"), (-0.04, "0.0")]
)
def test_signed(points, text):
    assert signed(points) == text


def test_paragraph_indents_a_point_of_a_list():
    first, *others = paragraph("- " + "word " * 60).splitlines()
    assert first.startswith("- word")
    assert all(line.startswith("  word") for line in others)


def test_json_stands_alone(capsys):
    run_timing("x", lambda runs: {"runs": runs}, str, 5, ["--json", "--runs", "2"])
    assert json.loads(capsys.readouterr().out) == {"runs": 2}


def test_a_run_is_needed(capsys):
    with pytest.raises(SystemExit):
        run_timing("x", lambda runs: {"runs": runs}, str, 5, ["--runs", "0"])
    assert "at least 1" in capsys.readouterr().err


def test_document_is_written_and_printed(tmp_path, capsys):
    file = tmp_path / "x.md"
    write_document("x", lambda: {"a": 1}, lambda result: f"a is {result['a']}\n", file, [])
    assert file.read_text(encoding="utf-8") == "a is 1\n"
    assert "a is 1" in capsys.readouterr().out


def test_json_writes_no_document(tmp_path, capsys):
    file = tmp_path / "x.md"
    write_document("x", lambda: {"a": 1}, str, file, ["--json"])
    assert json.loads(capsys.readouterr().out) == {"a": 1}
    assert not file.exists()
