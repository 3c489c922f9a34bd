"""Promises of the grammar: whatever people type is read as they meant it, or is nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crewhall.ground import grammar
from crewhall.ground.capability import Verb
from crewhall.ground.grammar import Line, Match, Near, choose, parse
from crewhall.ground.ids import UserId

ME = UserId("@keeper:hall.test")
ADA, BEN = UserId("@ada:hall.test"), UserId("@ben:b.example:8448")
PILL = '<a href="https://matrix.to/#/@ada:hall.test">Ada</a>'
VERBS = tuple(
    Verb(tuple(words.split()), f"!{words}", "", "")
    for words in ("crew", "crew start", "crew invite", "crew leave", "crew end", "help", "me", "why", "found")
)


def read(body: str, formatted: str | None = None, *, private: bool = False) -> Line | None:
    return parse(body, formatted, me=ME, name="The Keeper", mentioned=(ADA, BEN), private=private)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("!help", ("help",)),
        ("  !help  ", ("help",)),
        ("\n\n!help\nand more", ("help",)),
        ("\uff01help", ("help",)),
        ("!HELP crews", ("HELP", "crews")),
        ("!crew   start\tLantern", ("crew", "start", "Lantern")),
        ("@keeper:hall.test: !help", ("help",)),
        ("@keeper !help", ("help",)),
        ("Keeper, !help", ("help",)),
        ("the keeper: !help", ("help",)),
        ("> <@ada:hall.test> !crew end\n\n!help", ("help",)),
        ("> quoted\n> twice\n!help", ("help",)),
        ("!\u202ehe\u200blp\u2066", ("help",)),
        ("\u200b!he\x00lp", ("help",)),
        ("!he\u200dlp", ("help",)),
        ("!crew start 👨\u200d👩\u200d👧", ("crew", "start", "👨\u200d👩\u200d👧")),
        ('!crew start "Deep Roots" open', ("crew", "start", "Deep Roots", "open")),
        ("!crew start “Deep  Roots” open", ("crew", "start", "Deep Roots", "open")),
        ("!crew start „Tiefe Wurzeln“ open", ("crew", "start", "Tiefe Wurzeln", "open")),
        ("!crew start «Racines » open", ("crew", "start", "Racines", "open")),
        ("!crew start »Wurzeln« open", ("crew", "start", "Wurzeln", "open")),
        ("!crew start 「深い 根」", ("crew", "start", "深い 根")),
        ("!crew start\u3000灯籠", ("crew", "start", "灯籠")),
        ("!crew start『灯籠』open", ("crew", "start", "灯籠", "open")),
        ("!crew start \u2018Deep Roots\u2019 open", ("crew", "start", "Deep Roots", "open")),
        ("!crew start 'Deep Roots' open", ("crew", "start", "Deep Roots", "open")),
        ("!crew start Ada\u2019s crew", ("crew", "start", "Ada\u2019s", "crew")),
        ("!crew start 'tis good", ("crew", "start", "'tis", "good")),
        ('!crew start "never closed', ("crew", "start", "never closed")),
        ('!crew start ""', ("crew", "start")),
        ("!crew start <b>x</b> &amp;", ("crew", "start", "<b>x</b>", "&amp;")),
        ("!crew invite @nobody", ("crew", "invite", "@nobody")),
        ("!crew invite @a:b c:d@e", ("crew", "invite", "c:d@e")),
        ("!½", ("½",)),
    ],
)
def test_a_command_is_heard(body: str, words: tuple[str, ...]) -> None:
    line = read(body)
    assert line is not None
    assert line.words == words


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "\n\n",
        "!",
        "! ",
        "! help",
        "!!",
        "!!!",
        "!!help",
        "!?",
        "!?!",
        "!...",
        "help",
        "do say !help",
        "Keeper",
        "Keeper: thanks",
        "keepers !help",
        "> !help",
        "> !help\n",
        "hello\n!help",
        "/help",
        "\u200b",
        "\x00",
        "¡ayuda!",
        "@keeper:hall.test",
    ],
)
def test_chatter_is_nothing(body: str) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("help", ("help",)),
        ("!help", ("help",)),
        ("! help", ("help",)),
        ("!!! help", ("help",)),
        ("Keeper: help", ("help",)),
        ("", ()),
        ("!", ()),
        ("hello there", ("hello", "there")),
    ],
)
def test_a_private_chat_needs_no_sign(body: str, words: tuple[str, ...]) -> None:
    line = read(body, private=True)
    assert line is not None
    assert line.words == words


@pytest.mark.parametrize(
    ("body", "formatted", "words", "people"),
    [
        ("!crew invite Ada", f"!crew invite {PILL}", ("crew", "invite"), (ADA,)),
        ("!crew invite Ada", f"<p>!crew invite {PILL}, or</p><p>no</p>", ("crew", "invite", "or"), (ADA,)),
        ("x", f"<mx-reply>{PILL} !crew end</mx-reply>!crew invite {PILL}", ("crew", "invite"), (ADA,)),
        ("x", f"<blockquote>!crew end {PILL}</blockquote>\n<p>!me {PILL}</p>", ("me",), (ADA,)),
        ("x", f"!crew start <b>Deep</b> <script>evil</script>{PILL}", ("crew", "start", "Deep"), (ADA,)),
        ("x", '!me <a href="https://matrix.to/#/%40ada%3Ahall.test?via=x">A</a>', ("me",), (ADA,)),
        ("x", '!me <a href="matrix:u/ada:hall.test?action=chat">A</a>', ("me",), (ADA,)),
        ("x", "!me <A HREF='https://matrix.to/#/@ada:hall.test'>A", ("me",), (ADA,)),
        ("x", f'<a href="https://matrix.to/#/{ME}">Keeper</a>: !me {PILL}', ("me",), (ADA,)),
        ("x", f'<a href="https://matrix.to/#/{ME}">Keeper</a> !me', ("me",), ()),
        ("x", f'!me <a href="https://matrix.to/#/{BEN}">!crew end</a>{PILL}', ("me",), (BEN, ADA)),
        ("x", f"!crew start &lt;b&gt; {PILL}", ("crew", "start", "<b>"), (ADA,)),
        ("!me *x*", "!me <em>x</em>", ("me", "*x*"), ()),
        ("!me", '<a href="https://evil.example/#/@ada:hall.test">!crew end</a>', ("me",), ()),
        ("!me", '<a href="https://matrix.to/#/!room:hall.test">r</a>', ("me",), ()),
        ("!me", '<a href="https://matrix.to/#/@ad\u202ea:hall.test">r</a>', ("me",), ()),
        ("!me", '<a href="https://matrix.to/#/@%00:hall.test">r</a>', ("me",), ()),
        (f"!me {ADA} {BEN}", None, ("me",), (ADA, BEN)),
        (f"!me {ADA}, ({BEN}).", None, ("me",), (ADA, BEN)),
        (f"!me <{ADA}>", None, ("me",), (ADA,)),
        ("!me matrix:u/ada:hall.test https://matrix.to/#/@ben:b.example:8448", None, ("me",), (ADA, BEN)),
        ("!me @Ada and @ben: @eve", None, ("me", "and", "@eve"), (ADA, BEN)),
        (f'!me "{ADA}"', None, ("me", ADA), ()),
        ("!me @ada\u202e:hall.test", None, ("me",), (ADA,)),
        ("!me @" + "x" * 300 + ":hall.test", None, ("me", "@" + "x" * 300 + ":hall.test"), ()),
    ],
)  # fmt: skip
def test_people_are_heard(
    body: str, formatted: str | None, words: tuple[str, ...], people: tuple[UserId, ...]
) -> None:
    assert read(body, formatted) == Line(words, people)


def test_a_long_line_is_only_known_to_be_too_long() -> None:
    assert read("!" + "x " * grammar.MOST) == Line(too_long=True)
    assert read("x " * grammar.MOST) is None
    assert read("!me\n" + "x" * 100_000) == Line(("me",))


@pytest.mark.parametrize(
    ("said", "words", "rest"),
    [
        ("help", "help", ()),
        ("HeLp crews", "help", ("crews",)),
        ("\uff4d\uff45", "me", ()),
        ("crew", "crew", ()),
        ("crew Lantern", "crew", ("Lantern",)),
        ("crew start Help", "crew start", ("Help",)),
        ("CREW START x", "crew start", ("x",)),
    ],
)
def test_the_longest_command_is_meant(said: str, words: str, rest: tuple[str, ...]) -> None:
    match choose(Line(tuple(said.split()), (ADA,)), VERBS):
        case Match(verb, given_rest):
            assert (verb.words, given_rest.words) == (tuple(words.split()), rest)
            assert (given_rest.people, given_rest.text) == ((ADA,), " ".join(rest))
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("halp", "help"),
        ("helpp", "help"),
        ("crw", "crew"),
        ("\u0441rew start x", "crew start"),
        ("crew strat Lantern", "crew start"),
        ("crew lave", "crew leave"),
        ("crewstart Lantern", "crew start"),
        ("crew-invite @x", "crew invite"),
        ("wy", "why"),
        ("fuond Rivendell", "found"),
    ],
)
def test_a_slip_of_the_finger_tells_what_was_meant(said: str, words: str) -> None:
    assert choose(Line(tuple(said.split())), VERBS) == Near(
        next(verb for verb in VERBS if verb.words == tuple(words.split()))
    )


@pytest.mark.parametrize("said", ["", "poll", "we", "hello there", "remind me", "x" * 1000, "ayuda", "🏠"])
def test_other_words_mean_no_command(said: str) -> None:
    assert choose(Line(tuple(said.split())), VERBS) is None


ODD = st.text(
    alphabet=st.one_of(
        st.characters(), st.sampled_from("!\uff01@:<>&/\"“”\u2018\u2019'#\n \u202e\u200d\ud800")
    )
)


@given(ODD, st.one_of(st.none(), ODD), st.booleans())
def test_nothing_that_is_typed_does_harm(body: str, formatted: str | None, private: bool) -> None:  # noqa: FBT001
    line = parse(f"!{body}", formatted, me=ME, private=private)
    if line is None:
        return
    choose(line, VERBS)
    for word in line.words:
        assert word == word.strip()
        assert not set(word) & set("\n\r\x00\u202e\u2066\ud800")
    assert parse(f"!{body}", formatted, me=ME, private=private) == line


@pytest.mark.parametrize(
    "evil",
    [
        *("'a ", "<!--", "<a ", "<", "&", "<![", "@a:", '"', "<a x>", "<![x>", "<!>", "<?", "</", "> \n"),
        *(f"{PILL}{more}" for more in ("<div>", "<!", "<a href='", "&#x", "<mx-reply>", "<b", "<![CDATA[")),
    ],
)
def test_no_message_takes_long_to_read(evil: str) -> None:
    began = time.perf_counter()
    parse("!x " + evil * 3000, "!x " + evil * 3000, me=ME, private=True)
    assert time.perf_counter() - began < 0.5
