import io
import os
import shutil

import pandas as pd
import pytest
from playwright.sync_api import Error

from benchmarks import latency, sessions, workbench
from benchmarks.browser import BenchmarkError, Server, chromium
from benchmarks.sessions import Made

ONE = {
    "p50_ms": 101.4,
    "p95_ms": 150.0,
    "slowest_ms": 160.0,
    "updates_per_s": 17.25,
    "sliders": 30,
    "moves": 24,
    "warm_up": 5,
    "auc_changed": 24,
    "chromium": "1",
}

# One component of two sliders. An answer draws curve and number, and later the bars; text beside
# them changes later still, and a question for news draws the same curve again.
PAGE = """
<div id="host"></div>
<script>
  const shadow = host.attachShadow({mode: "open"});
  shadow.innerHTML = `
    <div class="panel">
      <span class="status"></span>
      <p class="problem" hidden></p>
      <span id="card"></span>
      <div class="row"><input class="slider" type="range" min="-10" max="10" data-feature="a">
        <div class="bars"><div class="laat"></div></div></div>
      <div class="row"><input class="slider" type="range" min="-10" max="10" data-feature="b"></div>
      <div hidden><input class="slider" type="range" data-feature="closed"></div>
      <figure class="chart roc"><svg><g></g></svg></figure>
      <p id="other"></p>
    </div>`;
  const find = (selector) => shadow.querySelector(selector);
  // The page's own clock: when a move was made, its bars changed, and all was drawn as it was.
  let answers = 0, bars = true, keys = [], times = [];
  const draw = () => {
    find("#card").innerHTML = `<span class="laat-auc" data-model="laat">${answers}</span>`;
    find("g").innerHTML = `<path class="curve" data-model="laat" d="M0,${answers}">`;
  };
  const change = () => find(".laat").style.setProperty("--low", answers);
  const answer = (pressed) => {
    answers += 1;
    const time = {pressed};
    times.push(time);
    setTimeout(draw, 20);
    if (bars) setTimeout(() => { time.bars = performance.now(); change(); }, 60);
    setTimeout(() => { time.again = performance.now(); draw(); }, 180);
    setTimeout(() => find("#other").textContent = answers, 200);
  };
  shadow.addEventListener("keydown", (event) => {
    keys.push(`${event.target.dataset.feature} ${event.key}`);
    answer(event.timeStamp);
  });
  shadow.addEventListener("input", () => { answers += 1; draw(); });
</script>
"""


class FixedServer(Server):
    def memory_mb(self):
        return 100.0

    def cpu_seconds(self):
        return 1.0


@pytest.fixture(scope="module")
def browser():
    if shutil.which("chromium") is None:
        pytest.skip("no chromium on the path")
    with chromium() as browser:
        yield browser


@pytest.fixture
def window(browser):
    window = workbench.Window(browser.new_page())
    window.page.set_content(PAGE)
    window.watch()
    yield window
    window.close()


def ends_with_the_bars(move, time):
    """Neither with what is drawn again as it was nor with the text beside it, both later."""
    ended, rounding = time["pressed"] + move["milliseconds"], 1e-6
    return time["bars"] - rounding <= ended <= time["again"] + rounding


