"""How imports may point: only towards what stands further left in the flow of values, never sideways."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pulumi_fota

PACKAGE = Path(pulumi_fota.__file__).parent
#: What each part may import of ours. Leaves hold no values of their own and may be used by all.
LEAVES = {"_program_run", "errors", "_path", "_secret", "_text", "protocol", "_version"}
ALLOWED = {
    "_program_run": set(),
    "errors": {"_text"},
    "_path": set(),
    "_secret": set(),
    "_text": set(),
    "protocol": set(),
    "_version": set(),
    "settings": LEAVES,
    "model": LEAVES,
    "thingspace": LEAVES | {"settings", "model"},
    "functions": LEAVES | {"settings", "model", "thingspace"},
    "resources": LEAVES | {"settings", "model", "thingspace"},
    "gate": LEAVES | {"settings", "model"},
    "rules": {"gate"},
    "simulator": set(),
    "testing": LEAVES | {"settings", "model", "thingspace", "functions", "resources", "gate", "rules", "simulator", ""},
    "pytest_plugin": {"_program_run", "thingspace", "testing"},
    "": LEAVES | {"settings", "model", "functions", "resources", "gate", "rules"},
}
KNOWS_NOTHING_OF = {
    "model": {"pulumi", "requests", "urllib3"},
    "thingspace": {"pulumi"},
    "simulator": {"pulumi", "requests"},
    "settings": {"requests", "urllib3"},
    "functions": {"requests", "urllib3"},
    "gate": {"requests", "urllib3"},
    "resources": {"requests", "urllib3"},
}


#: The parts whose modules import one another one way, for types too.
WITHOUT_CIRCLES = {
    "errors",
    "functions",
    "gate",
    "model",
    "resources",
    "settings",
    "simulator",
    "testing",
    "thingspace",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imported(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative imports hide where a name comes from"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(name: str) -> str:
    """Return the module that holds an imported name: itself, or the one it is taken from."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    is_module = path.with_suffix(".py").exists() or path.is_dir()
    return name if is_module else name.rpartition(".")[0]


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_further_left(module):
    """
    Values flow one way, so a part imports what stands before it, its own modules, and nothing else of ours.
    """
    part = part_of(module)
    allowed = ALLOWED[part]

    ours = {
        name.split(".")[1] if "." in name else "" for name in imported(module) if name.split(".")[0] == "pulumi_fota"
    }
    parts = {name if name in ALLOWED else "" for name in ours}

    assert parts - {part} <= allowed


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_part_stays_ignorant_of_what_it_need_not_know(module):
    """
    The model knows nothing of HTTP or Pulumi, the client nothing of Pulumi, and nobody but the client of HTTP.
    """
    packages = {name.split(".")[0] for name in imported(module)}

    assert not packages & KNOWS_NOTHING_OF.get(part_of(module), set())


@pytest.mark.parametrize("part", sorted(WITHOUT_CIRCLES))
def test_no_module_of_a_part_imports_itself_through_others(part):
    """
    The modules of a part form floors: each imports only those below, for types too.
    """
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in modules()}
    inside = {name: path for name, path in names.items() if name.startswith(f"pulumi_fota.{part}.")}
    imports = {name: {module_of(each) for each in imported(path)} & set(inside) for name, path in inside.items()}

    while floor := {name for name, others in imports.items() if not others}:
        imports = {name: others - floor for name, others in imports.items() if name not in floor}

    assert not imports


def test_every_part_has_its_place_in_the_order():
    """
    A new part is not imported by anybody before its place is decided here.
    """
    assert {part_of(module) for module in modules()} <= set(ALLOWED)
