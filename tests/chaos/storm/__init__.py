"""What the chaos lane is made of: bad weather, people, the ground they stand on, and a judge afterwards."""
