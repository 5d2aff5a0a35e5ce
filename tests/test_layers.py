"""The rules of the layers, read from the source: who may import what, and where SQL may stand.

Nothing is imported or run here; folders that do not exist yet have no files and break no rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
LIBRARY = REPOSITORY / "cxdata"
SQL = REPOSITORY / "sql"
PAGES = REPOSITORY / "pages"

CAPABILITIES = (
    "scorecard", "movement", "response", "journey", "moments", "segments", "drivers", "finance", "health",
    "definitions",
)  # fmt: skip
"""They answer questions about a release, each for itself; a page passes results across."""

ESTIMATORS = (
    "estimates", "scores", "retention", "differences", "comparisons", "histograms", "periods", "words",
)  # fmt: skip
"""Modules of the scorecard that know neither a release nor a chart; every capability may use them."""

KERNEL = (
    "chart_style", "config", "contract", "database", "errors", "language", "messages", "models", "published",
    "schema", "selection", "sql_files", "terms", "vocabulary", "wording",
)  # fmt: skip
"""Modules that every part may use, and that use no part."""

MOST_LINES = 350


def python_files(*folders: Path) -> list[Path]:
    """Python files of folders, or files themselves, where they exist."""
    found = [path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("*.py"))]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path, *, only_at_top: bool = False) -> set[str]:
    """Modules that a file imports, with their full names; relative ones are resolved."""
    module = tree(path)
    nodes = module.body if only_at_top else ast.walk(module)
    package = path.relative_to(REPOSITORY).with_suffix("").parts[:-1]
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {start, *(f"{start}.{alias.name}" for alias in node.names)}
    return found


def importing(paths: list[Path], *modules: str) -> dict[str, list[str]]:
    """Files that import a module or one below it, with what they import."""
    found = {}
    for path in paths:
        hits = sorted(
            name
            for name in imports(path)
            for module in modules
            if name == module or name.startswith(f"{module}.")
        )
        if hits:
            found[named(path)] = hits
    return found


def texts(path: Path) -> Iterator[str]:
    """String constants of a file, docstrings aside."""
    module = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_the_library_knows_no_streamlit_and_no_pages():
    """A notebook, a scheduler or another front end can use all of it."""
    assert importing(python_files(LIBRARY), "streamlit", "pages", "dashboard") == {}


def test_only_readers_and_the_refresh_reach_the_database():
    """duckdb is imported by the kernel's database module, the refresh, and the query modules if need be."""
    allowed = {"cxdata/database.py"}
    found = importing(python_files(LIBRARY, PAGES, REPOSITORY / "dashboard.py"), "duckdb")
    strangers = {
        name for name in found
        if name not in allowed and not name.startswith("cxdata/refresh/") and not name.endswith("/query.py")
    }  # fmt: skip
    assert strangers == set()


