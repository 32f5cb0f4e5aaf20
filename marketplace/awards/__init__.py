"""Results of lots: made public, objected to, awarded, told by letter, contracted, performed and accepted."""
