"""Every rule of `rooms/RULES.md` is cited by a test, and no test cites one that is not there."""

import re
from pathlib import Path

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "rooms" / "RULES.md"
FAMILIES = "LOG|CLK|SEA|SAF|PRE|DOC|WRD|WIR|STO|MEM|WRK|AGE|BRD|PHO|SHR|NML|KEP|DUR|SCA"


def test_each_rule_is_cited_and_each_citation_is_a_rule() -> None:
    written = re.findall(rf"^- ((?:{FAMILIES})\d+) ", RULES.read_text(), re.MULTILINE)
    assert len(set(written)) == len(written)
    cited: set[str] = set()
    for module in HERE.glob("test_*.py"):
        for name in re.findall(r"def (test_\w+)", module.read_text()):
            cited |= set(re.findall(rf"_((?:{FAMILIES})\d+)(?=_|$)", name))
    assert set(written) - cited == set(), "rules without a test"
    assert cited - set(written) == set(), "tests of rules nobody wrote down"
