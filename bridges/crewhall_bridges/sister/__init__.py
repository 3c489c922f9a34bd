"""Sisters: independent communities linked across homeservers, each stating in a letterbox of its own."""
