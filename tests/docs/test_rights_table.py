"""The page for operators tells each right with the level at which it is held, the lightest first."""

from pathlib import Path

from crewhall.charter.grants import LEVEL

PAGE = Path(__file__).parents[2] / "config" / "README.md"


def test_the_table_of_rights_is_what_the_code_gives() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("## Rights\n")[2].partition("\nRights come")[0]
    rows = [row.split("|")[1:3] for row in table.strip().splitlines()[2:]]
    assert [(right.strip(" `"), int(level)) for right, level in rows] == list(LEVEL.items())
