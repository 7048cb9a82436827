"""Pages of the catalogue: what everybody may read, and what an administrator looks after."""
