"""Promises of all facts: each can be written and read back, and none of it names a person in clear."""

from datetime import UTC, date, datetime

import pytest

from crewhall import house as rules
from crewhall.adapters.codec import Codec
from crewhall.charter.model import Charter
from crewhall.ground.effects import RoomPart
from crewhall.ground.facts import Fact
from crewhall.ground.guard import Concern
from crewhall.ground.ids import CrewKey, EventId, RoomId, RoomKey, RungKey, UserId
from crewhall.life.amending import facts as amend
from crewhall.life.community.facts import CharterChanged, Founded, Retired
from crewhall.life.crews import facts as crew
from crewhall.life.drift import facts as drift
from crewhall.life.hats import facts as hat
from crewhall.life.plans import facts as plan
from crewhall.life.returning import facts as back
from crewhall.life.rising import facts as rise
from crewhall.life.safety import facts as safety
from crewhall.life.seasons import facts as season
from crewhall.life.standing.facts import Arrived, Departed, LeftRung, Stood
from crewhall_bridges.calendar import facts as calendar
from crewhall_bridges.feed import facts as feed
from crewhall_bridges.sister import facts as sister
from crewhall_bridges.sister.crossing import facts as crossing
from crewhall_bridges.sister.recipes import facts as recipes
from crewhall_bridges.sister.terms import Half, compose
from crewhall_bridges.sister.visiting import facts as visit

