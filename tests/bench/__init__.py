"""How fast, and beside what: yardsticks, many dossiers, and the pages under load in one run. See README.md here."""
