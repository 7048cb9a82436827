"""Are people told, once, truly, and nobody else?"""