class TestWindow:
    def test_the_last_change_of_a_chart_ends_the_move(self, window):
        move = window.move(0)
        assert move["number"]
        assert ends_with_the_bars(move, *window.page.evaluate("times"))
        assert move["first"] == move["milliseconds"]

    def test_a_result_on_a_sample_is_not_the_last(self, window):
        window.page.evaluate(
            """shadow.addEventListener("keydown", () => {
              find(".status").textContent = "on a sample";
              setTimeout(() => {
                answer(times[0].pressed);
                setTimeout(() => find(".status").textContent = "", 70);
              }, 500);
            }, {once: true})"""
        )
        move = window.move(0)
        on_the_sample, on_all_rows = window.page.evaluate("times")
        assert ends_with_the_bars({"milliseconds": move["first"]}, on_the_sample)
        assert ends_with_the_bars(move, on_all_rows)

    def test_a_chart_that_stays_is_reported(self, window, monkeypatch):
        monkeypatch.setitem(workbench.WAITING, "patience", 400)
        window.page.evaluate("bars = false")
        with pytest.raises(Error, match="1 of 2 charts changed"):
            window.move(0)

    def test_sliders_in_reach_take_turns_and_then_go_back(self, window):
        for number in range(4):
            window.move(number)
        assert window.page.evaluate("keys") == [
            "a ArrowRight",
            "b ArrowRight",
            "a ArrowLeft",
            "b ArrowLeft",
        ]

    def test_a_slider_at_its_end_turns(self, window):
        window.page.evaluate("find('[data-feature=a]').value = 10")
        window.move(0)
        assert window.page.evaluate("keys") == ["a ArrowLeft"]

    def test_redraws_of_a_mouse_drag_are_counted(self, window):
        rates = window.drag(300)
        assert rates["curve"] == pytest.approx(rates["number"])
        assert 0 < rates["curve"] * 0.3 <= window.page.evaluate("answers")

    def test_redraws_of_a_drag_by_script_are_counted(self, window):
        window.start_drag(300)
        rates = window.drag_rates()
        assert rates["curve"] == pytest.approx(rates["number"])
        assert 0 < rates["curve"] * 0.3 <= window.page.evaluate("answers")

    def test_moves_by_script_are_timed_and_what_goes_wrong_is_kept(self, window, monkeypatch):
        monkeypatch.setattr(sessions, "LOOK_SECONDS", 0.05)
        server = FixedServer("", 0, io.StringIO())
        made = sessions.make_moves(server, [window], 0, 2)
        assert len(made.times) == 2
        assert made.server_seconds == 0
        times = window.page.evaluate("times")
        assert all(ends_with_the_bars(*both) for both in zip(made.times, times, strict=True))
        assert (made.unanswered, made.alerts, made.memory_mb) == ([], [], [100.0, 100.0])

        monkeypatch.setitem(workbench.WAITING, "patience", 300)
        window.page.evaluate(
            "bars = false; find('.problem').hidden = false; find('.problem').textContent = 'Oh'"
        )
        made = sessions.make_moves(server, [window], 2, 1)
        assert made.unanswered == ["1 of 2 charts changed within 300 ms"]
        assert made.alerts == ["Oh"]

    def test_errors_of_scripts_are_kept(self, window):
        with window.page.expect_event("pageerror"):
            window.page.evaluate("setTimeout(() => { throw new Error('broken'); })")
        assert window.errors == ["broken"]


def test_made_table_is_always_the_same(tmp_path):
    first = workbench.made_table(60, tmp_path).file.read_bytes()
    table = workbench.made_table(60, tmp_path)
    assert table.file.read_bytes() == first
    rows = pd.read_csv(table.file)
    assert rows.shape == (300, 61)
    assert set(rows[workbench.MADE_TARGET]) == {"yes", "no"}
    assert table.n_sliders == 60


@pytest.mark.parametrize("n_columns", [1, 2, 12])
def test_made_table_may_be_small(tmp_path, n_columns):
    assert pd.read_csv(workbench.made_table(n_columns, tmp_path).file).shape[1] == n_columns + 1


def test_bundled_table_has_a_slider_per_feature():
    assert workbench.bundled_table("breast_cancer").n_sliders == 30


