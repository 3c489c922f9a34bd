"""What ships as data: charters to found a community from. No code lives here."""
