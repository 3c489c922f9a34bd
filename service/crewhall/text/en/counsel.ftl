## Help and counsel

told = { $lines }
help-topics =
    My commands by topic; !help TOPIC says more.
    { $lines }
help-topic = { $topic }: { $commands }
help-topic-more = { $topic }: { $commands } …
help-line = { $usage } – { $about }
help-unknown = There is no topic or command “{ $topic }”. !help shows all there are.
me-elsewhere = There is more, for your ears only: say !me in our private chat.
why-nothing = Nothing is written down about you and this room.
why-unknown = I can tell you nothing about a room or crew “{ $name }”.
