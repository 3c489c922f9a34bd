"""`crewhall doctor`: looks at everything, changes nothing, and says per finding what to do."""
