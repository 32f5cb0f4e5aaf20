"""The worked example of CONTRIBUTING, "Add a slice": one organisation asks to visit another.

It is installed by the settings of the test suite alone, and has everything that a slice has: two parties
(guest and host), three states, a move by a person, one by the clock (no answer in time) and one by the
system (a party is suspended), pages, a menu entry, a to-do, and two slots on the organisation's page.
"""
