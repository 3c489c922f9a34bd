"""Promises of reading feeds: a few plain values of each item, whatever else the feed holds."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from crewhall.adapters.apart import apart
from crewhall.door import Sentence, Unread
from crewhall.text import render
from crewhall_bridges.feed.items import LONGEST_TITLE, MOST, read

AT = "https://blog.example/feed.xml"
READ = "crewhall_bridges.feed.items:read"


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>Blog</title>{"".join(items)}</channel></rss>'.encode()


def item(title: str = "Word", link: str = "https://blog.example/1", **more: str) -> str:
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    return f"<item><title>{title}</title><link>{link}</link>{rest}</item>"


def only(data: bytes) -> dict[str, Any]:
    (found,) = read(data, AT)
    return found


def test_rss_and_atom_give_title_link_and_date() -> None:
    told = only(rss(item(pubDate="Sat, 02 May 2026 10:00:00 +0200", guid="a")))
    assert (told["title"], told["link"]) == ("Word", "https://blog.example/1")
    assert datetime.fromisoformat(told["at"]) == datetime(2026, 5, 2, 8, tzinfo=UTC)
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>B</title><entry><id>urn:1</id>
        <title type="html">&lt;b&gt;Bold&lt;/b&gt; &amp;amp; clear</title><link href="/2"/>
        <updated>2026-05-03T00:00:00Z</updated></entry></feed>"""
    told = only(atom.encode())
    assert (told["title"], told["link"]) == ("Bold & clear", "https://blog.example/2")


def test_an_item_keeps_its_name_when_its_title_changes() -> None:
    first, second = (only(rss(item(title, guid="same"))) for title in ("One", "Two"))
    assert first["id"] == second["id"]


def test_an_item_without_id_link_and_date_still_has_a_name() -> None:
    bare = only(rss("<item><title>Only words</title></item>"))
    assert bare["at"] is None
    assert bare["link"] == ""
    assert bare["id"] == only(rss("<item><title>Only words</title></item>"))["id"]
    assert bare["id"] != only(rss("<item><title>Other words</title></item>"))["id"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("&lt;b&gt;Hello&lt;/b&gt; &lt;i&gt;you&lt;/i&gt;", "Hello you"),
        ("&lt;a href='javascript:x'&gt;Hello&lt;/a&gt;", "Hello"),
        ("Hello\n\n   there", "Hello there"),
        ("Hel\u202elo\u200b", "Hello"),
        ("", ""),
    ],
)
def test_a_title_is_one_line_of_plain_words(said: str, shown: str) -> None:
    assert only(rss(item(said, guid="1")))["title"] == shown


def test_a_very_long_title_is_cut() -> None:
    assert len(str(only(rss(item("x" * 9_000)))["title"])) == LONGEST_TITLE + 1


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "https://" + "x" * 600,
        "https://me:word@x/",
    ],
)
def test_a_link_that_is_none_of_the_web_is_left_out(link: str) -> None:
    assert only(rss(item(link=link, guid="urn:x")))["link"] == ""


def test_an_episode_without_a_page_links_to_its_sound() -> None:
    sound = '<enclosure url="https://blog.example/1.mp3" type="audio/mpeg" length="1"/>'
    told = only(rss(f'<item><title>One</title><guid isPermaLink="false">1</guid>{sound}</item>'))
    assert told["link"] == "https://blog.example/1.mp3"


def test_the_newest_come_first_whichever_way_the_feed_goes() -> None:
    days = [item(f"Day {n}", guid=str(n), pubDate=f"{n:02} May 2026 10:00:00 GMT") for n in range(1, 9)]
    titles = [one["title"] for one in read(rss(*days), AT)]
    assert titles == [f"Day {n}" for n in range(8, 0, -1)]
    assert [one["title"] for one in read(rss(*reversed(days)), AT)] == titles


def test_without_dates_the_order_of_the_feed_holds() -> None:
    assert [one["title"] for one in read(rss(item("B", guid="b"), item("A", guid="a")), AT)] == ["B", "A"]


def test_an_item_that_stands_twice_is_one() -> None:
    assert len(read(rss(item(guid="same"), item("Again", guid="same")), AT)) == 1


def test_of_ten_thousand_items_the_newest_are_read() -> None:
    many = rss(*(item(f"{n}", guid=str(n)) for n in range(10_000)))
    assert [one["title"] for one in read(many, AT)] == [str(n) for n in range(MOST)]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n" * 50, b"<html><body>Hello</body></html>", b"/etc/passwd", b"{}", b"\0" * 99],
)
async def test_what_is_no_feed_is_unclear_and_no_file_is_opened(data: bytes) -> None:
    with pytest.raises(Unread) as found:
        await apart(READ, data, AT)
    assert found.value.why == "unclear"


ENTITIES = b"".join(b'<!ENTITY a%d "%b">' % (n, b"&a%d;" % (n - 1) * 20) for n in range(1, 10))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">%b]>'
    b'<rss version="2.0"><channel><item><title>&a9;</title></item></channel></rss>'
) % ENTITIES
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss version="2.0"><channel><item><title>&x;</title><guid>1</guid></item></channel></rss>"""


async def test_an_entity_bomb_costs_nothing() -> None:
    began = time.monotonic()
    try:
        told = str(await apart(READ, BOMB, AT))
    except Unread:
        told = ""
    assert len(told) < 1_000
    assert time.monotonic() - began < 60


async def test_no_file_is_read_into_an_item() -> None:
    assert "root:" not in str(await apart(READ, OUTSIDE, AT))


def test_what_a_title_holds_is_never_markup_in_a_room() -> None:
    title = only(rss(item("&lt;script&gt;alert(1)&lt;/script&gt; { $x } @room", guid="1")))["title"]
    told = render(Sentence("feed-item-unlinked", {"feed": "X", "title": str(title)}), {}, "here")
    assert "<script" not in told.html
    assert "{ $x }" in told.plain


async def test_tags_without_end_cost_nothing_else() -> None:
    began = time.monotonic()
    deep = b'<rss version="2.0"><channel>' + b"<item><title>" * 100_000
    try:
        told = str(await apart(READ, deep, AT))
    except Unread:
        told = ""
    assert len(told) < 100_000
    assert time.monotonic() - began < 25
