"""The architecture is a test: who may import whom, and what nobody does."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "laat_core").rglob("*.py"))
INTERFACE = sorted([*ROOT.glob("app.py"), *(ROOT / "pages").rglob("*.py")])
SHARED = sorted((ROOT / "ui").rglob("*.py"))

# What each part of the core may import, beside itself.
ARROWS = {
    "errors": set(),
    "data": {"errors"},
    "scores": {"errors", "data"},
    "model": {"errors", "data", "scores"},
    "datasets": {"errors", "data", "scores"},
    "evaluate": {"errors", "data", "scores", "model"},
    "plots": {"errors", "data", "scores", "model", "evaluate"},
    "commands": {"errors", "data", "scores", "model", "datasets", "evaluate", "store"},
    "store": {"errors", "data", "scores", "model", "evaluate"},
}
# Modules that can run what a file says.
DANGEROUS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
# Names that may be taken from one of them: work in other processes of our own.
HARMLESS = {"joblib": {"Parallel", "delayed"}}
DANGEROUS_CALLS = {"exec", "eval", "compile", "__import__", "read_pickle", "to_pickle"}


def ids(path):
    return str(path.relative_to(ROOT))


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path):
    """Yield the dotted name of everything that a file imports, also inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports say the full name"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path):
    return {name.split(".")[0] for name in imports(path)}


def test_there_is_something_to_test():
    assert len(CORE) > 15


@pytest.mark.parametrize("path", CORE, ids=ids)
def test_the_core_knows_nothing_of_the_interface(path):
    assert not roots(path) & {"streamlit", "ui", "pages", "app"}


@pytest.mark.parametrize("path", CORE, ids=ids)
def test_arrows_inside_the_core_go_one_way(path):
    part = path.relative_to(ROOT / "laat_core").with_suffix("").parts[0]
    if part in {"__init__", "__main__"}:
        return
    used = {name.split(".")[1] for name in imports(path) if name.startswith("laat_core.")}
    assert used <= ARROWS[part] | {part}
    assert "laat_core" not in set(imports(path)), "parts are imported, not the whole"


@pytest.mark.parametrize("path", [*INTERFACE, *SHARED], ids=ids)
def test_pages_are_imported_by_nobody(path):
    assert "pages" not in roots(path)


def test_the_llm_client_is_imported_in_one_module_at_most():
    users = [ids(path) for path in [*CORE, *SHARED, *INTERFACE] if "openai" in roots(path)]
    assert len(users) <= 1, users


@pytest.mark.parametrize("path", [*CORE, *SHARED, *INTERFACE], ids=ids)
def test_nothing_received_is_run(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & DANGEROUS
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in DANGEROUS:
            assert {alias.name for alias in node.names} <= HARMLESS.get(node.module, set())
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            # re.compile and the like are of another kind than the built-in.
            of_a_module = isinstance(node.func, ast.Attribute) and called == "compile"
            assert called not in DANGEROUS_CALLS or of_a_module, f"line {node.lineno}: {called}"


@pytest.mark.parametrize("path", [*CORE, *SHARED, *INTERFACE], ids=ids)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", [*CORE, *SHARED], ids=ids)
def test_public_names_exist_once(path):
    defined, public = set(), []
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            defined |= {target.id for target in targets if isinstance(target, ast.Name)}
            if "__all__" in {getattr(target, "id", "") for target in targets}:
                public = ast.literal_eval(node.value)
    assert set(public) <= defined
    assert len(public) == len(set(public))
