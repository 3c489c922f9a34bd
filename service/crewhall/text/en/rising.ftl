## Going up: proposals, vouches, consent

rise-proposed =
    { $person } is proposed for { $rung }. { $count ->
        [0] Nobody else has to be asked,
        [one] One other person is asked,
       *[other] { $count } others are asked,
    } and it is open until { $until }. { $person } hears of it only when the rule is met.
rise-given = { $person } is invited to { $rung }. Yes or no is theirs alone.
rise-card = { $by } proposes { $person } for { $rung }.
rise-card-open =
    { $head }
    { $lines }
rise-card-given = { $person } was proposed for { $rung }, and is invited.
rise-card-withdrawn = { $person } is no longer proposed for { $rung }.
rise-card-lapsed = { $person } was proposed for { $rung }. The question has closed without an invitation.
rise-line-met = Where { $by } says they met: { $way }.
rise-line-not-met = { $by } has not said yet where they met.
rise-line-vouches = { $needed ->
    [one] A 👍 vouches, and one is needed. So far: { $sofar }.
   *[other] A 👍 vouches, and { $needed } are needed. So far: { $sofar }.
}
rise-line-frozen = Some do not count now: the standing of whoever brought these people is itself in question.
rise-line-consent = A ✋ objects; I then ask for your reason. Without objection this closes on { $until }.
rise-line-unanimous = A ✋ objects; I then ask for your reason. Without objection this closes on { $until }, or once all have vouched.
rise-line-until = This is open until { $until }.
rise-line-objection = There is an objection, and the clock stands until it is taken back.
rise-line-electorate = { $count ->
    [one] Asked is { $people }.
   *[other] Asked are { $count }: { $people }.
}
rise-asked =
    { $by } would like to have you on { $rung }, and the invitation is there.
    { $lines }
rise-asked-asks = What is asked: { $asks }
rise-asked-opens = It opens { $rooms }.
rise-asked-how = Accepting the invitation is your yes. “Not now” is fine: decline it, or let it lie. Nobody is told.
rise-vouched = You vouch for { $person } on { $rung }. To take it back, delete your message or your reaction.
rise-objected = Your objection to { $person } on { $rung } has the clock stand. { $by } is told your reason; I keep none of it. To take it back, delete your message.
rise-objection = { $by } objects to { $person } on { $rung }: “{ $reason }”. The clock stands until this is taken back. Talk with each other, or take your proposal back: !withdraw
rise-object-words = An objection counts once it has a reason: !object { $person } because …
rise-withdrawn = { $person } is no longer proposed for { $rung }.
rise-nothing-to-withdraw = You have proposed { $person } for nothing that can be taken back, or for more than one rung: then name it.
rise-no-question = Nothing is open about { $person } in which you have a say.
rise-not-asked = This question about { $person } and { $rung } was opened on { $since } to others.
rise-closed = The question about { $person } and { $rung } closed on { $until }.
rise-vouch-oneself = Nobody vouches for themselves.
rise-vouch-proposer = You proposed { $person }; vouches are others' words.
rise-vouched-already = You vouch for { $person } on { $rung } already.
rise-objected-already = You object to { $person } on { $rung } already.
rise-no-vouch = You vouch for { $person } nowhere now, or for more than one rung: then name it.
rise-vouch-back = You no longer vouch for { $person } on { $rung }. I tell nobody that it was you.
rise-which = More than one question about { $person } is open: name the rung, as in !vouch { $person } for …
rise-resting = You rest, and who rests is not asked to vouch or to object. To be asked again: !season in
rise-shut-out = While the doors of { $community } are closed for you, you can neither propose anybody nor vouch or object. For the reason: !why
rise-frozen = Not now: the standing of { $people } is in question, and until it is answered vouches by and for those they brought do not count.

## Going up: what cannot be proposed

