import io
import json
import tracemalloc
import warnings
from dataclasses import replace
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest

from laat_core import load_dataset, load_proposal
from laat_core.errors import ChainError, StoreError
from laat_core.store import archive
from laat_core.store.archive import export_project, import_project
from laat_core.store.events import canonical_json, event_after, sha256
from laat_core.store.projects import Projects

TASK = load_dataset("heart")


@pytest.fixture
def projects(database):
    return Projects(database, "ann")


@pytest.fixture
def project(projects):
    project = projects.create("Heart", TASK)
    project.add_proposal("recorded", load_proposal("heart").scores)
    project.use("recorded")
    project.edit({"age": (project.history.value("age"), 1)}, why="größer")
    project.change_task(replace(TASK, positive_class=TASK.negative_class))
    return project


def parts(project):
    with ZipFile(io.BytesIO(export_project(project))) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(files):
    stream = io.BytesIO()
    with warnings.catch_warnings(), ZipFile(stream, "w") as file:
        warnings.simplefilter("ignore")  # two files of one name
        for name, content in files.items() if isinstance(files, dict) else files:
            file.writestr(name, content)
    return stream.getvalue()


def chained(project, *entries):
    """The files of a project whose chain goes on with these events, as a stranger may write it."""
    events = list(project.history.events)
    for kind, content in entries:
        events.append(event_after(events[-1], "eve", kind, content))
    lines = "".join(canonical_json(vars(event)) + "\n" for event in events)
    return {**parts(project), "events.jsonl": lines.encode()}


def refused(projects, content, said):
    before = len(projects.listed())
    with pytest.raises(StoreError, match=said) as caught:
        import_project(content, projects)
    assert "\n" not in str(caught.value)
    assert len(projects.listed()) == before


def test_a_project_survives_as_a_file(database, projects, project):
    projects.rename(project.id, "Herz")
    project.refresh()
    content = export_project(project)
    same = import_project(content, Projects(database, "bob"))
    assert same.id != project.id
    assert same.title == "Herz"
    assert same.history.events == project.history.events
    assert same.history.scores.as_dict() == project.history.scores.as_dict()
    assert same.task.labels.tolist() == project.task.labels.tolist()
    assert export_project(same) == content
    same.undo() if same.history.next_undo else same.edit({"age": (-1, 2)})
    assert same.history.last.who == "bob"


@pytest.mark.any_database
def test_the_file_can_be_read_by_anybody(project):
    files = parts(project)
    assert list(files) == [
        "project.json",
        "events.jsonl",
        f"tables/{project.history.table_hash}.parquet",
    ]
    assert json.loads(files["project.json"]) == {"format": 1, "title": "Heart"}
    lines = files["events.jsonl"].decode().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == [
        "opened", "proposal", "used", "edited", "task",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("project.json"), "holds no project.json"),
        (lambda files: files.pop("events.jsonl"), "holds no events.jsonl"),
        (lambda files: files.update({"../events.jsonl": b""}), "'../events.jsonl', which no"),
        (lambda files: files.update({"/etc/passwd": b""}), "'/etc/passwd', which no"),
        (lambda files: files.update({"tables/": b""}), "'tables/', which no"),
        (lambda files: files.update({"tables/x.parquet": b""}), "which no project has"),
        (lambda files: files.update({"tables/" + "a" * 64 + ".parquet": b""}), "does not name"),
        (lambda files: files.update({f"{n}.txt": b"" for n in range(20)}), "holds 23 files"),
        (lambda files: files.update({"project.json": b"{"}), "project.json is no JSON"),
        (lambda files: files.update({"project.json": b"\xff"}), "project.json is no JSON"),
        (lambda files: files.update({"project.json": b"[" * 10**5}), "project.json is no JSON"),
        (lambda files: files.update({"project.json": b'{"format": 2}'}), "another version"),
        (lambda files: files.update({"project.json": b'{"format": 1}'}), "what the project is"),
        (
            lambda files: files.update({"project.json": b'{"format": 1, "title": "a\\nb"}'}),
            "one line",
        ),
        (lambda files: files.update({"events.jsonl": b""}), "holds no events"),
        (lambda files: files.update({"events.jsonl": b"{}\n"}), "Event 1 in the file has not"),
        (lambda files: files.update({"events.jsonl": b"[1]\n"}), "Event 1 in the file has not"),
    ],
)
@pytest.mark.any_database
def test_files_of_another_form_are_refused(projects, project, change, said):
    files = parts(project)
    change(files)
    refused(projects, packed(files), said)


@pytest.mark.any_database
def test_two_files_of_one_name_are_refused(projects, project):
    files = list(parts(project).items())
    refused(projects, packed([*files, files[1]]), "two files of one name")


