"""Which steps of a migration take something away that processes of the version before still need."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

_SQL = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA|VIEW|TYPE)\b|\bRENAME\s+(TO|COLUMN)\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\w+\s+TYPE\b",
    re.IGNORECASE,
)
_REMOVING = {"drop_column", "drop_table", "rename_table"}


def contracting_steps(migration: Path) -> list[str]:
    """Each as ``line: why``; none for a file that says which release was the first to do without (``CONTRACTS``)."""
    tree = ast.parse(migration.read_text(encoding="utf-8"))
    names = {target.id for node in tree.body if isinstance(node, ast.Assign)
             for target in node.targets if isinstance(target, ast.Name)}  # fmt: skip
    if "CONTRACTS" in names:
        return []
    forward = [node for node in tree.body[1:] if getattr(node, "name", "") != "downgrade"]  # and not the docstring
    nodes = [node for each in forward for node in ast.walk(each)]
    texts = {node.lineno: why for node in nodes if isinstance(node, ast.Constant) and (why := _why_text(node))}
    calls = {node.lineno: why for node in nodes if isinstance(node, ast.Call) and (why := _why_call(node))}
    return [f"{line}: {why}" for line, why in sorted((texts | calls).items())]


def _why_text(node: ast.Constant) -> str:
    found = _SQL.search(node.value) if isinstance(node.value, str) else None
    return found.group(0).upper() if found else ""


def _why_call(node: ast.Call) -> str:
    if not isinstance(node.func, ast.Attribute):
        return ""
    if node.func.attr in _REMOVING:
        return node.func.attr
    if node.func.attr == "alter_column":
        return ", ".join(_alterations(node))
    if node.func.attr == "add_column" and any(_is_demanding(argument) for argument in node.args):
        return "a column that must have a value, and has no default"
    return ""


def _alterations(call: ast.Call) -> Iterator[str]:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "new_column_name" in given:
        yield "a column renamed"
    if "type_" in given:
        yield "a column's type changed"
    if _is(given.get("nullable"), False):
        yield "a value demanded"


def _is_demanding(argument: ast.AST) -> bool:
    """Whether it is ``Column(…, nullable=False)`` without a server's default."""
    if not isinstance(argument, ast.Call):
        return False
    given = {keyword.arg: keyword.value for keyword in argument.keywords}
    return _is(given.get("nullable"), False) and "server_default" not in given


def _is(node: ast.AST | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
