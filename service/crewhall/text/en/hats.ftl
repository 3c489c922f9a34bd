## Hats and who wears them

hats-list =
    Hats in { $community }:
    { $lines }
hats-service = Who runs this service is not named yet. A hat with the key “service” in the charter would show it.
hat-worn = { $hat }: { $people }.
hat-nobody = { $hat }: nobody wears it now.
hat-and = { $one }; { $others }
hat-more = { $line } { $more }
hat-wearer = { $person } (since { $since }, until { $until })
hat-wearer-over = { $person } (since { $since }; the term is over since { $until })
hat-wearer-rotating = { $person } (since { $since }, until somebody takes it over)
hat-wearer-away = { $line }, away { $when }
hat-understudies = Understudy: { $people }.
hat-risk = { $count ->
    [0] The hat is at risk: nobody wears it, and it wants { $wanted }.
   *[other] The hat is at risk: { $count } of { $wanted } wear it.
}
hat-asks = What is asked: { $about }
hat-allows = It allows to { $what } in { $where }.
hat-allows-all = It allows everything in the rooms of { $community }.
hat-term = { $months ->
    [one] It is for a month, and can be renewed, handed on or dropped.
   *[other] It is for { $months } months, and can be renewed, handed on or dropped.
}
hat-rule = { $most ->
    [one] It is offered by { $who }, to one of { $needs }.
   *[other] It is offered by { $who }, to at most { $most } of { $needs }.
}
hat-rule-consent = { $days ->
    [one] Before the person is asked, { $who } can object for a working day.
   *[other] Before the person is asked, { $who } can object for { $days } working days.
}
hat-unknown = There is no hat “{ $name }”. There are: { $hats }.
hat-unknown-near = There is no hat “{ $name }”. Did you mean { $near }?
hat-shut-out = While the doors of { $community } are closed for you, its hats are too. For the reason: !why

## Offering a hat

hat-offered = { $person } is asked whether they would wear { $hat }. Their yes counts until { $until }; a “not now” is told to nobody.
hat-offered-round = { $count ->
    [one] { $hat } is offered to { $person }. One other person can object until { $until };
   *[other] { $hat } is offered to { $person }. { $count } others can object until { $until };
} then { $person } is asked. To take it back, delete your message.
hat-offer-card =
    { $by } offers you the hat { $hat }.
    { $lines }
    ✅ is your yes, until { $until }. Anything else is “not now”, and nobody is told.
hat-offer-taken = You wear { $hat } until { $until }. To take it off at any time: !hat drop { $hat }
hat-offer-closed = The offer of { $hat } has closed.
hat-offer-over = What { $by } asked you has closed. If you would still like to, tell them.
hat-offer-withdrawn = { $hat } is no longer offered to { $person }.
hat-no-offer = You have offered { $hat } to { $person } no more, or not yet.
hat-taken-by = { $person } wears { $hat } now, until { $until }.
hat-not-asked = { $person } is not asked about { $hat }: an objection stood, or the rule was no longer met.
hat-not-oneself = Nobody offers a hat to themselves. { $hat } is offered by { $who }.
hat-not-yours = { $hat } is offered by { $who }.
hat-worn-already = { $person } wears { $hat } already.
hat-needs = { $hat } is worn by { $who }, and { $person } is not among them.
hat-not-now = { $person } cannot be asked just now. Ask later, or ask somebody else.
hat-offered-already = { $hat } is offered to { $person } already, until { $until }. Let them take their time.
hat-full = { $most ->
    [one] Somebody wears { $hat }, and only one can. It is free when they hand it on or drop it.
   *[other] { $most } wear { $hat }, and no more can. It is free when one of them hands it on or drops it.
}

## Objecting

hat-consent-card = { $by } offers { $hat } to { $person }.
hat-consent-open =
    { $head }
    { $lines }
hat-consent-until = A ✋ objects; I then ask for your reason. Without objection { $person } is asked after { $until }.
hat-consent-held = There is an objection. If it stands until { $until }, nobody is asked.
hat-consent-who = { $count ->
    [one] Asked is { $people }.
   *[other] Asked are { $count }: { $people }.
}
hat-consent-passed = { $hat } was offered to { $person }. Nobody objects; the rest is between them.
hat-consent-withdrawn = { $hat } is no longer offered to { $person }.
hat-consent-closed = { $hat } was offered to { $person }. The question has closed.
hat-objected = Your objection to { $person } and { $hat } counts. { $by } is told your reason; I keep none of it. To take it back, delete your message.
hat-objection = { $by } objects to { $person } and { $hat }: “{ $reason }”. While this stands nobody is asked. Talk with each other, or take your offer back: !hat withdraw
hat-hand-raised = { $by } objects to { $person } and { $hat }. I have asked for their reason. While this stands nobody is asked.
hat-object-why = Your objection to { $person } and { $hat } counts. Please tell { $by } why: !hat object { $hat } for { $person } because … To take it back, remove your reaction.
hat-no-question = Nothing is open about { $person } and { $hat } in which you have a say.
hat-question-closed = The question about { $person } and { $hat } has closed.

