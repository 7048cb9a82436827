"""Everything Flask: unit of work, access, forms, words, looks, errors. Knows no word of the domain.

A room's view is: `@bp.post(...)`, `@allow(RIGHT, load=...)`, read a form, call one verb, `see(...)` or `page(...)`.
"""
