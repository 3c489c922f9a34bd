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
