# Every sentence that the service says, in English. Voice: plain and short; what happened, what to do.
# Values: people and rooms come with links, dates in words, lists with "and".

## Founding

found-operators-only = Only the operators of this service can found a community.
found-name-unfit = A community's name has 1 to { $most } characters that can be read.
found-name-taken = There is a community that is called { $name } or looks like it. Choose another name.
found-which-charter = No such charter is on the shelf. There are: { $charters }.
found-done = The community stands: { $community }. You are invited and hold its key.

## Where a person stands

me-inside = You have been in { $community } since { $since }, by joining its space.
me-left = You left { $community } on { $since }.
me-outside = You are not in { $community }.
me-keyholder = You have held a key of { $community } since { $since }.
me-rung = You have been in { $rung } since { $since }, by accepting its invitation.
me-opens = Open to you: { $rooms }.
me-next = What may come next is { $rung }, by invitation.
me-next-asks = { $rung } asks: { $asks }
not-inside = This is for people in { $community }. Join its space first.

## Why a door is open or closed

why-inside = You have been in { $community } since { $since }.
why-door-invite = People come into { $community } by invitation.
why-door-knock = People come into { $community } by invitation, or after asking to join.
why-door-public = Anybody may join { $community }.
why-place-open = { $room } is open to everybody in { $community }, where you have been since { $since }.
why-place-closed = { $room } is open to everybody in { $community }, and you are not in its space.
why-keyholders-write = In { $room } keyholders write; everybody may react and vote.
why-rung-stands = You accepted the invitation to { $rung } on { $since }.
why-rung-left = You have been out of { $rung } since { $since }.
why-rung-closed = { $rung } is entered by invitation, and you have not accepted one.
why-rung-room-open = { $room } is open to you because you have been in { $rung } since { $since }.
why-rung-room-closed = { $room } opens with { $rung }, and you are not in it.

## Going up: proposals, vouches, consent

rise-everybody = everybody in { $community }
rise-keyholders = those who hold the keys
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
rise-asked-already = { $person } was invited to { $rung } on { $since }. Let them take their time.
rise-open-already = { $person } is proposed for { $rung } already; it is open until { $until }.
rise-met-how = Say where you have met { $person }: put “met …” behind the command, with one of { $ways }.
rise-taken-back = Your invitation of { $person } to { $rung } was taken back. { $why }
rise-early = { $person } is proposed for { $rung } now, by your invitation, which I took back: I invite when the rule is met. It is open until { $until }.
rise-early-met = { $person } is proposed for { $rung } now, by your invitation, which I took back: I invite when the rule is met. Still missing is where you met: say !invite again with “met …” and one of { $ways }.
rise-early-again = { $person } is proposed for { $rung } already, and I invite when the rule is met.
rise-came-unasked = { $rung } is entered by its rule, and you were not asked by it yet. Nothing else is lost.

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

## Coming down

step-down = You have stepped down from { $rungs }. Rooms that only this opened close; nothing else is lost.
step-deeper = From { $others } you would step down too. If so: !step down from { $rung } all
step-not-there = You are not on { $rung }.
step-nowhere = You are on no rung of { $community }.
step-leave-space = To leave { $community }, leave its space in Element. It is heard at once.

## People who are mentioned

person-is-keeper = { $keeper } keeps the rooms and takes no seat. Name people instead.
person-is-you = You have your own place already. Name other people.
person-malformed = “{ $text }” names nobody. A full name looks like @ada:example.org.
person-outside = Not in { $community }, so no seat can be offered: { $people }. Nothing was done.
person-elsewhere = { $community } is closed to other servers, so no seat can be offered: { $people }. Nothing was done.

## Starting a crew and offering seats

crew-started = { $crew } has a room. Invited: { $people }. { $kind }
crew-started-alone = { $crew } has a room, and you are invited. { $kind }
crew-kind-private = It is encrypted and I cannot read there; talk to me in your private chat.
crew-kind-open = I hear and answer there.
crew-start-too-many = A crew has { $most } seats, yours included. Name fewer people, or start two crews.
crew-start-rung = Crews are started by people in { $rung } or further in.
crew-name-unfit = A crew's name has 1 to { $most } characters that can be read.
crew-name-taken = There is a crew that is called { $name } or looks like it. Choose another name.
crew-invited = A seat in { $crew } is offered to { $people }.
crew-members-only = Only people with a seat in { $crew } can do this. If you are invited, accept first.
crew-seated-already = Already in { $crew }: { $people }. Nothing was done.
crew-offered-already = Already invited to { $crew }: { $people }. Nothing was done.
crew-too-full = { $crew } has { $most } seats, and there are not enough free ones. A second crew can be started.
crew-invite-by-word = Seats in { $crew } are offered with !crew invite.
crew-invite-taken-back = Your invitation was taken back. { $why }

## Asking for a seat

