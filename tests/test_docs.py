"""The documents say what the code does: tables, files, links, commands and make targets."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.docs import DOCS, TABLES, generated_part
from cli.main import COMMANDS, load_command
from settings import REPOSITORY, RETIRED

MOST_README_WORDS = 900
PAGES = sorted([*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
FILE = re.compile(r"`([a-z_.]+(?:/[a-z_0-9.-]+)*/[a-z_0-9-]+\.(?:py|js|css|html|jpg|toml))`")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    found: dict[str, int] = {}
    names = set()
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", page), re.MULTILINE):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        names.add(f"{slug}-{found[slug]}" if slug in found else slug)
        found[slug] = found.get(slug, 0) + 1
    return names


def make_targets() -> set[str]:
    """The targets that `make help` lists."""
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))


def commands() -> dict[str, set[str]]:
    """Every command and its options."""
    return {
        name: {"--help"}.union(
            *([*one.opts, *one.secondary_opts] for one in load_command(name).params)
        )
        for name in COMMANDS
    }


def test_the_readme_is_short() -> None:
    words = len((REPOSITORY / "README.md").read_text(encoding="utf-8").split())
    assert words <= MOST_README_WORDS


@pytest.mark.parametrize("name", TABLES)
def test_tables_are_as_the_code_is(name: str) -> None:
    file, make = TABLES[name]
    page = (DOCS / file).read_text(encoding="utf-8")
    assert generated_part(page, name).strip() == make(), "write them anew: make docs"


@every_page
def test_links_lead_somewhere(path: Path) -> None:
    for name, anchor in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), name
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name}#{anchor}"


@every_page
def test_files_that_are_named_are_there(path: Path) -> None:
    if path.name == "CHANGELOG.md":
        pytest.skip("it names files that have gone, too")
    named = FILE.findall(path.read_text(encoding="utf-8"))
    assert not [name for name in named if not (REPOSITORY / name).exists()]


@every_page
def test_commands_and_targets_that_are_named_can_be_run(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    known = commands()
    for name, rest in re.findall(r"\bvernissage ([a-z]+)([^`\n#]*)", page):
        assert name in known, name
        unknown = set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - known[name]
        assert not unknown, f"vernissage {name}: {unknown}"
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", page, re.MULTILINE)) <= make_targets()


def test_every_command_and_target_is_explained() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    missing = [name for name in commands() if f"`vernissage {name}" not in pages]
    missing += [name for name in make_targets() if f"make {name}" not in pages]
    assert not missing


def test_retired_settings_are_listed() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([a-z_.]+)`", page.partition("## Retired settings")[2]))
    assert listed == {f"{section}.{name}" for section in RETIRED for name in RETIRED[section]}
