## A room that people replaced by another one

follow-away = You made a new room for { $room }, and I am not in it. Please invite { $me } there and give it power 100: then I go on caring for it, and everything that named the old room names the new one.
follow-powerless = You made a new room for { $room }, and I cannot care for it. Please give { $me } power 100 there: then I go on with it.
follow-raised = In the new room for { $room } somebody has more power than they had, and I cannot take it back. Please give { $me } power 100 there, and nobody more than they had in the old one.
follow-elsewhere = { $who } replaced { $room } by a room that does not say it continues it, so I do not follow. Whoever runs me can make a new one that does: crewhall upgrade { $community }
follow-circle = { $who } replaced { $room } by a room that leads back to where it was before, so I do not follow. Whoever runs me can make a new one: crewhall upgrade { $community }
follow-unlike = { $who } replaced { $room } by a room of another kind or of an older version, so I do not follow. Whoever runs me can make a new one like it: crewhall upgrade { $community }
follow-stranger = { $who } replaced { $room } by a room whose maker had no power to replace it, so I do not follow. Please stay out of it. Whoever runs me can make a new one: crewhall upgrade { $community }
follow-owned = { $who } replaced { $room } by a room that would belong to its maker alone for ever, with more power than anybody has by your charter, so I do not follow. Whoever runs me can make a new one that belongs to all of you: crewhall upgrade { $community }
