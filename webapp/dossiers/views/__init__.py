"""Pages of the dossier, one module per thing people do."""