def test_summary_is_over_all_pages():
    times = [{"milliseconds": ms, "first": ms - 1, "number": ms < 3} for ms in (1.0, 2.0, 3.0)]
    rates = [{"curve": 10.0, "number": 12.0}, {"curve": 20.0, "number": 14.0}]
    result = sessions.summary(Made(times, ["late"], server_seconds=0.2), rates)
    assert (result["p50_ms"], result["first_p50_ms"], result["slowest_ms"]) == (2, 1, 3)
    assert result["p95_ms"] == pytest.approx(2.9)
    assert result["auc_changed"] == 2
    assert result["server_cpu_ms_per_move"] == pytest.approx(50)
    assert result["updates_per_s"] == result["auc_updates_per_s"] == 13
    assert result["curve_updates_per_s"] == 15


def test_no_answer_at_all_is_an_error():
    with pytest.raises(BenchmarkError, match="0 of 2 charts"):
        sessions.summary(Made(unanswered=["0 of 2 charts changed"]), [])


def test_errors_are_counted_by_kind():
    log = f"started\n{sessions.TRACEBACK}:\n  one\n{sessions.TRACEBACK}:\n  two\n"
    made = [Made(unanswered=["late"]), Made(alerts=["Oh", "No"])]
    result = sessions.count_errors([], made, log)
    assert result["errors"] == 5
    assert result["errors_by_kind"] == {
        "page_errors": 0,
        "unanswered": 1,
        "alerts": 2,
        "tracebacks": 2,
    }
    assert result["error_messages"] == ["late", "Oh", "No", ":\n  one\n", ":\n  two\n"]


def test_one_person_is_shown_as_a_table():
    shown = latency.show(ONE)
    assert "| 50th percentile, ms                     |        101 |" in shown
    assert "| charts drawn anew in a drag, per second |       17.2 |" in shown


def test_several_people_are_shown_beside_one():
    several = {
        **ONE,
        "p50_ms": 202.8,
        "one_session": ONE,
        "sessions": 10,
        "ratio_to_one": 2.0,
        "errors_by_kind": {"unanswered": 2, "page_errors": 0},
        "memory_growth_mb": 3.25,
        "server_cpu_ms_per_move": 40.4,
    }
    shown = latency.show(several)
    assert "| 50th percentile, ms                     |        101 |        203 |" in shown
    words = " ".join(shown.split())
    assert "2.00 times the median of one alone" in words
    assert "memory grew by 3.2 MB" in words
    assert "The server computed 40 ms for each move." in words
    assert "Errors: 2 unanswered." in words
    quiet = {**several, "errors_by_kind": {"alerts": 0}, "memory_growth_mb": None}
    quiet["server_cpu_ms_per_move"] = None
    assert "is not known here" in " ".join(latency.show(quiet).split())
    assert "No errors." in latency.show(quiet)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        ([], (None, "breast_cancer", None, 1)),
        (["--runs", "3", "--table", "adult"], (3, "adult", None, 1)),
        (["--sliders", "60", "--sessions", "10"], (None, "breast_cancer", 60, 10)),
    ],
)
def test_arguments(monkeypatch, capsys, arguments, asked):
    called = []
    monkeypatch.setattr(latency, "measure", lambda *given: called.append(given) or ONE)
    latency.main(["--json", *arguments])
    assert called == [asked]
    assert '"p50_ms": 101.4' in capsys.readouterr().out


def test_either_a_bundled_table_or_a_made_one(capsys):
    with pytest.raises(SystemExit):
        latency.main(["--table", "adult", "--sliders", "60"])
    assert "not allowed with" in capsys.readouterr().err


def test_log_memory_and_time_of_the_server_are_read(tmp_path):
    with (tmp_path / "log").open("w+") as log:
        os.write(log.fileno(), b"one\n")
        server = Server("", os.getpid(), log)
        assert server.said() == "one\n"
        os.write(log.fileno(), b"two\n")
        assert server.said() == "one\ntwo\n"
        assert server.memory_mb() is None or server.memory_mb() > 10
        assert server.cpu_seconds() is None or server.cpu_seconds() > 0.1
    gone = Server("", 0, log)
    assert (gone.memory_mb(), gone.cpu_seconds()) == (None, None)
