"""Answers that have been paid for once, kept as files."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from platformdirs import user_cache_path

from laat_core.scores.llm.answer import Answer, Usage
from laat_core.scores.llm.negotiation import Form, form_of

__all__ = ["AnswerCache", "default_cache_folder"]


def default_cache_folder() -> Path:
    """The user's cache folder, or what ``LAAT_CACHE_DIR`` says."""
    named = os.environ.get("LAAT_CACHE_DIR")
    return Path(named) if named else user_cache_path("laat-workbench") / "answers"


class AnswerCache:
    """Answers by everything that shapes them; the key of a server is no part of it.

    A cache that cannot be written or read is as good as none: asking goes on without.

    Parameters
    ----------
    folder : Path
        Made when the first answer is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, request: Mapping[str, Any]) -> Answer | None:
        """Return what was answered to this request, None where nothing is known."""
        try:
            content = json.loads(self._path(request).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        match content:
            case {
                "text": str(text),
                "usage": {"prompt": int(prompt), "completion": int(completion)},
                "finished": bool(finished),
            }:
                left_out = content.get("left_out")
                left_out = tuple(map(str, left_out)) if isinstance(left_out, list) else ()
                # Files of earlier versions do not say in which form was asked: the request does.
                form = content.get("form")
                form = form if form in get_args(Form) else form_of(request)
                return Answer(text, Usage(prompt, completion), finished, form, left_out)
        return None

    def keep(self, request: Mapping[str, Any], answer: Answer) -> None:
        """Keep an answer; a crash in between leaves no half of one."""
        path = self._path(request)
        content = {
            "request": request,
            "text": answer.text,
            "usage": asdict(answer.usage),
            "finished": answer.finished,
            "form": answer.form,
            "left_out": answer.left_out,
        }
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump(content, stream)  # in ASCII: text may hold what UTF-8 cannot
                os.replace(name, path)
            finally:
                Path(name).unlink(missing_ok=True)

    def _path(self, request: Mapping[str, Any]) -> Path:
        text = json.dumps(request, sort_keys=True, ensure_ascii=True)
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
