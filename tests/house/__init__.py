"""The law of the house. Exceptions are named and say why; an exception that is no longer needed fails too."""
