"""The official papers 01–07 of Circular 03/2025/TT-VPCP: one description of a sheet, shown as a page and as a PDF.

Papers 02–05 are acts of the office: what they say is kept as it was issued, under a number of the office's year.
Papers 01, 06 and 07 are drawn from the dossier and its history whenever somebody asks.
"""