def test_only_query_modules_ask_a_release():
    """Estimators and charts take frames; pages take what the capability's functions return."""
    strangers = []
    for path in python_files(LIBRARY, PAGES, REPOSITORY / "dashboard.py"):
        if path.name in ("query.py", "database.py") or "refresh" in path.parts:
            continue
        for node in ast.walk(tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            asked = node.func.value
            name = (
                asked.id
                if isinstance(asked, ast.Name)
                else asked.attr
                if isinstance(asked, ast.Attribute)
                else ""
            )
            if node.func.attr in ("query", "rows", "personal") and "release" in name:
                strangers.append(f"{named(path)}:{node.lineno}")
    assert strangers == []


def test_capabilities_do_not_import_one_another():
    found = {}
    for capability in CAPABILITIES:
        others = [
            f"cxdata.{other}" for other in (*CAPABILITIES, "refresh", "demo", "cli") if other != capability
        ]
        shared = tuple(f"cxdata.scorecard.{name}" for name in ESTIMATORS)
        for file, names in importing(python_files(LIBRARY / capability), *others).items():
            strangers = [
                name for name in names
                if name != "cxdata.scorecard" and not any((name + ".").startswith(f"{one}.") for one in shared)
            ]  # fmt: skip
            if strangers:
                found[file] = strangers
    assert found == {}


def test_the_estimators_that_are_shared_know_neither_a_release_nor_a_chart():
    paths = [LIBRARY / "scorecard" / f"{name}.py" for name in ESTIMATORS]
    inner = [
        f"cxdata.scorecard.{path.stem}"
        for path in (LIBRARY / "scorecard").glob("*.py")
        if path.stem not in ESTIMATORS
    ]
    assert importing(paths, "cxdata.database", "altair", *inner) == {}


def test_the_models_know_neither_a_release_nor_a_frame_nor_a_chart():
    """Arrays in, frozen results out; of the library they use its errors only."""
    strangers = {
        file: [name for name in names if not (name + ".").startswith(("cxdata.models.", "cxdata.errors."))]
        for file, names in importing(python_files(LIBRARY / "models"), "cxdata").items()
    }
    assert {file: names for file, names in strangers.items() if names} == {}
    assert importing(python_files(LIBRARY / "models"), "pandas", "altair", "duckdb") == {}


def test_the_kernel_imports_no_part_that_stands_on_it():
    parts = [f"cxdata.{part}" for part in (*CAPABILITIES, "refresh", "demo", "cli")]
    kernel = [path for name in KERNEL for path in (LIBRARY / f"{name}.py", LIBRARY / name) if path.exists()]
    assert importing(python_files(*kernel), *parts) == {}


def test_pages_hold_no_sql_and_no_database():
    paths = python_files(PAGES, REPOSITORY / "dashboard.py")
    assert importing(paths, "duckdb", "cxdata.refresh", "cxdata.demo") == {}
    assert statements_in(paths) == []


STATEMENT = re.compile(
    r"\b(select\b.+\bfrom\b|insert\s+into\b|create\s+(or\s+replace\s+)?(temp\s+)?(table|view|macro)\b"
    r"|update\s+\w+\s+set\b|delete\s+from\b|drop\s+table\b)",
    re.IGNORECASE | re.DOTALL,
)


def statements_in(paths: list[Path]) -> list[str]:
    """Files with a text that reads like SQL."""
    return sorted({named(path) for path in paths for text in texts(path) if STATEMENT.search(text)})


def test_sql_stands_in_sql_files():
    """The refresh writes statements from the contract; everywhere else they are named and live in sql/."""
    outside = [path for path in python_files(LIBRARY) if "refresh" not in path.parts]
    assert statements_in(outside) == []


def test_the_pattern_for_sql_knows_sql_from_prose():
    """The rule above is worth as much as its pattern."""
    assert STATEMENT.search("select a,\n b from answers")
    assert STATEMENT.search("INSERT INTO x values (1)")
    assert not STATEMENT.search("Select a month, then a metric.")
    assert not STATEMENT.search("a table of one row per answer, and a word to group by")


def test_settings_are_read_once():
    """config.py alone reads the environment."""
    found = []
    for path in python_files(LIBRARY, PAGES, REPOSITORY / "dashboard.py"):
        for node in ast.walk(tree(path)):
            read = isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
            if read or (isinstance(node, ast.ImportFrom) and node.module == "os"):
                found.append(named(path))
    assert set(found) <= {"cxdata/config.py"}


def test_statistics_are_imported_where_they_are_needed():
    """scipy.stats, statsmodels and scikit-learn cost seconds; a page that needs none of them must not wait."""
    slow = ("scipy.stats", "statsmodels", "sklearn")
    found = {}
    for path in python_files(LIBRARY, PAGES, REPOSITORY / "dashboard.py"):
        hits = [
            name
            for name in imports(path, only_at_top=True)
            for module in slow
            if (name + ".").startswith(f"{module}.")
        ]
        if hits:
            found[named(path)] = hits
    assert found == {}


def test_no_module_is_called_utils():
    """A module is named for what it knows."""
    vague = ("utils", "util", "helpers", "helper", "misc", "common")
    assert [named(path) for path in python_files(LIBRARY, PAGES) if path.stem in vague] == []


@pytest.mark.parametrize("folder", ["cxdata", "pages", "sql", "tests", "benchmarks", "dashboard.py"])
def test_no_file_is_longer_than_350_lines(folder):
    place = REPOSITORY / folder
    files = [*python_files(place), *(sorted(place.rglob("*.sql")) if place.is_dir() else [])]
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_pages_are_modules_that_can_be_opened_first():
    """On a fresh server a deep link runs the page's file alone: it then hands over to the dashboard."""
    for path in PAGES.glob("*.py"):
        if path.name == "__init__.py":
            continue
        text = path.read_text(encoding="utf-8")
        ending = 'if __name__ == "__main__":\n    from dashboard import main\n\n    main()\n'
        assert text.endswith(ending), named(path)
        functions = {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)}
        assert "render" in functions, named(path)


def test_charts_are_values():
    """charts.py returns charts, or their specifications; it draws nothing."""
    for path in LIBRARY.glob("*/charts.py"):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                assert node.returns is not None, f"{named(path)}: {node.name}"
                assert ast.unparse(node.returns) != "None", f"{named(path)}: {node.name}"


def sql_statements(folder: Path) -> Iterator[tuple[str, str]]:
    """Named statements of the SQL files of a folder, as `file: name` and text with its comments."""
    for path in sorted(folder.rglob("*.sql")) if folder.is_dir() else []:
        parts = re.split(r"^-- name: *([a-z_0-9]+) *$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for name, body in zip(parts[1::2], parts[2::2], strict=True):
            yield f"{named(path)}: {name}", body.strip()


def code_of(statement: str) -> str:
    return re.sub(r"--[^\n]*", "", statement)


def test_every_named_statement_begins_with_what_it_returns():
    """A query states its grain; a check, or a statement that changes rows, says in words what it is about."""
    for name, body in sql_statements(SQL):
        first = body.splitlines()[0]
        assert first.startswith("-- "), name
        if not name.startswith("sql/checks.sql") and not code_of(body).strip().startswith("update"):
            assert first.startswith("-- Grain: "), name


def test_a_name_stands_for_one_statement_of_its_file():
    names = [name for name, _ in sql_statements(SQL)]
    assert len(names) == len(set(names))


def test_marts_and_facts_are_portable_sql():
    """No `select *`, no `qualify`, no day that is not passed in: they shall run on another engine unchanged."""
    for place in (SQL / "marts", SQL / "facts.sql", SQL / "checks.sql"):
        paths = sorted(place.glob("*.sql")) if place.is_dir() else [place]
        for path in paths:
            code = code_of(path.read_text(encoding="utf-8")).lower()
            for word in (
                r"select\s+(\w+\.)?\*",
                r"\bqualify\b",
                r"\bcurrent_date\b",
                r"\bnow\(",
                r"\btoday\(",
            ):
                assert not re.search(word, code), f"{named(path)}: {word}"


def test_sql_is_lower_case_and_has_no_tabs():
    for path in sorted(SQL.rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        assert "\t" not in text, named(path)
        assert not re.search(r"\b(SELECT|FROM|WHERE|JOIN|GROUP BY)\b", code_of(text)), named(path)
