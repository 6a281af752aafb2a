import json
import sys
from subprocess import CompletedProcess

import pytest

from benchmarks import report
from benchmarks.command import ROOT

MACHINE = {"machine": {"cpu": "one", "cores": 2}}
LATENCY = {
    "p50_ms": 1.0,
    "p95_ms": 2.0,
    "slowest_ms": 3.0,
    "updates_per_s": 17.0,
    "sliders": 30,
    "moves": 24,
    "warm_up": 5,
    "auc_changed": 24,
    "chromium": "1",
    **MACHINE,
}
STARTUP = {
    "python_ms": 1.0,
    "import_ms": 2.0,
    "server_ms": 3.0,
    "app_ms": 4.0,
    "runs": 5,
    "chromium": "1",
    **MACHINE,
}


def test_document_has_machine_and_sections():
    text = report.document({"latency": LATENCY, "startup": STARTUP})
    assert "| cpu" in text
    assert "`python -m benchmarks.latency`" in text
    assert "`python -m benchmarks.startup`" in text


def test_report_writes_what_the_commands_print(monkeypatch, tmp_path, capsys):
    commands = []

    def run(command, **_):
        commands.append(command)
        return CompletedProcess(command, 0, json.dumps(LATENCY))

    monkeypatch.setattr(report.subprocess, "run", run)
    file = tmp_path / "timings.md"
    report.main(["--only", "latency", "--runs", "3", "--output", str(file)])
    assert commands == [[sys.executable, "-m", "benchmarks.latency", "--json", "--runs", "3"]]
    assert file.read_text(encoding="utf-8").startswith("# Timings")
    assert "# Timings" in capsys.readouterr().out


MODULES = {section.module.__name__ for section in report.SECTIONS.values()}
OTHERS = {f"benchmarks.{name}" for name in ("accuracy", "asking", "recipes", "report")}


@pytest.mark.parametrize("name", sorted(MODULES | OTHERS))
def test_every_command_says_how_it_is_run(name):
    text = (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert f"``python -m {name}``" in text
    assert 'if __name__ == "__main__":' in text
