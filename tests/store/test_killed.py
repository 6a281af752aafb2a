import signal
import threading

import pytest

from laat_core import load_dataset
from laat_core.store.events import first_broken
from laat_core.store.projects import Projects, read_events, read_tables
from tests.store import child

# Says what is acknowledged, and only then.
BURST = """
from laat_core.store.database import Database
from laat_core.store.projects import Projects
project = Projects(Database(arguments[0])).open(arguments[1])
value = 0.0
for number in range(1, 100_000):
    new = number % 2000 / 100 - 10
    assert project.edit({"age": (value, new)}, why=f"move {number}") == []
    value = new
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_loses_no_acknowledged_edit(url, database):
    project = Projects(database).create("Heart", load_dataset("heart"))
    process = child.start(BURST, url, project.id)
    assert process.stdout.readline() == "1\n", process.communicate(timeout=60)[1]
    # Another tab goes on meanwhile, and after.
    stop, mine = threading.Event(), []

    def move():
        value = 0.0
        while not stop.is_set():
            new = len(mine) % 20 / 2 - 5
            assert project.edit({"max_heart_rate": (value, new)}) == []
            mine.append(new)
            value = new
            stop.wait(0.001)

    thread = threading.Thread(target=move)
    thread.start()
    for _ in range(50):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    # By the same reader: it may hold lines already, which communicate would pass over.
    acknowledged = 51 + len(process.stdout.read().split("\n")[:-1])
    process.communicate(timeout=60)
    before = len(mine)
    while len(mine) < before + 5 and thread.is_alive():
        thread.join(0.01)
    stop.set()
    thread.join()
    assert len(mine) >= before + 5

    again = Projects(database).open(project.id)
    reasons = [event.content["why"] for event in again.history.events if event.kind == "edited"]
    theirs = [reason for reason in reasons if reason]
    # One more may have been kept, of which nobody was told any more.
    assert len(theirs) in (acknowledged, acknowledged + 1)
    assert theirs == [f"move {number}" for number in range(1, len(theirs) + 1)]
    assert again.history.value("max_heart_rate") == mine[-1]
    with database.reading() as connection:
        tables = read_tables(connection, [again.history.table_hash])
        assert first_broken(read_events(connection, project.id), tables) is None
