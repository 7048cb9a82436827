"""`python -m tests.scan`: each tool as each of five people; prints what was found, exit 1 if that is anything."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.servers import ROOT
from tests.scan import ffuf, sqlmap, wapiti
from tests.scan.ground import PEOPLE, Ground, broken

TOOLS = {"ffuf": ffuf, "wapiti": wapiti, "sqlmap": sqlmap}


def main() -> int:
    """Read what is wanted, scan, report."""
    parser = argparse.ArgumentParser(prog="python -m tests.scan", description=__doc__)
    parser.add_argument("--only", choices=TOOLS, action="append", help="this tool (may be given again)")
    parser.add_argument("--as", dest="who", choices=PEOPLE, action="append", help="as this one (may be given again)")
    parser.add_argument("--seconds", type=int, default=180, help="for each tool as each person (180)")
    parser.add_argument("--keep", type=Path, help="leave requests, reports and logs in this empty folder")
    wanted = parser.parse_args()
    tools = {name: TOOLS[name] for name in wanted.only or TOOLS}
    needed = [command for tool in tools.values() for command in tool.WANTS]
    subprocess.run(["sh", "tests/support/system.sh", *needed], cwd=ROOT, check=True)
    for tool in tools.values():
        tool.install()
    with tempfile.TemporaryDirectory() as folder:
        return _scan(tools, wanted.who or list(PEOPLE), wanted.seconds, wanted.keep or Path(folder))


def _scan(tools: dict, people: list[str], seconds: int, folder: Path) -> int:
    ground, found = Ground(folder), []
    for who in people:
        for name, tool in tools.items():
            print(f"{name} as {who}", flush=True)
            with ground.served(who, name) as at:
                new = tool.scan(ground, at, seconds)
            new += broken(name, at)
            found += new
            for one in new:
                print(f"  {one}", flush=True)
    print(f"{len(found)} findings" if found else "nothing found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
