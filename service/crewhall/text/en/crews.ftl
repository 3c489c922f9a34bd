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
crew-admitted-across =
    A seat in { $crew } is yours. Accept the invitation to take it.
    { $lines }
crew-calls-others = { $crew } calls people of sisters of { $community } by their servers, and yours is none of them. Ask your own community to introduce you, or to link.
crew-agreements = What holds in this crew: { $text }
crew-care = If something is hard, there are { $people }.
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

## How deep a crew is

leaf-none = The charter of { $community } has no leaves that a crew could open.
leaf-unknown = There is no leaf “{ $name }”. There are { $leaves }.
leaf-earlier = { $leaf } can be opened once { $crew } has opened { $earlier }.
leaf-other-first = The members of { $crew } are asked about { $leaf } first.
leaf-asked = All in { $crew } are asked to open { $leaf }. To take it back, delete your message.
leaf-agreed = Your yes to { $leaf } in { $crew } is noted. To take it back, delete your message.
leaf-opened = { $leaf } is open in { $crew }.
leaf-open-already = { $leaf } has been open in { $crew } since { $since }.
leaf-rooms-again = You are invited again to the rooms of { $leaf } in { $crew }.
leaf-stands = { $yes } of { $members } in { $crew } have said yes to { $leaf }, you too. It is asked until { $until }.
leaf-card =
    { $head }
    { $lines }
leaf-card-asked = { $person } asks all in { $crew } to open { $leaf }.
leaf-card-again =
    Somebody new is in { $crew }. { $leaf } is shut until all have said yes again; nothing is lost meanwhile.
leaf-card-asks = { $asks }
leaf-card-rooms = It opens for the crew: { $rooms }.
leaf-card-how = A 👍 says yes, and everybody's is needed. To say no, do nothing. Any member can close it later, alone.
leaf-card-count = { $yes } of { $members } have said yes. It is asked until { $until }.
leaf-card-open = { $yes ->
    [one] { $leaf } is open in { $crew }.
   *[other] { $leaf } is open in { $crew }: all { $yes } have said yes.
}
leaf-card-anew = Somebody new is in { $crew }, so the question about { $leaf } starts anew.
leaf-card-lapsed = { $leaf } is not opened in { $crew } now. It can be asked again at any time.
leaf-card-withdrawn = { $person } no longer asks to open { $leaf } in { $crew }.
leaf-question-back = You no longer ask { $crew } to open { $leaf }.
leaf-yes-back = Your yes to { $leaf } in { $crew } is taken back.
leaf-only-asked = { $leaf } is not open in { $crew }, only asked. To say no, do nothing.
leaf-not-open = { $leaf } is not open in { $crew }.
leaf-closed = { $leaf } is closed in { $crew }. Its rooms stay to be read. To open it again, all say yes.
leaf-closed-deeper =
    { $leaf } is closed in { $crew }, and with it { $deeper }. Their rooms stay to be read. To open them again, all
    say yes.
leaf-closed-by = { $person } has closed { $leaves } in { $crew }. Rooms stay to be read.
me-crew-open = { $crew } has opened { $leaves }.
me-crew-shut = { $crew } has shut { $leaves }: rooms can be read.
me-crew-question = { $crew } is asked to open { $leaf }: { $yes } of { $members } have said yes, until { $until }.
why-leaf-open = { $leaf } has been open in { $crew } since { $since }, by the consent of { $people }.
why-leaf-shut =
    { $leaf } has been shut since { $since }, when somebody came in. It opens when all say yes: !open { $key }
why-leaf-earlier = Before { $leaf } comes { $earlier }.
why-leaf-closed = { $person } closed { $leaf } on { $since }. It opens when all say yes: !open { $key }
why-leaf-dropped = { $leaf } has not been in the charter since { $since }. Its rooms are left to those in them.
why-leaf-not-yet = You came in since; the rooms of { $leaf } are yours when all have said yes.
why-leaf-away = You went out of this room. To be invited again: !open { $key }

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
