import json
import os
from dataclasses import replace
from pathlib import Path

import platformdirs
import pytest

from laat_core.scores.llm import cache
from laat_core.scores.llm.cache import AnswerCache, default_cache_folder
from laat_core.scores.llm.client import Answer, Usage

REQUEST = {
    "base_url": "http://localhost/v1",
    "model": "m",
    "temperature": 1.0,
    "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "ü \ud800"}],
    "response_format": {"type": "json_object"},
    "estimate": 1,
}
CHANGED = {
    "base_url": "http://localhost/v2",
    "model": "M",
    "temperature": None,
    "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}],
    "response_format": None,
    "estimate": 2,
}
ANSWER = Answer('{"scores": "7 – 体重"}', Usage(12, 34), finished=True)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "made" / "when needed"


@pytest.fixture
def kept(folder):
    AnswerCache(folder).keep(REQUEST, ANSWER)
    return AnswerCache(folder)


def test_an_answer_is_found_by_another_object(kept):
    assert kept.find(REQUEST) == ANSWER
    assert kept.find(dict(reversed(REQUEST.items()))) == ANSWER


def test_what_was_left_out_is_kept(folder):
    answer = replace(ANSWER, form="schema", left_out=("system", "temperature"))
    AnswerCache(folder).keep(REQUEST, answer)
    assert AnswerCache(folder).find(REQUEST) == answer


@pytest.mark.parametrize("odd", [{}, {"form": "verse", "left_out": 3}])
def test_a_file_that_does_not_say_how_it_was_asked_is_of_the_form_of_its_request(kept, folder, odd):
    (file,) = folder.iterdir()
    content = json.loads(file.read_text())
    del content["form"], content["left_out"]
    file.write_text(json.dumps(content | odd))
    assert kept.find(REQUEST) == replace(ANSWER, form="json")


def test_an_unknown_request_is_a_miss_and_makes_no_folder(folder):
    assert AnswerCache(folder).find(REQUEST) is None
    assert not folder.exists()


@pytest.mark.parametrize("part", REQUEST)
def test_every_part_of_a_request_counts(kept, part):
    assert kept.find(REQUEST | {part: CHANGED[part]}) is None
    assert kept.find({key: value for key, value in REQUEST.items() if key != part}) is None


def test_the_latest_answer_is_kept_in_one_file(kept, folder):
    newer = Answer("newer", Usage(), finished=True)
    kept.keep(REQUEST, newer)
    assert kept.find(REQUEST) == newer
    assert [path.suffix for path in folder.iterdir()] == [".json"]


@pytest.mark.usefixtures("kept")
def test_a_file_says_what_was_asked_and_is_the_users_own(folder):
    (path,) = folder.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["request"] == REQUEST
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"text": "x"}', b"[" * 100_000,
     b'{"text": "x", "usage": 3}', b'{"text": "x", "usage": {"tokens": 1}}',
     b'{"text": 3, "usage": {}}', b'{"text": "x", "usage": {"prompt": "many"}}'],
)  # fmt: skip
def test_a_broken_file_is_a_miss_and_is_replaced(kept, folder, content):
    (path,) = folder.iterdir()
    path.write_bytes(content)
    assert kept.find(REQUEST) is None
    kept.keep(REQUEST, ANSWER)
    assert kept.find(REQUEST) == ANSWER


@pytest.mark.parametrize("text", ["lone \ud800", "\0", "", "a\r\nb\u2028c"])
def test_any_text_is_kept(folder, text):
    answer = Answer(text, Usage(), finished=True)
    AnswerCache(folder).keep(REQUEST, answer)
    assert AnswerCache(folder).find(REQUEST) == answer


@pytest.mark.parametrize(
    ("owner", "name"),
    [(Path, "mkdir"), (cache.tempfile, "mkstemp"), (cache.os, "replace"), (cache.os, "fdopen")],
)
def test_a_folder_that_cannot_be_written_is_no_fault(folder, monkeypatch, owner, name):
    def refuse(*_args, **_kwargs):
        raise PermissionError("read-only")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, refuse)
        AnswerCache(folder).keep(REQUEST, ANSWER)
    assert AnswerCache(folder).find(REQUEST) is None
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_no_fault(tmp_path):
    (tmp_path / "taken").write_text("x")
    cached = AnswerCache(tmp_path / "taken")
    cached.keep(REQUEST, ANSWER)
    assert cached.find(REQUEST) is None


def test_the_default_folder_is_the_users_or_what_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.delenv("LAAT_CACHE_DIR", raising=False)
    assert default_cache_folder() == platformdirs.user_cache_path("laat-workbench") / "answers"
    monkeypatch.setenv("LAAT_CACHE_DIR", "")
    assert default_cache_folder() == platformdirs.user_cache_path("laat-workbench") / "answers"
    monkeypatch.setenv("LAAT_CACHE_DIR", str(tmp_path))
    assert default_cache_folder() == tmp_path