@pytest.mark.any_database
def test_a_link_is_refused(projects, project):
    files = parts(project)
    link = ZipInfo("events.jsonl")
    link.external_attr = 0o120777 << 16
    content = files.pop("events.jsonl")
    refused(projects, packed([*files.items(), (link, content)]), "is a link")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"x" * 1000])
@pytest.mark.any_database
def test_what_is_no_zip_is_refused(projects, content):
    refused(projects, content, "no zip|holds no")


@pytest.mark.any_database
def test_a_damaged_zip_is_refused(projects, project):
    content = bytearray(export_project(project))
    for position in range(60, 200):
        content[position] ^= 255
    refused(projects, bytes(content), "no zip of a project, or is damaged")


@pytest.mark.any_database
def test_a_file_that_unpacks_to_too_much_is_refused_unread(monkeypatch, projects, project):
    content = export_project(project)
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10_000)
    monkeypatch.setattr(ZipFile, "read", None)
    refused(projects, content, "unpacks to more than")


@pytest.mark.any_database
def test_a_file_that_lies_about_its_size_is_refused(projects, project):
    files = {**parts(project), "project.json": b" " * 1000}
    content = packed(files)
    lies = content.replace((1000).to_bytes(4, "little"), (5).to_bytes(4, "little"))
    assert lies != content
    refused(projects, lies, "damaged")


@pytest.mark.any_database
def test_a_large_file_and_many_events_are_refused(monkeypatch, projects, project):
    content = export_project(project)
    monkeypatch.setattr(archive, "MOST_EVENTS", 3)
    refused(projects, content, "more than 3 events")
    monkeypatch.setattr(archive, "MOST_BYTES", 10)
    refused(projects, content, "The file has more than")


def test_a_broken_chain_is_named(projects, project):
    files = parts(project)
    files["events.jsonl"] = files["events.jsonl"].replace("größer".encode(), b"kleiner")
    with pytest.raises(ChainError, match="Event 4 is not what was recorded"):
        import_project(packed(files), projects)


def test_another_table_is_named(projects, project):
    files = parts(project)
    name = list(files)[-1]
    files[name] += b" "
    refused(projects, packed(files), "table that event 1 names is not the recorded one")
    del files[name]
    refused(projects, packed(files), "table that event 1 names is not there")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("edited", {"changes": {"age": [3, 1]}, "why": "", "how": "move"}),
        ("edited", {"changes": {"age": [-1, 11]}, "why": "", "how": "move"}),
        ("wiped", {}),
        ("undone", {}),
        ("quizzed", {"recall": {"verdict": "no sign"}}),
        ("task", {"task": {}, "features": []}),
    ],
)
@pytest.mark.any_database
def test_a_chain_of_events_that_do_not_fit_is_refused(projects, project, kind, content):
    files = chained(project, (kind, content))
    refused(projects, packed(files), "does not fit itself")


@pytest.mark.any_database
def test_a_task_that_does_not_fit_the_table_is_refused(projects, project):
    document = {**project.history.task_document, "target": "nowhere"}
    files = chained(project, ("task", {"task": document, "features": []}))
    refused(projects, packed(files), "no column 'nowhere'")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"number": True}, "has not the form"),
        ({"time": "x" * 40}, "has not the form"),
        ({"time": "12\0"}, "has not the form"),
        ({"who": "a\0b"}, "one line"),
        ({"who": "a" * 301}, "one line"),
    ],
)
def test_parts_that_no_database_can_keep_are_refused(projects, parts, said):
    project = projects.create("Heart", TASK)
    spoilt = {**vars(project.history.events[0]), **parts}
    del spoilt["hash"]
    line = canonical_json({**spoilt, "hash": sha256(canonical_json(spoilt))})
    files = {
        "project.json": b'{"format": 1, "title": ""}',
        "events.jsonl": line.encode(),
        f"tables/{project.history.table_hash}.parquet": project.table_bytes(),
    }
    refused(projects, packed(files), said)


@pytest.mark.slow
@pytest.mark.parametrize("method", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
@pytest.mark.any_database
def test_a_bomb_that_says_it_is_small_takes_no_memory(projects, project, method):
    stream = io.BytesIO()
    with ZipFile(stream, "w") as file:
        for name, content in parts(project).items():
            part = b"0" * 80_000_000 if name == "events.jsonl" else content
            file.writestr(name, part, ZIP_DEFLATED if name != "events.jsonl" else method)
    content = stream.getvalue().replace((80_000_000).to_bytes(4, "little"), b"\x0a\0\0\0")
    tracemalloc.start()
    refused(projects, content, "larger than is said|packed in a way|damaged")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < len(content) + 40_000_000
