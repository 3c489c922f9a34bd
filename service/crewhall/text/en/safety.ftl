## Putting somebody out: slow, with notice, by those who decide

safety-removal-asked =
    It is asked now whether { $person } shall leave. { $needed } of { $count } must say yes: { $people }. It lasts until { $until }, and silence is no yes. { $person } hears of it, with your reason, and can answer; I keep none of your words. To take it back: !remove withdraw { $person }
safety-removal-card =
    { $by } asks that { $person } leaves { $community }: “{ $reason }”
    👍 says yes, 👎 says no. You can change it, or take it back, until { $until }. { $needed } of { $count } must say yes; silence is no yes. Asked are { $people }. { $person } knows of it and can answer. It is between you.
safety-removal-notice =
    { $by } asks that you leave { $community }: “{ $reason }”
    Nothing is decided. { $needed } of the { $count } people who decide would have to say yes, and it lasts until { $until }. You can answer them all through me: !answer and your words. I keep none of them.
safety-removal-withdrawn = It is no longer asked whether { $person } shall leave. { $person } hears of it.
safety-removal-card-withdrawn = It is no longer asked whether { $person } shall leave.
safety-removal-card-gone = { $person } has left { $community } for good. There is nothing left to answer.
safety-removal-card-passed = { $person } is out of { $community }: { $yes } of { $count } said yes. Crews keep their own rooms. It can be ended by two: !readmit
safety-removal-card-failed = { $person } stays: { $yes } of { $count } said yes, and { $needed } were needed. It can be asked again from { $since }.
safety-removal-card-key = { $person } stays: nobody else holds the key of { $community }. Give somebody else the keys first.
safety-removal-over = It is no longer asked whether you shall leave { $community }.
safety-stays = Those who were asked have not decided that you leave { $community }. You stay, as before.
safety-removed = { $community } has decided that your way with it ends here: { $yes } of { $count } said yes, so its rooms are closed to you from now on. Your crews keep their own rooms, and nobody puts you out of them. Nobody else is told.
safety-answer = { $person } answers: “{ $words }”
safety-answered = { $count ->
    [one] The one who decides has your words. I keep none of them.
   *[other] All { $count } who decide have your words. I keep none of them.
}
safety-people-more = { $people } and { $more } more

## What cannot be asked or said about it

safety-removal-not-yours = That somebody leaves is asked by { $who }. When something is hard, talk with one of them first.
safety-not-oneself = That is for others. To leave { $community } yourself, leave its space in Element: it is heard at once.
safety-removed-already = { $person } is out of { $community } already. To end it: !readmit
safety-not-inside = { $person } is not in { $community }, so there is nothing to close.
safety-removal-open-already = It is asked already whether { $person } shall leave, until { $until }.
safety-removal-not-again = This was asked about { $person } not long ago. It can be asked again from { $since }.
safety-removal-last-key = { $person } is the only one who holds the key of { $community }. Give somebody else the keys first.
safety-removal-too-few = Nobody is put out by one voice alone, and there are not two others among { $who }. Have more people there first.
safety-nothing-asked = Nothing is asked about { $person } that you could take back.
safety-removal-closed = The question about { $person } closed on { $until }.
safety-no-say = You are no longer among those who decide about { $person }, so your word does not count.
safety-no-answer = Nothing is asked about you in { $community }, so there is nobody to answer.
safety-answered-often = You have answered { $most } times. Talk with them directly from here on.

## Ending a removal

safety-readmit-not-yours = A removal is ended by two people out of { $who }.
safety-not-removed = { $person } is not removed from { $community }. A pause is ended with !pause end
safety-readmit-waits = You asked for { $person } already; a second one can say yes until { $until }.
safety-readmit-no-second = It takes two people out of { $who }, and there is nobody besides you. Have somebody else there first.
safety-readmit-two = It takes two people out of { $who }, and one of you is no longer there. Ask anew: !readmit
safety-readmit-asked = { $count ->
    [one] One other person is asked whether { $person } may come again, until { $until }. Their yes is enough.
   *[other] { $count } others are asked whether { $person } may come again, until { $until }. One yes is enough.
}
safety-readmit-card =
    { $by } would like { $person } to be able to come to { $community } again.
    Your ✅ makes it so, and { $person } is invited. To say no, do nothing; it closes on { $until }.
safety-readmit-card-done = { $person } is invited to { $community } again, by { $people }.
safety-readmit-card-over = { $person } was not invited again.
safety-readmitted = The doors of { $community } are open to you again, and you are invited. Come if you like, or let it lie.

## A pause: two keyholders, a few days

safety-pause-asked = { $people } can say yes with a ✅ until { $until }; then the doors are closed to { $person } at once. Until then nothing happens, and { $person } is not told. To take it back: !pause end { $person }
safety-pause-card =
    { $by } asks for a pause: the doors of { $community } closed to { $person } for { $days ->
        [one] one day
       *[other] { $days } days
    }. “{ $reason }”
    Your ✅ closes them at once. To say no, do nothing; this ends on { $until }. It is between you who hold the keys.
safety-pause-card-on = { $person } is paused by { $people } until { $until }. Any of you can end it sooner: !pause end { $person }
safety-pause-card-over = The pause of { $person } is no longer asked for, and nothing was done.
safety-pause-tell = { $person } is paused by { $people } until { $until }. I kept no reason: to tell { $person } why through me, say !pause { $person } because …
safety-pause-told = { $person } has your reason. I keep none of it.
safety-pause-reason = { $by } tells you why: “{ $reason }”
safety-paused =
    { $people } have paused your way into { $community }: its rooms are closed to you until { $until }.
    It ends by itself, and then you are invited again to where you were. Your crews keep their own rooms. Nobody else is told. Talk with { $people } about it, or with somebody you trust.
safety-pause-over = Your pause in { $community } is over. You are invited again to { $spaces }. Come if you like, or let it lie.
safety-pause-ended = The pause of { $person } is over, and they are invited again.
safety-pause-unasked = The pause of { $person } is no longer asked for.
safety-review-card =
    { $person } has been paused by { $people } since { $since }. It is time to look at it again.
    ⏸️ leaves it until its end on { $until }, ▶️ ends it now; one ▶️ is enough. Without an answer it ends on that day.
safety-review-card-over = The pause of { $person } is over, and they are invited again.
safety-pause-not-yours = A pause is for those who hold the keys of { $community }. In danger, tell one of them at once.
safety-paused-already = { $person } is paused already, until { $until }.
safety-pause-waits = A pause of { $person } is asked for already; another keyholder can say yes until { $until }.
safety-pause-too-long = A pause lasts { $most ->
    [one] one day
   *[other] { $most } days
} at most. What shall last longer is a slow decision: !remove
safety-pause-not-again = { $person } was paused not long ago, and can be paused again from { $since }. What shall last longer is a slow decision: !remove
safety-pause-no-second = A pause takes two who hold the keys of { $community }, and there is no other. Give somebody else the keys, and until then have moderators of the homeserver help.
safety-pause-two-keys = A pause takes two who hold the keys of { $community }, and one of you no longer does. Ask anew: !pause
safety-second-over = This question is closed.
safety-no-pause = There is no pause of { $person } that you could end.

## To the person concerned

me-paused = The rooms of { $community } are closed to you since { $since }, until { $until }, by { $people }. It ends by itself, and then you are invited again. Talk with them, or with somebody you trust.
me-removed = The rooms of { $community } are closed to you since { $since }: { $yes } of { $count } decided so.
me-removal-asked = { $by } asks that you leave { $community }. { $needed } of { $count } would have to say yes by { $until }. You can answer them: !answer
