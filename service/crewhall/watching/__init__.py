"""What can be watched from outside: does it live, is it ready, how much does it do. Only sums."""
