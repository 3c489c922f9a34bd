"""Settings come from a file and from the environment above it; whatever is wrong is told with its place."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from crewhall.charter.faults import Faults
from crewhall.environment import variables
from crewhall.errors import Misconfigured
from crewhall.example import example, first, plain, span
from crewhall.settings import Settings, load, understand

ISSUE = """\
homeserver: {address: "http://127.0.0.1:8008", name: example.org}
service:    {listen: "127.0.0.1:29331", address: "http://127.0.0.1:29331", keeper: keeper,
             operators: ["@you:example.org"]}
ledger: ./crewhall.db
charters: ./charters
"""
SHORT = 'homeserver: {address: "http://127.0.0.1:8008", name: hall.test}\n'
SET = {"CREWHALL_HOMESERVER__ADDRESS": "http://hs:8008", "CREWHALL_HOMESERVER__NAME": "hall.test"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(SHORT)
    return path


def faults(config: Path, text: str, environ: dict[str, str] | None = None) -> str:
    config.write_text(text)
    with pytest.raises(Faults) as told:
        load(config, environ or {})
    return str(told.value).replace(str(config), "config.yaml")


def test_the_short_file_is_a_whole_configuration(config: Path) -> None:
    config.write_text(ISSUE)
    settings = load(config, {})
    assert settings.homeserver.name == "example.org"
    assert settings.service.operators == ("@you:example.org",)
    assert settings.keeper == "@keeper:example.org"
    assert settings.service.sender == "_crewhall"
    assert settings.limits.command_age == timedelta(days=1)
    assert settings.log.format == "plain"


def test_paths_begin_at_the_folder_of_the_file(config: Path) -> None:
    config.write_text(SHORT + "charters: ../shared\nledger: /var/lib/crewhall.db\n")
    settings = load(config, {"CREWHALL_REGISTRATION": "papers/registration.yaml"})
    here = config.parent
    assert settings.ledger == Path("/var/lib/crewhall.db")
    assert settings.charters == here / "../shared"
    assert settings.registration == here / "papers" / "registration.yaml"


def test_nothing_can_be_changed_afterwards(config: Path) -> None:
    settings = load(config, {})
    with pytest.raises(ValueError, match="frozen"):
        settings.ledger = Path("elsewhere")  # type: ignore[misc]


def test_the_environment_goes_before_the_file_part_by_part(config: Path) -> None:
    config.write_text(ISSUE)
    environ = {
        "CREWHALL_HOMESERVER__ADDRESS": "https://hs:8448/",
        "CREWHALL_SERVICE__OPERATORS": "@a:b, @c:d",
        "CREWHALL_LIMITS__LOOK_EVERY": "90 s",
        "CREWHALL_LIMITS__CONCURRENCY": "4",
        "CREWHALL_LOG__FORMAT": "json",
        "CREWHALL_LEDGER": "",
        "UNRELATED": "1",
    }
    settings = load(config, environ)
    assert (settings.homeserver.address, settings.homeserver.name) == ("https://hs:8448", "example.org")
    assert settings.service.operators == ("@a:b", "@c:d")
    assert settings.limits.look_every == timedelta(seconds=90)
    assert settings.limits.concurrency == 4
    assert settings.log.format == "json"
    assert settings.ledger == config.parent / "crewhall.db"


def test_lists_and_parts_may_be_json(config: Path) -> None:
    environ = {"CREWHALL_SERVICE__OPERATORS": '["@a:b"]', "CREWHALL_LOG": '{"level": "debug"}'}
    settings = load(config, environ)
    assert (settings.service.operators, settings.log.level) == (("@a:b",), "debug")


def test_no_file_is_needed_if_the_environment_says_it_all(tmp_path: Path) -> None:
    assert load(tmp_path / "none.yaml", SET).homeserver.name == "hall.test"
    with pytest.raises(Misconfigured, match="`crewhall generate` writes one"):
        load(tmp_path / "none.yaml", {})
    with pytest.raises(Misconfigured, match="cannot be read"):
        load(tmp_path, {})


def test_the_process_itself_is_asked_where_nothing_is_given(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREWHALL_SERVICE__KEEPER", "warden")
    assert load(config).service.keeper == "warden"


def test_secrets_come_from_files_and_are_never_shown(config: Path, tmp_path: Path) -> None:
    for name in ("as", "hs"):
        (tmp_path / name).write_text(f"{name}-token-of-some-length\n")
    environ = {f"CREWHALL_SERVICE__{n.upper()}_TOKEN_FILE": str(tmp_path / n) for n in ("as", "hs")}
    settings = load(config, environ)
    assert settings.service.as_token is not None
    assert settings.service.as_token.get_secret_value() == "as-token-of-some-length"
    assert "of-some-length" not in repr(settings) + str(settings.model_dump())


def test_kubernetes_may_say_what_it_likes(config: Path) -> None:
    environ = {
        "CREWHALL_PORT": "tcp://10.0.0.1:80",
        "CREWHALL_SERVICE_HOST": "10.0.0.1",
        "CREWHALL_PORT_80_TCP": "x",
    }
    assert load(config, environ).homeserver.name == "hall.test"


def test_every_setting_has_a_variable_and_a_documentation() -> None:
    known = variables(Settings)
    assert known["CREWHALL_HOMESERVER__ADDRESS"] == ("homeserver", "address")
    for name, field in Settings.model_fields.items():
        assert field.description, name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "config.yaml:1:1: This file is empty"),
        ("- a\n", "config.yaml:1:1: This file holds no `key: value` lines."),
        (
            "ledger: x\n",
            "config.yaml:1:1: `homeserver` is missing. The homeserver beside which the service runs.",
        ),
        (
            SHORT + "homserver: 1\n",
            "config.yaml:2:1: `homserver` is not known here: the nearest known key is `homeserver`.",
        ),
        (SHORT + "_env_file: x\n", "config.yaml:2:1: `_env_file` is not known here"),
        (SHORT + "self: x\n", "config.yaml:2:1: `self` is not known here"),
        (
            SHORT + "log:\n  fromat: json\n",
            "config.yaml:3:3: `fromat` is not known here: the nearest known key is `format`.",
        ),
        (SHORT + "log: {format: xml}\n", "`format` must be 'plain' or 'json', not 'xml'."),
        (SHORT + "ledger: 5\n", "config.yaml:2:1: `ledger` must be a path in quotes, not 5."),
        (SHORT + "service: keeper\n", "config.yaml:2:1: `service` must be a mapping"),
        (
            SHORT + "service: {listen: '29331'}\n",
            "`listen` must be a host and a port, such as 127.0.0.1:29331",
        ),
        (SHORT + "service: {listen: '127.0.0.1'}\n", "`listen` must be a host and a port"),
        (SHORT + "service: {listen: 'x:99999'}\n", "`listen` must be a host and a port"),
        (SHORT + "service: {listen: '::1:80'}\n", "`listen` must be a host and a port"),
        (SHORT + "service: {listen: 'http://x:80'}\n", "`listen` must be a host and a port"),
        (SHORT + "service: {address: '127.0.0.1:29331'}\n", "`address` must be an address such as http://"),
        (SHORT + "service: {address: 'http://x?y=1'}\n", "`address` must be an address"),
        (SHORT + "service: {address: 'http://me:pass@x'}\n", "`address` must be an address"),
        (SHORT + "service: {address: 'http://x:99999'}\n", "`address` must be an address"),
        (
            SHORT + "service: {keeper: '@keeper:hall.test'}\n",
            "`keeper` must be small letters, digits and . _ - only",
        ),
        (
            SHORT + "service: {keeper: _crewhall}\n",
            "`service` names the same user as `keeper` and as `sender`",
        ),
        (SHORT + "service: {operators: '@you:x'}\n", "`operators` must be a list"),
        (
            SHORT + "service: {operators: [you]}\n",
            "Entry 1 of `operators` must be a whole Matrix name in quotes",
        ),
        (SHORT + "service: {as_token: abcdefghijklmnop}\n", "one of `as_token` and `hs_token`: set both"),
        (SHORT + "limits: {command_age: 1}\n", "`command_age` must be a number with its unit"),
        (SHORT + "limits: {command_age: soon}\n", "`command_age` must be a number with its unit"),
        (SHORT + "limits: {look_every: 0 s}\n", "`look_every` must lie between 1 s and 366 d"),
        (SHORT + "limits: {look_every: 99999999999999 w}\n", "`look_every` must lie between"),
        (SHORT + "limits: {concurrency: 0}\n", "`concurrency` must be at least 1, not 0."),
        (SHORT + "ledger: a\nledger: b\n", "config.yaml:3:1: `ledger` stands here a second time"),
        ("homeserver: {address: 'http://x', name: 'https://x'}\n", "`name` must be what follows the colon"),
        ("homeserver: {address: 'http://x', name: your.server}\n", "`name` is still a placeholder"),
        ("homeserver: {address: '', name: x}\n", "`address` must be an address"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(config: Path, text: str, told: str) -> None:
    assert told in faults(config, text)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        (
            "CREWHALL_LEGDER",
            "x",
            "CREWHALL_LEGDER: `CREWHALL_LEGDER` is not known here: the nearest known variable",
        ),
        ("CREWHALL_SERVICE_LISTEN", "x", "the nearest known variable is `CREWHALL_SERVICE__LISTEN`."),
        ("CREWHALL_HOMESERVER__ADRESS", "x", "is `CREWHALL_HOMESERVER__ADDRESS`."),
        (
            "CREWHALL_LIMITS__CONCURRENCY",
            "many",
            "CREWHALL_LIMITS__CONCURRENCY: `concurrency` must be a whole number",
        ),
        ("CREWHALL_LOG", "json", "CREWHALL_LOG: `log` must be a mapping"),
        ("CREWHALL_SERVICE__OPERATORS", "you", "CREWHALL_SERVICE__OPERATORS: Entry 1 of `operators` must be"),
        ("CREWHALL_SERVICE__AS_TOKEN_FILE", "/nowhere/x", "The file /nowhere/x cannot be read: No such file"),
    ],
)
def test_what_is_wrong_in_the_environment_names_the_variable(
    config: Path, variable: str, value: str, told: str
) -> None:
    assert told in faults(config, SHORT, {variable: value})


def test_a_value_and_its_file_at_once_is_told(config: Path) -> None:
    environ = {"CREWHALL_LEDGER": "a", "CREWHALL_LEDGER_FILE": "b"}
    assert "`CREWHALL_LEDGER` is set as well: keep one of the two." in faults(config, SHORT, environ)


def test_all_faults_are_told_at_once(config: Path) -> None:
    told = faults(config, "homeserver: {name: x}\nlegder: y\nlog: {level: loud}\n", {"CREWHALL_X": "1"})
    places = {line.split(" ")[0] for line in told.splitlines()}
    assert places == {"CREWHALL_X:", "config.yaml:1:1:", "config.yaml:2:1:", "config.yaml:3:7:"}


def test_a_token_is_not_shown_even_if_it_is_wrong(config: Path) -> None:
    told = faults(config, SHORT + "service: {as_token: 1234567890123456, hs_token: [abcdefghijklmnopqrst]}\n")
    assert "`as_token` must be text in quotes." in told
    assert "123456" not in told
    assert "abcdef" not in told


def test_the_example_is_a_configuration(config: Path) -> None:
    config.write_text(example())
    settings = load(config, {})
    assert settings.service.operators == ("@you:example.org",)


def test_the_example_shows_what_holds_anyway(config: Path) -> None:
    shown = (
        re.sub(r"(?m)^#( *[a-z_]+:)", r"\1", example())
        .replace("  as_token:\n", "")
        .replace("  hs_token:\n", "")
    )
    assert "\nlimits:\n" in shown
    config.write_text(shown)
    all_shown = load(config, {})
    config.write_text(example())
    assert all_shown == load(config, {})


@pytest.mark.parametrize("server", ["localhost:8448", "null", "on", "1.2.3.4", "[::1]:80", "example.org"])
def test_a_first_configuration_says_what_was_asked_for(tmp_path: Path, server: str) -> None:
    text = first(server, "http://x:1", operators=("@a:b",), registration=Path("/srv/registration.yaml"))
    settings = understand(text, tmp_path / "config.yaml")
    assert settings.homeserver.name == server
    assert settings.service.operators == ("@a:b",)
    assert settings.registration == Path("/srv/registration.yaml")


def test_values_are_shown_as_they_are_written() -> None:
    shown = [
        plain(v) for v in (None, True, 3, "plain", "no", "12", "a b", ("@a:b",), Path("a"), Path("../a"))
    ]
    assert shown == ["", "true", "3", "plain", '"no"', '"12"', '"a b"', '["@a:b"]', "./a", "../a"]
    assert [span(timedelta(seconds=s)) for s in (1, 90, 3600, 86400, 0.5)] == [
        "1 s",
        "90 s",
        "1 h",
        "1 d",
        "0.5 s",
    ]
