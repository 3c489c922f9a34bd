"""What an answer means: each error code of the specification, waits in all their forms, any body at all."""

from datetime import UTC, datetime, timedelta

import pytest

from crewhall.adapters.answers import asked_wait, brief, number_in, parsed, text_in, texts_in, trouble
from crewhall.errors import Beyond, Denied, NotThere, Taken, TokenRefused, TryLater

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

# Every errcode that Matrix v1.19 lists for calls like ours, with a status it comes with.
CODES = {
    TokenRefused: [("M_UNKNOWN_TOKEN", 401), ("M_UNKNOWN_TOKEN", 403), ("M_MISSING_TOKEN", 401)],
    NotThere: [("M_NOT_FOUND", 404), ("M_UNKNOWN", 404)],
    Taken: [("M_USER_IN_USE", 400), ("M_ROOM_IN_USE", 400), ("M_UNKNOWN", 409)],
    TryLater: [
        ("M_LIMIT_EXCEEDED", 429),
        ("M_LIMIT_EXCEEDED", 400),
        ("M_UNKNOWN", 429),
        ("M_UNKNOWN", 408),
        ("M_UNKNOWN", 500),
        ("M_UNKNOWN", 502),
        ("M_UNKNOWN", 503),
        ("M_FORBIDDEN", 500),
        ("M_CONNECTION_FAILED", 502),
        ("M_BAD_STATUS", 502),
        ("M_CONNECTION_TIMEOUT", 504),
    ],
    Denied: [
        ("M_FORBIDDEN", 403),
        ("M_BAD_JSON", 400),
        ("M_NOT_JSON", 400),
        ("M_UNRECOGNIZED", 404),
        ("M_UNRECOGNIZED", 405),
        ("M_UNKNOWN", 400),
        ("M_UNAUTHORIZED", 401),
        ("M_USER_DEACTIVATED", 403),
        ("M_USER_LOCKED", 401),
        ("M_USER_SUSPENDED", 403),
        ("M_USER_LIMIT_EXCEEDED", 403),
        ("M_INVALID_USERNAME", 400),
        ("M_INVALID_ROOM_STATE", 400),
        ("M_THREEPID_IN_USE", 400),
        ("M_THREEPID_NOT_FOUND", 400),
        ("M_THREEPID_AUTH_FAILED", 403),
        ("M_THREEPID_DENIED", 403),
        ("M_THREEPID_MEDIUM_NOT_SUPPORTED", 400),
        ("M_SERVER_NOT_TRUSTED", 400),
        ("M_UNSUPPORTED_ROOM_VERSION", 400),
        ("M_INCOMPATIBLE_ROOM_VERSION", 400),
        ("M_BAD_STATE", 403),
        ("M_BAD_ALIAS", 400),
        ("M_GUEST_ACCESS_FORBIDDEN", 403),
        ("M_CAPTCHA_NEEDED", 400),
        ("M_CAPTCHA_INVALID", 400),
        ("M_MISSING_PARAM", 400),
        ("M_INVALID_PARAM", 400),
        ("M_TOO_LARGE", 413),
        ("M_EXCLUSIVE", 400),
        ("M_RESOURCE_LIMIT_EXCEEDED", 403),
        ("M_CANNOT_LEAVE_SERVER_NOTICE_ROOM", 403),
        ("M_CANNOT_OVERWRITE_MEDIA", 400),
        ("M_NOT_YET_UPLOADED", 400),
        ("M_CONSENT_NOT_GIVEN", 403),
        ("M_DUPLICATE_ANNOTATION", 400),
        ("M_UNABLE_TO_AUTHORISE_JOIN", 400),
        ("M_UNABLE_TO_GRANT_JOIN", 400),
        ("M_INVITE_BLOCKED", 403),
        ("M_URL_NOT_SET", 400),
        ("M_UNKNOWN_DEVICE", 400),
        ("M_UNKNOWN_POS", 400),
        ("M_WRONG_ROOM_KEYS_VERSION", 403),
        ("M_WEAK_PASSWORD", 400),
        ("M_APPSERVICE_LOGIN_UNSUPPORTED", 400),
        ("M_KEY_TOO_LARGE", 400),
        ("M_PROFILE_TOO_LARGE", 400),
        ("ORG_EXAMPLE_SOMETHING_NEW", 418),
    ],
}


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [(kind, code, status) for kind, pairs in CODES.items() for code, status in pairs],
)
def test_each_code_is_one_kind_of_trouble(kind: type[Exception], code: str, status: int) -> None:
    found = trouble("GET /x", status, {"errcode": code, "error": "So it is."}, None, far=False)
    assert type(found) is kind
    assert code in str(found)
    assert "So it is." in str(found)
    if isinstance(found, Denied):
        assert found.code == code


