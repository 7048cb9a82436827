"""The tests: house/ is the law of the house, journeys/ are people, the rest follows the code's folders."""