ADA, BEA = UserId("@ada:here"), UserId("@bea:here")
AT = datetime(2026, 5, 3, tzinfo=UTC)
CHARTER = Charter.model_validate(
    {"key": "rivendell", "name": "Rivendell", "rungs": [{"key": "in", "name": "In"}]}
)
PART = RoomPart(RoomKey("rivendell"), (ADA,), (BEA,), (ADA, BEA), ((BEA, 0, 50),), ("made",))
OFFER = Half(ADA, "dale", "Dale", ("guests",), date(2026, 6, 1), "We ask.", 2)
TERMS = compose(OFFER, Half(BEA, "rivendell", "Rivendell", (), date(2026, 6, 1)))
PAGE = recipes.Page("practice", "Walks", "Dale", "CC0-1.0", "Two by two.", (("Shire", "Strolls"),))
FACTS: list[Fact] = [
    Founded(CHARTER, (ADA, BEA), ADA),
    CharterChanged(CHARTER),
    Retired((ADA, BEA)),
    Arrived(ADA),
    Departed(ADA, BEA),
    Stood(RungKey("in"), ADA),
    LeftRung(RungKey("in"), ADA, ADA),
    rise.BroughtIn(BEA, ADA),
    rise.Proposed("m", RungKey("in"), BEA, ADA, (ADA,), (ADA,), 1, AT, waits=True, wants_met=True),
    rise.MetStated("m", ADA, "a gathering"),
    rise.Vouched("m", ADA),
    rise.VouchTakenBack("m", ADA),
    rise.Objected("m", ADA),
    rise.ObjectionTakenBack("m", ADA, AT),
    rise.InvitationGiven("m", RungKey("in"), BEA, ADA, (ADA,), (ADA, BEA)),
    rise.ProposalWithdrawn("m", ADA),
    rise.ProposalLapsed("m"),
    rise.InvitationLapsed("m"),
    rise.TurnedAway(RungKey("in"), BEA, ADA),
    rise.SteppedDown(BEA, (RungKey("in"),)),
    rise.KeepingAsked("m", RungKey("in"), BEA, (ADA,), 1, AT),
    rise.KeepingMet("m", (ADA,)),
    rise.KeepingFailed("m", BEA, (RungKey("in"),)),
    rise.KeepingDropped("m"),
    back.Moved(AT),
    back.TableBrought(
        "m",
        AT,
        (back.Listed(BEA, AT, ((RungKey("in"), AT),), (("keys", AT),)), back.Listed(ADA, None)),
        (
            back.CrewListed(
                CrewKey("lantern"),
                "Lantern",
                private=True,
                listed=False,
                since=AT,
                seats=(ADA, BEA),
                leaves=("work",),
                ended="kept",
            ),
        ),
    ),
    back.TableShown("m", (ADA, BEA)),
    back.TableSaid("m", ADA, "yes"),
    back.TableUnsaid("m", ADA),
    back.TableAgreed("m", (ADA, BEA)),
    back.AskedBack("m", BEA, ((RungKey("in"), AT),)),
    back.TableOver("m"),
    crew.CrewStarted(CrewKey("lantern"), "Lantern", ADA, private=True, listed=False, mark="0a", keeper=BEA),
    crew.SeatOffered(ADA, BEA),
    crew.OfferWithdrawn(ADA, BEA),
    crew.InvitationTurnedBack(ADA, BEA),
    crew.SeatTaken(ADA),
    crew.SeatDeclined(ADA),
    crew.SeatLeft(ADA, BEA),
    crew.SeatAsked(ADA, knocked=True, called=True),
    crew.AskAnswered(ADA, BEA, yes=False),
    crew.AskWithdrawn(ADA, ADA),
    crew.SeatAdmitted(ADA, (ADA, BEA)),
    crew.EndAsked(ADA, AT),
    crew.EndAnswered(ADA, None),
    crew.EndWithdrawn(ADA),
    crew.CrewEnded("read-only"),
    crew.LeafAsked("work", None, AT),
    crew.LeafAgreed("work", ADA, yes=False),
    crew.LeafOpened("work"),
    crew.LeafClosed("work", ADA),
    crew.LeafLapsed("work"),
    crew.LeafRoomLeft("work/bench", ADA, BEA),
    crew.LeafRoomsWanted("work", ADA),
    amend.ChangeProposed("m", CHARTER, ADA, (BEA,), 1, AT, waits=True, since=2),
    amend.ChangeSaid("m", ADA, "no"),
    amend.ChangeWordTakenBack("m", ADA),
    amend.ChangeAgreed("m", (BEA,)),
    amend.ChangeWithdrawn("m", ADA),
    amend.ChangeDropped("m"),
    hat.HatOffered("m", "door", BEA, ADA, (ADA,), AT),
    hat.HatObjected("m", ADA),
    hat.HatObjectionTakenBack("m", ADA),
    hat.HatAsked("m", AT),
    hat.HatOfferWithdrawn("m", ADA),
    hat.HatOfferLapsed("m"),
    hat.HatTaken("m", "door", BEA, ADA, AT),
    hat.HatDropped("door", BEA, ADA),
    hat.HatsLost(BEA, ("door",)),
    hat.TermAsked("door", BEA, AT, 1),
    hat.HatRenewed("door", BEA, AT),
    hat.HatRotating("door", BEA),
    hat.UnderstudyAsked("m", "door", BEA, ADA, AT),
    hat.Understudied("m", "door", BEA, ADA),
    hat.UnderstudyEnded("door", BEA),
    hat.Away(BEA, date(2026, 6, 1), date(2026, 8, 1)),
    hat.AwayReminded(BEA),
    hat.AwayBegun(BEA),
    hat.AwayEnded(BEA),
    hat.LastKeyOutside(BEA),
    plan.PlanShown(
        "m", "f", RoomKey("rivendell"), (ADA,), (PART,), (Concern("share", 2, 3, RoomKey("rivendell")),)
    ),
    plan.PlanAllowed("m", ADA),
    plan.PlanPutOff("m", ADA),
    plan.PlanAnswerTakenBack("m", ADA),
    plan.PlanReminded("m"),
    plan.PlanDone("m", (PART,)),
    plan.PlanGone("m"),
    drift.DriftAsked("m", RoomKey("rivendell"), "powers", "d", ADA, ((BEA, 50, 0),), (BEA,), None, (ADA,)),
    drift.DriftSettled("m", RoomKey("rivendell"), "doors", "d", "leave", ADA),
    drift.DriftUnsettled("m", ADA),
    drift.DriftRestored(RoomKey("rivendell"), "people", "d", ADA),
    drift.DriftGone("m"),
    safety.RemovalAsked("m", BEA, ADA, "friends", (ADA, BEA), 2, AT),
    safety.RemovalSaid("m", ADA, "yes"),
    safety.RemovalUnsaid("m", ADA),
    safety.RemovalAnswered("m", BEA),
    safety.RemovalWithdrawn("m", ADA),
    safety.RemovalRefused("m"),
    safety.Removed("m", BEA, 2, 3),
    safety.ReadmitAsked("m", BEA, ADA, (ADA,), AT),
    safety.ReadmitUnasked("m"),
    safety.Readmitted("m", BEA, (ADA, BEA)),
    safety.PauseAsked("m", BEA, ADA, (ADA,), 7, AT),
    safety.PauseUnasked("m", ADA),
    safety.Paused("m", BEA, (ADA, BEA), AT, AT, (RungKey("in"),)),
    safety.PauseExplained("m", ADA),
    safety.PauseReviewAsked("m", (ADA, BEA)),
    safety.PauseKept("m", ADA),
    safety.PauseEnded("m", BEA, None),
    season.RenewalAsked(ADA, 1),
    season.SeasonAsked(ADA, date(2026, 6, 1), renews=True),
    season.SeasonAnswered(ADA, "lightly"),
    season.SeasonUnanswered(ADA, EventId("$e")),
    season.Rested(ADA),
    calendar.GatheringAdded("m", "Winter", "Here", AT, None, ADA),
    calendar.GatheringMoved("m", AT, AT, ADA),
    calendar.GatheringCancelled("m", ADA),
    calendar.CalendarOpened("t", "http://here"),
    calendar.CalendarRenewed(ADA),
    calendar.CalendarBegun("c", "0a", (calendar.Shape("e", ((AT, AT),), AT, "0b"),)),
    calendar.EventTold("c", calendar.Shape("e", ((AT, AT),), AT, "0b"), new=True),
    calendar.EventMet("c", calendar.Shape("e", (), AT, "0b")),
    calendar.CalendarLooked("c", "0a", "", 0),
    feed.FeedBegun("f", "0a", ("1", "2")),
    feed.FeedItemTold("f", "3"),
    feed.FeedLooked("f", "0a", "status", 500),
    crossing.CallAsked(
        "m", "q", RoomKey("rivendell/crew/a"), ADA, BEA, ("l",), "We ask.", date(2026, 6, 1), (ADA,), AT
    ),
    crossing.CallSaid("m", "q", ADA, yes=False),
    crossing.CallDropped("m", "q"),
    crossing.CallTold("m", "q"),
    crossing.CallOpened(
        "m", RoomKey("rivendell/crew/a"), ADA, ("l",), "A", "", 2, date(2026, 6, 1), ADA, (("l", BEA),)
    ),
    crossing.CallRestated("m", "A", 1),
    crossing.CallClosed("m", ("l",), None),
    crossing.SisterCalls("l", "m", 1, "A", "We ask.", 2, date(2026, 6, 1), BEA, closed=False),
    sister.LinkNamed("m", ADA, BEA, "dale", ADA, OFFER),
    sister.OfferChanged("m", ADA, OFFER, ((ADA, "guests"),)),
    sister.LinkAsked("m", "q", TERMS, ADA, (ADA, BEA), 1, AT, waits=True),
    sister.LinkSaid("m", "q", ADA, "yes"),
    sister.LinkWordTakenBack("m", "q", ADA),
    sister.LinkAgreed("m", "q", (ADA, BEA), ((ADA, "guests", 1),)),
    sister.LinkDropped("m", "q"),
    sister.FlowsClosed("m", ADA, ((ADA, "guests", 1),)),
    sister.LinkEnded("m", ADA),
    sister.ReviewAsked("m", date(2026, 6, 1), (ADA,)),
    sister.LinkKept("m", ADA, date(2026, 6, 1)),
    sister.ContactsChanged("m", (ADA,)),
    sister.LetterboxOffered(ADA, BEA, RoomId("!a")),
    sister.LetterboxFound("m", RoomId("!a")),
    sister.LetterboxRefused("m", RoomId("!a"), "other"),
    sister.LetterboxTroubled("m", "back"),
    sister.LetterboxSound("m"),
    sister.LinkLetGo("m"),
    sister.LetterboxShut("m"),
    sister.StatementHeard(
        "m",
        2,
        OFFER,
        (TERMS,),
        (ADA,),
        ((ADA, "guests", 1),),
        date(2026, 6, 1),
        ended=False,
        last=3,
        missed=1,
    ),
    sister.KeeperAnswered("m", here=True),
    visit.IntroductionAsked("m", "l", ADA, BEA),
    visit.SpeakerAgreed("m", BEA),
    visit.SpeakerStopped("m", BEA),
    visit.IntroductionMade("m", "0" * 64, "2026-05", date(2026, 6, 1)),
    visit.IntroductionOver("m"),
    visit.WordShown("l", ADA, "m", "0" * 64),
    visit.WordRefused("l", ADA, "used"),
    visit.VisitAsked("v", "l", ADA, "m", date(2026, 6, 1), (ADA, BEA)),
    visit.PassGiven("v", ADA, BEA, "in", date(2026, 6, 1)),
    visit.LongerAsked("v", date(2026, 6, 8)),
    visit.PassExtended("v", BEA, date(2026, 6, 8)),
    visit.VisitOver("v", "date"),
    visit.GuestOut("v"),
    visit.VisitForgotten("v"),
    recipes.RecipeShared("walks", PAGE, ADA),
    recipes.RecipeAdopted("walks", PAGE, ADA),
    recipes.RecipeWithdrawn("walks", ADA),
    recipes.AuthorNamed("walks", ADA),
    recipes.AuthorUnnamed("walks", ADA),
    recipes.NoteSent("l", "walks", "Went well.", ADA),
    recipes.DiaryWritten("2026-05", "We walked.", ADA),
    recipes.RecipeHeard("l", "walks", 2, PAGE, 3),
    recipes.RecipeGone("l", "walks"),
    recipes.NoteHeard("l", "walks", 1, "Went well."),
    recipes.DiaryHeard("l", "2026-05", 1, "May", "We walked."),
    recipes.DiaryShown("l", "2026-05"),
]


def test_no_kind_is_forgotten_here() -> None:
    lived = {fact for capability in rules.CAPABILITIES for fact in capability.facts}
    assert {type(fact) for fact in FACTS} == lived


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_a_fact_is_read_as_it_was_written_and_names_nobody(fact: Fact) -> None:
    codec = Codec(rules.FACTS)
    kind, body = codec.write(fact, lambda person: person.replace("@", "token-"))
    assert "@" not in body
    assert codec.read(kind, body, lambda token: token.replace("token-", "@")) == fact