@pytest.mark.parametrize("body", [None, [], "text", {}, {"errcode": 7, "error": []}, {"errcode": ""}])
@pytest.mark.parametrize(
    ("status", "kind"), [(400, Denied), (301, Denied), (404, NotThere), (409, Taken), (503, TryLater)]
)
def test_an_error_without_a_code_is_judged_by_its_status(
    status: int, kind: type[Exception], body: object
) -> None:
    found = trouble("GET /x", status, body, None, far=True)
    assert type(found) is kind
    assert "M_UNKNOWN" in str(found)


@pytest.mark.parametrize("status", [502, 504])
def test_only_an_unreachable_third_party_is_beyond(status: int) -> None:
    told = {"errcode": "M_UNKNOWN", "error": "Can't connect to server"}
    assert type(trouble("POST /invite", status, told, None, far=True)) is Beyond
    assert type(trouble("POST /invite", status, told, None, far=False)) is TryLater
    assert type(trouble("POST /invite", status, None, None, far=True)) is TryLater
    assert type(trouble("POST /invite", 500, told, None, far=True)) is TryLater


def test_what_was_told_fits_a_line() -> None:
    assert brief("one\ntwo\x00three" + "x" * 1000) == ("one two three" + "x" * 1000)[:300]
    assert brief(None) == brief("") == "(nothing told)"


@pytest.mark.parametrize(
    ("body", "header", "wait"),
    [
        (None, None, None),
        ({}, None, None),
        ({"retry_after_ms": 1500}, None, 1.5),
        ({"retry_after_ms": 1500.5}, None, 1.5005),
        ({"retry_after_ms": 0}, None, 0),
        ({"retry_after_ms": -7}, None, 0),
        ({"retry_after_ms": 10**400}, None, 86400),
        ({"retry_after_ms": float("inf")}, None, 86400),
        ({"retry_after_ms": float("nan")}, None, None),
        ({"retry_after_ms": True}, None, None),
        ({"retry_after_ms": "1500"}, None, None),
        ({"retry_after_ms": None}, "3", 3),
        ({"retry_after_ms": 1500}, "3", 3),
        ({"retry_after_ms": 4500}, "3", 4.5),
        (None, " 3 ", 3),
        (None, "9" * 5000, 86400),
        (None, "Mon, 02 Mar 2026 09:00:20 GMT", 20),
        (None, "Mon, 02 Mar 2026 09:00:20 -0000", 20),
        (None, "Mon, 02 Mar 2026 08:00:00 GMT", 0),
        (None, "Fri, 31 Dec 9999 23:59:59 -2359", 86400),
        (None, "Mon, 01 Jan 0001 00:00:00 +2359", 0),
        (None, "Mon, 02 Mar 2026 09:00:20 +99999999999999", None),
        (None, "-5", None),
        (None, "soon", None),
        (None, "٣", None),
        (None, "", None),
    ],
)
def test_a_wait_is_read_in_all_its_forms(body: object, header: str | None, wait: float | None) -> None:
    expected = None if wait is None else timedelta(seconds=wait)
    assert asked_wait(body, header, NOW) == expected


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"a":', b"\xff\xfe\x00", b"null", b"[" * 100_000, b"9" * 5000, b'{"a": "\x00"}'],
)
def test_what_is_no_json_is_nothing(body: bytes) -> None:
    assert parsed(body) is None


def test_a_field_that_is_missing_means_that_the_answer_was_garbled() -> None:
    assert text_in({"room_id": "!a"}, "room_id") == "!a"
    assert number_in({"duration_ms": 3}, "duration_ms") == 3
    assert texts_in({"rooms": ["a", 1, None, "b"]}, "rooms") == ("a", "b")
    for answer in ([], "x", {}, {"f": None}, {"f": {}}, {"f": ""}, {"f": True}):
        for read in (text_in, number_in, texts_in):
            with pytest.raises(TryLater):
                read(answer, "f")
