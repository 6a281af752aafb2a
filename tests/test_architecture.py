"""The architecture is a test: who may import whom, and what no module does."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = sorted([*(ROOT / "laat_core").rglob("*.py"), *(ROOT / "ui").rglob("*.py")])
SCRIPTS = sorted([ROOT / "app.py", *(ROOT / "pages").rglob("*.py")])
MODULES = [*PACKAGES, *SCRIPTS]

# Modules that can run what a file says.
DANGEROUS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
# What may be imported from them: work in other processes of our own.
HARMLESS = {"joblib": {"Parallel", "delayed"}}
DANGEROUS_CALLS = {"exec", "eval", "compile", "__import__", "read_pickle", "to_pickle"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield each module that a file imports, also inside functions, and the names it takes."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, set()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", {alias.name for alias in node.names}


def places(nodes_of, paths=MODULES):
    """Where something is found, as file and line."""
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}" for path in paths for node in nodes_of(tree(path))
    ]


def test_there_is_something_to_test():
    assert len(PACKAGES) > 100
    assert len(SCRIPTS) > 5


def test_the_contracts_of_pyproject_on_imports_are_kept():
    # In a process of its own, as it turns off the loggers of the one it is in.
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(  # noqa: S603 - the linter beside this Python
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_imports_say_the_full_name():
    def relative(module):
        return [n for n in ast.walk(module) if isinstance(n, ast.ImportFrom) and n.level]

    assert places(relative) == []


def test_scripts_import_neither_each_other_nor_the_client_of_a_server():
    taken = {(path.name, name.split(".")[0]) for path in SCRIPTS for name, _ in imports(path)}
    assert [one for one in taken if one[1] in {"pages", "app", "openai"}] == []


def test_nothing_received_is_loaded_as_code():
    found = []
    for path in MODULES:
        for name, taken in imports(path):
            package = name.split(".")[0]
            harmless = taken and taken <= HARMLESS.get(name, set())
            if package in DANGEROUS and not harmless:
                found.append(f"{path.relative_to(ROOT)}: {name}")
    assert found == []


def test_nothing_received_is_run():
    def dangerous(module):
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                # re.compile and the like are not the built-in.
                of_a_module = isinstance(node.func, ast.Attribute) and called == "compile"
                if called in DANGEROUS_CALLS and not of_a_module:
                    yield node

    assert places(dangerous) == []


def test_every_module_says_what_it_is():
    assert [path for path in MODULES if not ast.get_docstring(tree(path))] == []


def test_public_names_exist_once():
    assert {path: wrong for path in PACKAGES if (wrong := wrong_names(path))} == {}


def wrong_names(path: Path) -> list[str]:
    """Names in ``__all__`` that the module does not define, or lists twice."""
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
    return [name for name in public if name not in defined or public.count(name) > 1]
