"""wapiti stands in a folder of its own, whose scripts name the path they were installed under."""

import sys

from tests.scan import wapiti
from tests.scan.ground import Scanned

REPORT = '{"vulnerabilities": {}, "anomalies": {}, "infos": {"crawled_pages_nbr": 7}}'
SCRIPT = f"""#!/a/checkout/that/was/moved/bin/python
import sys
with open(sys.argv[sys.argv.index("-o") + 1], "w") as out:
    out.write('{REPORT}')
"""


def test_whoever_moved_their_checkout_can_still_scan(tmp_path, monkeypatch, capsys):
    tools = tmp_path / "wapiti" / "bin"
    tools.mkdir(parents=True)
    (tools / "python").symlink_to(sys.executable)
    script = tools / "wapiti"
    script.write_text(SCRIPT)
    script.chmod(0o755)
    monkeypatch.setattr(wapiti, "FOLDER", tools.parent)
    at = Scanned("anonymous", "http://127.0.0.1:9", tmp_path, "", "")
    assert wapiti.scan(None, at, 1) == []
    assert "7 pages" in capsys.readouterr().out
