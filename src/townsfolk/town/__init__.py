"""What a designer wrote, read and checked: the ground floor, which imports no other room."""
