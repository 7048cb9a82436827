"""README, settings, locks and copied files say what is true."""

import re

import pytest

from tests.support import house, vendor
from webapp.core.settings import Settings

README = house.ROOT / "README.md"
EXAMPLE = house.ROOT / ".env.example"
DEMO_PEOPLE = (
    "Nguyễn Thị Đào",
    "Vi Thị Nhàn",
    "Lò Văn Pha",
    "Lê Thị Mai",
    "Trần Quốc Việt",
    "Phạm Hồng Sơn",
    "Hoàng Thị Sâm",
)
TARGET = re.compile(r"^([a-z]+):.*## ", re.MULTILINE)
# Put together here, so that this file does not hold what it looks for.
HOSTS = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "deb.debian" + ".org"]
OUTSIDE = re.compile(r"(?<![\w.])/(?:work|root)" + "/")


def readme() -> str:
    return README.read_text(encoding="utf-8")


def variables() -> dict[str, str]:
    """Name → value of each line of .env.example, commented out or not."""
    lines = re.findall(r"^#? ?(MOTCUA_[A-Z_]+)=(.*)$", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) == len(dict(lines)), "a setting stands twice"
    return dict(lines)


def test_readme_names_every_room():
    text = readme()
    names = [*house.rooms(), *house.HOUSES]
    assert [room for room in names if not re.search(rf"`[\w/]*\b{room}\b/?`", text)] == []


def test_readme_names_every_setting():
    assert [name for name in variables() if f"`{name}`" not in readme()] == []


def test_readme_introduces_the_demo_people():
    assert [name for name in DEMO_PEOPLE if name not in readme()] == []


def test_readme_and_the_makefile_know_the_same_commands():
    targets = set(TARGET.findall((house.ROOT / "Makefile").read_text(encoding="utf-8")))
    code = re.findall(r"`[^`]+`|^    .+$|^(?:\w+=\S+ )*make .+$", readme(), re.MULTILINE)
    told = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(code)))
    assert (sorted(targets - told), sorted(told - targets)) == ([], [])


def test_every_flask_command_of_readme_exists(started):
    told = set(re.findall(r"`(?:\.venv/bin/)?flask ([a-z][a-z-]+)", readme()))
    assert sorted(told - set(started.cli.commands) - {"run", "shell"}) == []


def test_every_file_that_readme_points_to_stands_there():
    told = re.findall(r"`([\w./-]+\.(?:py|md|toml|html|css|js|yaml|po|lock|example))`", readme())
    told += re.findall(r"\]\((?!https?:|#)([^)#]+)\)", readme())
    assert [path for path in told if "/" in path and not (house.ROOT / path).exists()] == []


def test_the_example_of_settings_lists_exactly_the_settings():
    fields = {f"MOTCUA_{name.upper()}" for name in Settings.model_fields}
    assert (sorted(fields - set(variables())), sorted(set(variables()) - fields)) == ([], [])


def test_the_example_of_settings_shows_the_defaults():
    """Whoever copies the file as it is must get the demo that `make run` gives."""
    different = {}
    for name, value in variables().items():
        default = Settings.model_fields[name.removeprefix("MOTCUA_").lower()].default
        if "Secret" in type(default).__name__:
            continue  # shown empty or as a hint: a secret is made, not copied
        if value != str(default):
            different[name] = (value, str(default))
    assert different == {}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_has_hashes_and_no_addresses(lock):
    text = (house.ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
    assert packages
    assert len(packages) == len(re.findall(r"^[a-z0-9].*==.* \\\n +--hash=sha256:", text, re.MULTILINE))


def test_the_copied_front_end_files_are_what_npm_gave():
    assert vendor.differences() == []


def test_no_file_names_a_package_index_or_a_place_outside_the_repository():
    found = []
    for path in house.tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and fonts
        found += [f"{path.relative_to(house.ROOT)}: {host}" for host in HOSTS if host in text]
        found += [house.at(path, text[: m.start()].count("\n") + 1) for m in OUTSIDE.finditer(text)]
    assert found == []


def test_nothing_stands_at_the_top_but_what_belongs_there():
    """Three houses, three data folders; a newcomer sees the whole map in one look."""
    paths = [path.relative_to(house.ROOT) for path in house.tracked_files()]
    folders = {path.parts[0] for path in paths if len(path.parts) > 1 and not path.parts[0].startswith(".")}
    assert folders == {*house.HOUSES, "translations", "migrations", "tests"}
