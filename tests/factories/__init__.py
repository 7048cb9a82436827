"""Ways to have what a test begins with, made by the same verbs that people use."""