## Terms, handing on, dropping

hat-term-card =
    Your term with { $hat } ended on { $until }.
    🔁 wear it for { $months } more months, 🤝 look for somebody to hand it on to, 🍂 take it off. All three are fine.
hat-term-again =
    { $hat } is still yours; its term ended on { $until }. When you like:
    🔁 { $months } more months, 🤝 hand it on, 🍂 take it off.
hat-renewed = You wear { $hat } until { $until }.
hat-rotating =
    { $hat } is yours until somebody takes it over and { $count } wear it. What there is to hand over:
    { $lines }
    If you would rather keep it: 🔁. To take it off now: 🍂.
hat-others = It is worn by { $people } too.
hat-others-few = { $count ->
    [0] Without you nobody wears it, and it wants { $wanted }.
   *[other] Without you { $count } of { $wanted } wear it.
}
hat-way-offer = To hand it on: !hat offer { $hat } to @person. To have somebody learn it: !hat understudy { $hat } @person
hat-way-ask = It is offered by { $who }: tell one of them whom you have in mind. To have somebody learn it: !hat understudy { $hat } @person
hat-handed-on = { $person } wears { $hat } now, and you have handed it on.
hat-dropped = You no longer wear { $hat }.
hat-not-worn = You do not wear { $hat }.
hat-last-key = Nobody else in { $community } wears { $hat }, and without it nothing could be changed. Offer it to somebody first: !hat offer { $hat } to @person
hat-lost = You no longer wear { $hat }: it is worn by { $who }.
hat-key-outside-you = You have left { $community } and hold its only key, so { $hat } stays with you until somebody else wears it: !hat offer { $hat } to @person
hat-key-outside = The only key of { $community } is held by { $person }, who has left. The hat { $hat } is at risk: see !hat { $hat } for who can offer it.

## Understudies

hat-understudy-card =
    { $by } would like you to be understudy of { $hat }: to learn it, and to be asked first when it becomes free.
    { $lines }
    ✅ is your yes, until { $until }. Anything else is “not now”, and nobody is told.
hat-understudy-asked = { $person } is asked whether they would be understudy of { $hat }. Their yes counts until { $until }.
hat-understudy-taken = You are understudy of { $hat }. To stop: !hat drop { $hat }
hat-understudy-yes = { $person } is understudy of { $hat } now.
hat-understudy-ended = You are no longer understudy of { $hat }.
hat-understudy-first = { $person } does not wear { $hat } for now, and you are its understudy. It is offered by { $who }: if you would wear it, tell one of them.
hat-understudy-not-yours = Understudies of { $hat } are asked by those who wear it.
hat-understudy-already = { $person } is understudy of { $hat } already.
hat-understudy-waits = { $person } is asked about { $hat } already. Let them take their time.

## Being away

away-from =
    Noted: away from { $begins }. Those who wear the same hats or offer them can see it. When you are here again: !back
    { $lines }
away-from-until =
    Noted: away from { $begins } until { $ends }. Those who wear the same hats or offer them can see it.
    { $lines }
away-hat = { $hat } would be at risk while you are away.
away-hat-safe = { $hat } is worn by enough others.
away-reminder =
    From { $begins } on you are away, and this is not handed over yet:
    { $lines }
away-when = from { $begins }
away-when-until = from { $begins } until { $ends }
away-back = Noted: you are here. Nobody in { $community } sees an absence of yours any more.
away-not = You have told no absence in { $community }.
away-no-hats = You wear no hat in { $community }, so there is nothing to hand over.
away-which-day = “{ $text }” is no day that I understand. Say it as in: June, 1 June, 2026-06-01
away-past = { $day } is over. Say a day that is still to come, or: !away from today
away-ends-before = { $ends } is not after { $begins }. First say the first day away, then the day you are back.
away-too-far = That is years ahead. Say it again when it is nearer.

## One's own

me-hat = You wear { $hat } until { $until }.
me-hat-over = You wear { $hat }; its term ended on { $until }.
me-hat-rotating = You wear { $hat } until somebody takes it over.
me-hat-offered = { $by } offers you { $hat }: my card about it counts until { $until }.
me-understudy = You are understudy of { $hat }.
me-away = You are away { $when }.
why-hat = You have worn { $hat } since { $since }; { $by } offered it.
why-hat-founding = You have worn { $hat } since { $since }, from the founding.
why-hat-gone = You have not worn { $hat } since { $since }.
hat-ail-awaited = Those who are to hold the keys have not come in yet.
hat-ail-awaited-do = They come in by their invitation.
hat-ail-no-key = Nobody here holds a key.
hat-ail-no-key-do = Those who hold one may come in by their invitation; otherwise whoever runs the service can help.
hat-ail-one-key = Only one person here holds a key.
hat-ail-one-key-do = Offer it to a second one: !hat offer keys to somebody.
hat-ail = The hat { $hat } is at risk: { $count } of { $wanted } wear it.
hat-ail-do = Offer it to somebody with !hat offer.
