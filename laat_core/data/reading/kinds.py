"""What kind of file some bytes are, whatever their name ends in, and what is not read."""

import gzip
import io
import json
import zlib
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

from laat_core.data.reading import limits
from laat_core.errors import DataError

__all__ = ["BINARY", "ENDINGS", "Kind", "kind_of", "unpack"]

Kind = str  # "text", "excel", "parquet", "feather" or "stata"

ENDINGS: dict[str, Kind] = {
    **dict.fromkeys((".csv", ".tsv", ".txt", ".tab", ".dat", ".data"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm"), "excel"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
    ".feather": "feather",
    ".dta": "stata",
}
CALLED = {
    "text": "a text file (CSV)",
    "excel": "an Excel workbook",
    "parquet": "a Parquet file",
    "feather": "a Feather file",
    "stata": "a Stata file",
}
READ = "CSV, TSV, Excel (.xlsx), Parquet, Feather or Stata (.dta)"
SAVE = "save the table as CSV or .xlsx and load that."
BINARY = f"holds binary data, not a table. Load a table as {READ}."

# Files of other programs, by their ending or by how they begin.
REFUSED = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument spreadsheet",
    ".numbers": "an Apple Numbers file",
    ".sav": "an SPSS file",
    ".zsav": "an SPSS file",
    ".por": "an SPSS file",
    ".sas7bdat": "a SAS file",
    ".xpt": "a SAS file",
    ".rds": "an R file",
    ".rda": "an R file",
    ".rdata": "an R file",
    ".mat": "a Matlab file",
    ".h5": "an HDF file",
    ".hdf5": "an HDF file",
    ".arff": "a Weka file (ARFF)",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".xml": "XML",
    ".html": "a web page (HTML)",
    ".htm": "a web page (HTML)",
    ".mht": "a web page (MHTML)",
    ".mhtml": "a web page (MHTML)",
    ".png": "an image",
    ".pdf": "a PDF document",
    ".doc": "a Word document",
    ".docx": "a Word document",
    ".sqlite": "a database",
    ".db": "a database",
    ".pkl": "a Python pickle",
    ".npy": "a NumPy file",
}
BEGINNINGS = {
    b"$FL2@(#)": ".sav",
    b"$FL3@(#)": ".zsav",
    b"%PDF": ".pdf",
    b"MIME-Version:": ".mht",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".png",
    b"GIF8": ".png",
    b"RDX": ".rda",
    b"RDA": ".rda",
    b"SQLite format 3": ".sqlite",
    b"\x89HDF": ".h5",
    b"\x93NUMPY": ".npy",
    b"MATLAB": ".mat",
    b"HEADER RECORD*******LIBRARY": ".xpt",
}
OLE = b"\xd0\xcf\x11\xe0"
OPENED = "Open it in the program that wrote it, "


def unpack(content: bytes, name: str) -> tuple[bytes, str, list[str]]:
    """Unpack a gzipped file, or a zip file with a single table in it.

    Returns
    -------
    (bytes, str, list of str)
        The content, the name of what was packed, and notes.
    """
    notes: list[str] = []
    if content.startswith(b"\x1f\x8b"):
        content = _gunzip(content, name)
        name = name[: -len(".gz")] if name.lower().endswith(".gz") else name
    elif name.lower().endswith(".gz"):
        raise DataError(f"{name} is not a gzipped file, though it ends in .gz. Pack it again.")
    if content.startswith(b"PK\x03\x04"):
        inside = _archived(content, name)
        if inside:
            content, member = inside
            notes.append(f"{member!r} was read, the table packed in {name}.")
            name = PurePosixPath(member).name
    return content, name, notes


def _gunzip(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            content = stream.read(limits.MAX_BYTES + 1)  # a small archive may hold a huge table
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name} is damaged and cannot be unpacked. Copy it again.") from error
    limits.check_bytes(content, f"{name} unpacks to")
    return content


def _archived(content: bytes, name: str) -> tuple[bytes, str] | None:
    """Return the one table in a zip file; None if the file is a workbook itself."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            office = {"[Content_Types].xml", "mimetype", "Index/Document.iwa"} & set(names)
            if office or any(part.endswith(".iwa") for part in names):
                return None
            tables = [
                part
                for part in archive.infolist()
                if not part.is_dir()
                and not part.filename.startswith("__MACOSX")
                and PurePosixPath(part.filename).suffix.lower() in ENDINGS
            ]
            if len(tables) != 1:
                found = f"{len(tables)} tables" if tables else "no table"
                raise DataError(
                    f"{name} is a zip file with {found} in it. Unpack it and load one table."
                )
            if tables[0].flag_bits & 1:
                raise DataError(f"{name} is protected by a password. Unpack it and load the table.")
            with archive.open(tables[0]) as stream:
                inside = stream.read(limits.MAX_BYTES + 1)
    except DataError:
        raise
    except (BadZipFile, OSError, EOFError, zlib.error, NotImplementedError, ValueError) as error:
        if _ending(name) in REFUSED:
            raise _refused(name, _ending(name)) from error
        raise DataError(f"{name} is damaged and cannot be unpacked. Copy it again.") from error
    limits.check_bytes(inside, f"{name} unpacks to")
    return inside, tables[0].filename


def kind_of(content: bytes, name: str) -> tuple[Kind, list[str]]:
    """Find the kind of a file by its content; note where its name says otherwise.

    Raises
    ------
    DataError
        If it is of a kind that is not read; says which, and what to do.
    """
    ending = _ending(name)
    found = _sniffed(content, name, ending)
    declared = ENDINGS.get(ending)
    if declared is None and found == "text":
        if ending in REFUSED:
            raise _refused(name, ending)
        raise DataError(
            f"{name} ends in {ending or 'nothing'!r}. Save the table as {READ} and load that."
        )
    if found == declared:
        return found, []
    return found, [f"{name} is {CALLED[found]}, whatever its name says, and was read as one."]


def _sniffed(content: bytes, name: str, ending: str) -> Kind:
    for start, refused in BEGINNINGS.items():
        if content.startswith(start):
            raise _refused(name, refused)
    if content.startswith(OLE):
        raise _ole(content, name, ending)
    if content.startswith(b"PK"):
        return _office(content, name, ending)
    if content.startswith(b"PAR1"):
        return "parquet"
    if content.startswith(b"ARROW1"):
        return "feather"
    if content.startswith(b"<stata_dta>") or (ending == ".dta" and content[:1] in b"lmnopqrs"):
        return "stata"
    _refuse_markup(content, name)
    declared = ENDINGS.get(ending, "text")
    if declared != "text" and b"\0" in content[:4096] and content[:2] not in UTF_16:
        raise _damaged(name, declared)
    return "text"


UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def _refuse_markup(content: bytes, name: str) -> None:
    """Raise a DataError if the text is a web page, XML, JSON or ARFF."""
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta")):
        raise _refused(name, ".html")
    if start.startswith((b"<?xml", b"<workbook")):
        raise _refused(name, ".xml")
    if start.startswith(b"@relation") or b"\n@attribute" in start:
        raise _refused(name, ".arff")
    if start.startswith((b"{", b"[")) and _is_json(content):
        raise _refused(name, ".json")


def _is_json(content: bytes) -> bool:
    text = content.decode("utf-8-sig", errors="replace")
    try:
        json.JSONDecoder().raw_decode(text.lstrip())  # the first of the lines of a .jsonl
    except (ValueError, RecursionError):
        return False
    return True


def _office(content: bytes, name: str, ending: str) -> Kind:
    """Tell a workbook from other files that are zip files."""
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            parts = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in parts else b""
    except Exception as error:  # whatever a broken archive makes zipfile raise
        if ending in REFUSED:
            raise _refused(name, ending) from error
        raise _damaged(name, "excel") from error
    if "xl/workbook.xml" in parts:
        return "excel"
    if "xl/workbook.bin" in parts:
        raise _refused(name, ".xlsb")
    if kind.startswith(b"application/vnd.oasis.opendocument"):
        raise _refused(name, ".ods")
    if "word/document.xml" in parts:
        raise _refused(name, ".docx")
    if any(part.endswith(".iwa") for part in parts):
        raise _refused(name, ".numbers")
    if ending in REFUSED:
        raise _refused(name, ending)
    raise _damaged(name, "excel")


def _ole(content: bytes, name: str, ending: str) -> DataError:
    """Say what a file in the container of the old Office is: protected, or of an old format."""
    if any(part.encode("utf-16-le") in content for part in ("EncryptedPackage", "EncryptionInfo")):
        return DataError(
            f"{name} is protected by a password. Open it in Excel, remove the password "
            "(File, Info, Protect Workbook), save it and load it again."
        )
    if ending in (".xlsx", ".xlsm"):
        return DataError(
            f"{name} is protected by a password, or is an old Excel workbook. Open it in Excel, "
            "remove the password, save it as .xlsx and load that."
        )
    return _refused(name, ending if ending in REFUSED else ".xls")


def _refused(name: str, ending: str) -> DataError:
    return DataError(f"{name} is {REFUSED[ending]}, which is not read. {OPENED}{SAVE}")


def _damaged(name: str, kind: Kind) -> DataError:
    return DataError(
        f"{name} is not {CALLED[kind]}, or is damaged. Open it, check that it is what its "
        "ending says, and save it again."
    )


def _ending(name: str) -> str:
    return PurePosixPath(name.lower()).suffix
