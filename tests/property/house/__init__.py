"""What the machine of the whole house is made of: a town that lives, and a second reading of its story."""
