"""README, settings, locks and copied files say what is true."""

import re

import pytest

from assisted import demo as card
from tests.support import house, vendor
from webapp.accounts import demo
from webapp.core.settings import Settings

README = house.ROOT / "README.md"
EXAMPLE = house.ROOT / ".env.example"
DEMO_CITIZENS = ("Nguyễn Thị Đào", "Vi Thị Nhàn")
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


def test_readme_introduces_the_demo_people_with_what_they_log_in_with():
    spaced = f"0{demo.DAO_PHONE[3:6]} {demo.DAO_PHONE[6:9]} {demo.DAO_PHONE[9:]}"
    staff = [f"`{username}`" for username, *_rest in demo.STAFF]
    staff += [name for username, name, *_rest in demo.STAFF if username != "officer2"]
    facts = [*DEMO_CITIZENS, *staff, spaced, f"`{demo.STAFF_PASSWORD}`", f"`{demo.STAFF_SECRET}`"]
    facts += [f"access card {card.NUMBER}, PIN {card.PIN}", f"last 4 digits of the ID ({demo.DAO_ID[-4:]})"]
    assert [fact for fact in facts if fact not in " ".join(readme().split())] == []


def test_readme_shows_the_defaults_of_the_settings():
    """Of secrets it says "demo": they are made, not copied; an empty cell is an empty setting."""
    wrong = {}
    for name, shown in re.findall(r"^\| `(MOTCUA_[A-Z_]+)` \| ([^|]*) \|", readme(), re.MULTILINE):
        default = Settings.model_fields[name.removeprefix("MOTCUA_").lower()].default
        value = "demo" if "Secret" in type(default).__name__ and default.get_secret_value() else str(default)
        value = "" if "Secret" in value else value
        if shown.strip("` ") != value and not shown.startswith("see "):
            wrong[name] = (shown, value)
    assert wrong == {}


def test_the_map_of_the_floors_is_the_one_that_is_kept():
    """webapp/README.md draws what the import contract says."""
    drawn = (house.ROOT / "webapp" / "README.md").read_text(encoding="utf-8").split("```")[1]
    levels = [set(re.findall(r"[a-z]+", line.split("  ")[0])) for line in drawn.strip().splitlines()]
    floors = {floor: set() for floor in house.floors().values()}
    for room in (*house.rooms(), "factory"):
        floors[house.floors()[room]].add(room)
    assert levels == [floors[floor] for floor in sorted(floors, reverse=True) if floors[floor]]


def test_readme_and_the_makefile_know_the_same_commands():
    targets = set(TARGET.findall((house.ROOT / "Makefile").read_text(encoding="utf-8")))
    code = re.findall(r"`[^`]+`|^    .+$|^(?:\w+=\S+ )*make .+$", readme(), re.MULTILINE)
    told = set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(code)))
    assert (sorted(targets - told), sorted(told - targets)) == ([], [])


def test_every_flask_command_of_readme_exists(started):
    """Groups with their commands, in the text and in the blocks to copy."""
    told = re.findall(r"(?:`|^    |&& )flask ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?", readme(), re.MULTILINE)
    commands = started.cli.commands
    missing = [f"flask {name}" for name, _sub in told if name not in commands and name not in ("run", "shell")]
    for name, sub in told:
        group = getattr(commands.get(name), "commands", None)
        if group is not None and sub and sub not in group:
            missing.append(f"flask {name} {sub}")
    assert len(told) > 20 and missing == []


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
