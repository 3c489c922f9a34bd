"""The registration: what we write is what a homeserver takes, and nothing of it is given away."""

import itertools
import re
import stat
from pathlib import Path

import pytest
import yaml
from synapse.config.appservice import load_appservices

from crewhall import registration as registrations
from crewhall.charter.faults import Faults
from crewhall.errors import Misconfigured
from crewhall.registration import differences, draft, of, read, write
from crewhall.settings import HomeserverSettings, ServiceSettings, Settings

TOKEN = "a-token-of-forty-characters-is-long-enough"
OTHER = "b-token-of-forty-characters-is-long-enough"


def settings(name: str = "hall.test", path: Path = Path("registration.yaml"), **service: object) -> Settings:
    return Settings(
        homeserver=HomeserverSettings(address="http://127.0.0.1:8008", name=name),
        service=ServiceSettings.model_validate(service),
        registration=path,
    )


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return tmp_path / "registration.yaml"


@pytest.mark.parametrize("name", ["hall.test", "localhost:8448", "a-b.example.org", "[::1]:8448"])
@pytest.mark.parametrize("keeper", ["keeper", "the.keeper_2-b"])
def test_synapse_takes_what_we_write(paper: Path, name: str, keeper: str) -> None:
    write(paper, draft(settings(name, keeper=keeper)))
    (service,) = load_appservices(name, [str(paper)])
    assert service.sender.to_string() == f"@_crewhall:{name}"
    assert service.is_exclusive_user(f"@{keeper}:{name}")
    assert service.is_exclusive_alias(f"#_crewhall_rivendell_crew_lantern:{name}")
    assert (service.supports_ephemeral, service.msc4190_device_management) == (True, True)
    assert service.is_rate_limited() is False


def test_it_claims_the_keeper_and_our_addresses_and_nothing_else(paper: Path) -> None:
    write(paper, draft(settings("a.b", keeper="the.keeper")))
    (service,) = load_appservices("a.b", [str(paper)])
    strangers = (
        "@theXkeeper:a.b",
        "@the.keeper2:a.b",
        "@xthe.keeper:a.b",
        "@the.keeper:aXb",
        "@the.keeper:a.b.evil",
    )
    assert not any(service.is_user_in_namespace(who) for who in strangers)
    others = (
        "#crewhall_x:a.b",
        "#_crewhallx:a.b",
        "#_crewhall_x:aXb",
        "#x_crewhall_y:a.b",
        "#_crewhall_x:a.b.evil",
    )
    assert not any(service.is_exclusive_alias(alias) for alias in others)
    assert service.namespaces["rooms"] == []


def test_it_is_as_matrix_wants_it(paper: Path) -> None:
    count = itertools.count(1)
    write(paper, draft(settings(), lambda size: f"{next(count)}-{size}-" + "x" * 40))
    assert yaml.safe_load(paper.read_text()) == {
        "id": "crewhall",
        "url": "http://127.0.0.1:29331",
        "as_token": "1-32-" + "x" * 40,
        "hs_token": "2-32-" + "x" * 40,
        "sender_localpart": "_crewhall",
        "rate_limited": False,
        "receive_ephemeral": True,
        "io.element.msc4190": True,
        "namespaces": {
            "users": [{"exclusive": True, "regex": r"@keeper:hall\.test$"}],
            "aliases": [{"exclusive": True, "regex": r"#_crewhall_.*:hall\.test$"}],
            "rooms": [],
        },
    }


def test_only_its_owner_reads_it_and_nobody_overwrites_it(paper: Path) -> None:
    write(paper, draft(settings()))
    before = paper.read_text()
    assert stat.S_IMODE(paper.stat().st_mode) == 0o600
    with pytest.raises(Misconfigured, match="not overwritten"):
        write(paper, draft(settings()))
    assert paper.read_text() == before


def test_it_cannot_be_written_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be written: No such file"):
        write(tmp_path / "none" / "registration.yaml", draft(settings()))