crew-asked = The members of { $crew } are asked. To take it back, delete your message.
crew-ask-card-one =
    { $person } asks for a seat in { $crew }.
    A 👍 says yes, and one is enough. To say no, do nothing.
crew-ask-card-all =
    { $person } asks for a seat in { $crew }.
    A 👍 says yes, and everybody's is needed. To say no, do nothing.
crew-ask-card-some =
    { $person } asks for a seat in { $crew }.
    A 👍 says yes, and everybody's is needed. So far: { $yes }.
crew-ask-done = { $person } has a seat in { $crew }. Said yes: { $yes }.
crew-ask-over = { $person } no longer asks for a seat in { $crew }.
crew-admitted = A seat in { $crew } is yours. Accept the invitation to take it.
crew-you-are-in = You have a seat in { $crew }.
crew-you-are-offered = A seat in { $crew } is offered to you. Accept the invitation to take it.
crew-you-asked = You asked { $crew } on { $since }, and its members have not all answered.
crew-is-full = All { $most } seats of { $crew } are taken or offered.

## Which crew is meant

crew-unknown = There is no crew “{ $name }” that you can see. !crew shows those there are.
crew-none = You have no crew. !crew shows those there are.
crew-which = Which one? You are in { $crews }. Put its name behind the command.
crew-which-here = Which one? Put its name behind the command.
crew-is-over = { $crew } has ended.

## Leaving a crew

crew-left = You have left { $crew }.
crew-declined = You have said no to the seat in { $crew }.
crew-ask-taken-back = You no longer ask { $crew } for a seat.
crew-not-yours = You have no seat in { $crew }.

## Ending a crew

crew-end-card =
    { $person } asks how { $crew } shall end.
    🏠 the room stays as it is. 🔒 the room stays to be read. 🍂 the room is forgotten.
    The mildest answer counts; no answer by { $until } counts as 🏠.
crew-end-asked =
    { $crew } ends when all { $members } members have answered, or on { $until }. The mildest answer counts.
crew-end-stands =
    { $answered } of { $members } have answered how { $crew } shall end. It ends when all have, or on { $until }.
crew-end-withdrawn = { $person } no longer asks for the end of { $crew }. It goes on.
crew-ended-kept = { $crew } has ended. Its room stays with its people.
crew-ended-read-only = { $crew } has ended. Its room stays to be read.
crew-ended-forgotten = { $crew } has ended, and its room is forgotten.

## Crews that there are

crews-list =
    Crews in { $community }:
    { $lines }
crews-line = { $free ->
    [0] { $crew }, no free seat
    [one] { $crew }, one free seat
   *[other] { $crew }, { $free } free seats
}
crews-more = { $count ->
    [one] and one more
   *[other] and { $count } more
}
crews-no-crews = There is no crew in { $community } yet. To start one: !crew start NAME @person
me-crew-seat = You have a seat in { $crew }, taken on { $since }.
me-crew-offered = A seat in { $crew } is offered to you. Accept the invitation to take it.
me-crew-asked = You asked { $crew } for a seat on { $since }.
why-crew-seat = You took your seat in { $crew } on { $since }.
why-crew-offered = { $person } offered it on { $since }.
why-crew-equal = All in { $crew } are equal: nobody can remove another.
why-crew-left = You have been out of { $crew } since { $since }.
why-crew-closed = Seats in { $crew } go to those its members invite or let in. To ask: !crew ask { $crew }
why-crew-over = { $crew } ended on { $since }.

## Being heard

hear-usage = It goes like this: { $line }
hear-unknown = I understand only commands. !help shows them.
hear-too-long = This is too long for a command, which has at most { $most } characters.
hear-too-late =
    This reached me later than { $hours ->
        [one] an hour
       *[other] { $hours } hours
    } after you said it, so nothing was done. If you still want it, say it again.
hear-too-many = I answer { $most } commands a minute. The next ones I leave unanswered for a while.
hear-no-hall = You are in no community here. Accept the invitation to its space first.
hear-which-hall = In which community? You are in { $communities }. Put “in NAME” behind the command.
chat-here =
    This is our chat. I cannot read in rooms that others make for us, so please say here what you said there.
    !help shows what I understand.

## Help and counsel

told = { $lines }
help-topics =
    My commands by topic; !help TOPIC says more.
    { $lines }
help-topic = { $topic }: { $commands }
help-line = { $usage } – { $about }
help-unknown = There is no topic or command “{ $topic }”. !help shows all there are.
me-elsewhere = There is more, for your ears only: say !me in our private chat.
why-nothing = Nothing is written down about you and this room.
why-unknown = I can tell you nothing about a room or crew “{ $name }”.

## Plans that wait

plan-waits =
    A change to your rooms waits for a keyholder's yes: { $counts }.
    Why it waits: { $reasons }.
    An operator sees it with “crewhall plan”, and carries it out with “crewhall apply --yes” and its fingerprint.
