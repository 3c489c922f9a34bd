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
