"""What the world of the matrix has of each slice: a function for each, named in `world.MAKERS`."""
