"""Copy the pinned front-end files out of tests/node_modules into the shell; nothing is bundled or built.

    python -m tests.support.vendor            copy again (after a change of version in tests/package.json)
    python -m tests.support.vendor --check    say what differs from vendor.json, and from npm if it is there
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NPM = ROOT / "tests/node_modules"
VENDOR = ROOT / "webapp/shell/static/vendor"
LIST = VENDOR / "vendor.json"
FILES = {"htmx.org": ["dist/htmx.min.js", "LICENSE"]}
# The folder as pages ask for it: the library's own name, without the ending of npm's.
NAMES = {"htmx.org": "htmx"}


def wanted() -> list[dict]:
    """What npm has: one row a file, with the place it is copied to and its hash."""
    rows = []
    for package, files in FILES.items():
        folder = NPM / package
        version = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
        for name in files:
            content = (folder / name).read_bytes()
            rows.append(
                {
                    "file": f"{NAMES.get(package, package)}-{version}/{Path(name).name}",
                    "package": package,
                    "version": version,
                    "source": name,
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                }
            )
    return rows


def differences() -> list[str]:
    """Every way in which the copied files are not what vendor.json says; empty when all is well."""
    rows = {row["file"]: row for row in json.loads(LIST.read_text(encoding="utf-8"))}
    there = {str(path.relative_to(VENDOR)): path for path in VENDOR.rglob("*") if path.is_file()}
    del there[LIST.name]
    found = [f"not listed: {name}" for name in sorted(there.keys() - rows.keys())]
    for name, row in rows.items():
        if name not in there:
            found.append(f"missing: {name}")
        elif hashlib.sha256(there[name].read_bytes()).hexdigest() != row["sha256"]:
            found.append(f"changed by hand: {name}")
    if all((NPM / package).is_dir() for package in FILES) and wanted() != list(rows.values()):
        found.append("tests/package.json asks for other versions: run `make vendor`")
    return found


def copy() -> None:
    """Replace the folder by what npm has now."""
    rows = wanted()
    shutil.rmtree(VENDOR, ignore_errors=True)
    for row in rows:
        target = VENDOR / row["file"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NPM / row["package"] / row["source"], target)
    LIST.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    print(f"copied {len(rows)} files, {sum(row['bytes'] for row in rows)} bytes")


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(differences()) or None)
    copy()
