## A community that goes on without the service

retire-goodbye = { $community } goes on without me. Its rooms and its crews belong to the people in them now. Nothing there is lost, and this chat stays for you to read. I leave it now. Thank you.