rise-by-hand = { $rung } has no rule for proposals: people are invited there in Element, by whoever may.
rise-unknown-rung = There is no “{ $name }” here. There are: { $rungs }.
rise-no-rungs = { $community } has no rungs.
rise-not-oneself = Nobody proposes themselves. For { $rung } you can be proposed by { $who }.
rise-not-yours = For { $rung } people are proposed by { $who }.
rise-elsewhere = { $community } is closed to other servers, so { $person } cannot be invited.
rise-there-already = { $person } is on { $rung } already.
rise-awaited = { $person } is invited to { $rung } and has not answered. Let them take their time.
rise-not-inside = { $person } is not in { $community }. Coming in is the first step.
rise-step-first = Before { $rung } comes { $before }, and { $person } is not there.
rise-too-soon = { $person } can be proposed for { $rung } from { $since } on: some time on { $before } comes first.
rise-doors-closed = By a decision the doors of { $community } are closed for { $person }, so nobody can propose them now.
rise-asked-already = { $person } was invited to { $rung } on { $since }. Let them take their time.
rise-open-already = { $person } is proposed for { $rung } already; it is open until { $until }.
rise-met-how = Say where you have met { $person }: put “met …” behind the command, with one of { $ways }.
rise-taken-back = Your invitation of { $person } to { $rung } was taken back. { $why }
rise-early = { $person } is proposed for { $rung } now, by your invitation, which I took back: I invite when the rule is met. It is open until { $until }.
rise-early-met = { $person } is proposed for { $rung } now, by your invitation, which I took back: I invite when the rule is met. Still missing is where you met: say !invite again with “met …” and one of { $ways }.
rise-early-again = { $person } is proposed for { $rung } already, and I invite when the rule is met.
rise-came-unasked = { $rung } is entered by its rule, and you were not asked by it yet. Nothing else is lost.
rise-came-late = The invitation to { $rung } had been taken back before you came. You can be asked again; nothing else is lost.

## The rule in words

rise-rule-propose = For { $rung } somebody is proposed by { $who }.
rise-rule-met = They have met at one of these: { $ways }.
rise-rule-vouches = { $count ->
    [one] One more person vouches, out of { $who }.
   *[other] { $count } more people vouch, out of { $who }.
}
rise-rule-consent = { $days ->
    [one] Then nobody objects for a working day, out of { $who }.
   *[other] Then nobody objects for { $days } working days, out of { $who }.
}
rise-rule-after = { $days ->
    [one] Before that comes a day on { $before }.
   *[other] Before that come { $days } days on { $before }.
}
rise-rule-keep = { $count ->
    [one] After { $days } days one vouch must still stand; if none does, others are asked anew, for { $ask } days.
   *[other] After { $days } days { $count } vouches must still stand; if fewer do, others are asked anew, for { $ask } days.
}
rise-rule-yes = Only then comes the invitation, and accepting it is the yes.
rise-consent-by = To { $rung } you were proposed by { $by } on { $since }.
rise-consent-met = { $by } said where you met: { $way }.
rise-consent-vouches = { $count ->
    [one] One person vouched for you.
   *[other] { $count } people vouched for you.
}
rise-consent-vouched = For you vouched { $people }.
rise-consent-unopposed = { $count ->
    [one] One person was asked, and did not object until { $until }.
   *[other] { $count } people were asked, and nobody objected until { $until }.
}
me-asked = { $by } would like to have you on { $rung }. Accept the invitation, or decline it: nobody is told.
why-turned-away = You were invited to { $rung } or came in past its rule, so the invitation was taken back.

## Staying

keep-told =
    { $count ->
        [0] None of the vouches for you on { $rung } stands any more:
        [one] One of the vouches for you on { $rung } still stands, and { $needed } are wanted:
       *[other] { $count } of the vouches for you on { $rung } still stand, and { $needed } are wanted:
    } a vouch ends when its giver leaves or takes it back. I have asked others whether they vouch for you. Until { $until } nothing changes; if too few do by then, you step back from { $rungs }, and can be asked again.
keep-stays = Enough people vouch for you: you stay on { $rung }.
keep-down = Too few vouches stood for you on { $rung }, so you have stepped back from { $rungs }. Rooms that only this opened close; nothing else is lost. To come back, you can be proposed again by { $who }.
keep-card = { $person } is on { $rung }, and fewer vouches stand than its rule keeps. If you vouch for them, say so.
keep-card-closed = The question about { $person } and { $rung } is closed.
me-keeping = Others are asked whether they vouch for you on { $rung }. Until { $until } nothing changes.
why-kept-not = On { $since } too few vouches for you stood on { $rung }.

## Coming down

step-down = You have stepped down from { $rungs }. Rooms that only this opened close; nothing else is lost.
step-deeper = From { $others } you would step down too. If so: !step down from { $rung } all
step-not-there = You are not on { $rung }.
step-nowhere = You are on no rung of { $community }.
step-leave-space = To leave { $community }, leave its space in Element. It is heard at once.