def test_what_was_written_is_read_again(paper: Path) -> None:
    drawn = draft(settings())
    write(paper, drawn)
    assert read(paper) == drawn
    assert of(settings(path=paper)) == drawn
    assert drawn.as_token.get_secret_value() != drawn.hs_token.get_secret_value()
    assert drawn.as_token.get_secret_value() not in repr(drawn)


def test_keys_of_the_homeserver_are_left_alone(paper: Path) -> None:
    told = yaml.safe_load(registrations.written(draft(settings())))
    paper.write_text(yaml.safe_dump({**told, "org.matrix.msc3202": True, "protocols": []}))
    assert read(paper).id == "crewhall"


def test_tokens_in_the_settings_need_no_file() -> None:
    own = settings(path=Path("/nowhere/registration.yaml"), as_token=TOKEN, hs_token=OTHER)
    assert of(own).as_token.get_secret_value() == TOKEN
    assert of(own).hs_token.get_secret_value() == OTHER


GOOD = {
    "id": "crewhall",
    "url": "http://127.0.0.1:29331",
    "as_token": TOKEN,
    "hs_token": OTHER,
    "sender_localpart": "_crewhall",
    "namespaces": {},
}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"as_token": None}, "`as_token` must be text"),
        ({"as_token": "generate"}, "`as_token` is a placeholder"),
        ({"hs_token": "<put a token here, it is secret>"}, "`hs_token` is a placeholder"),
        ({"hs_token": "CHANGEME-CHANGEME-CHANGEME"}, "`hs_token` is a placeholder"),
        ({"hs_token": "x" * 40}, "`hs_token` is a placeholder"),
        ({"as_token": "short"}, "`as_token` is too easy to guess"),
        (
            {"as_token": "a token with spaces in it, and long"},
            "`as_token` holds characters that no token has",
        ),
        ({"hs_token": TOKEN}, "`hs_token` is the same as `as_token`"),
        ({"sender_localpart": ""}, "`sender_localpart` is empty"),
        ({"namespaces": []}, "`namespaces` must be a mapping"),
        ({"url": 5}, "`url` must be text"),
        ({"rate_limited": "perhaps"}, "`rate_limited` must be true or false"),
    ],
)
def test_a_registration_that_protects_nothing_is_refused(
    paper: Path, change: dict[str, object], told: str
) -> None:
    paper.write_text(yaml.safe_dump({**GOOD, **change}))
    with pytest.raises(Faults, match=re.escape(told)) as refused:
        read(paper)
    assert TOKEN not in str(refused.value)
    assert str(refused.value).startswith(f"{paper}:")


@pytest.mark.parametrize(
    ("text", "told"), [("", "is empty"), ("[]", "no `key: value` lines"), ("a: [", "missing here")]
)
def test_what_is_no_registration_is_told(paper: Path, text: str, told: str) -> None:
    paper.write_text(text)
    with pytest.raises(Faults, match=told):
        read(paper)


def test_a_missing_one_says_how_it_comes_to_be(paper: Path) -> None:
    with pytest.raises(Misconfigured, match="`crewhall generate` writes one"):
        read(paper)
    with pytest.raises(Misconfigured, match="cannot be read"):
        read(paper.parent)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "other.test"}, "No namespace of users holds @keeper:other.test"),
        ({"keeper": "warden"}, "No namespace of users holds @warden:hall.test"),
        ({"id": "hall"}, "`id` is crewhall here, and service.id is hall"),
        ({"sender": "_hall"}, "`sender_localpart` is _crewhall here, and service.sender is _hall"),
        ({"address": "http://10.0.0.1:29331"}, "and service.address is http://10.0.0.1:29331"),
    ],
)
def test_where_it_and_the_settings_part_ways_is_told(paper: Path, changed: dict[str, str], told: str) -> None:
    write(paper, draft(settings()))
    with pytest.raises(Faults, match=re.escape(told)):
        of(settings(path=paper, **changed))


def test_a_namespace_that_is_no_expression_covers_nothing() -> None:
    drawn = draft(settings())
    broken = drawn.namespaces.model_copy(
        update={"users": (registrations.Namespace(exclusive=True, regex="@("),)}
    )
    told = list(differences(drawn.model_copy(update={"namespaces": broken}), settings()))
    assert len(told) == 1
