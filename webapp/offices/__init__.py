"""Where: provinces, communes, the agencies that settle dossiers, their working days.

Words: office = cơ quan giải quyết (unit code `H56.38.12`); commune = xã, phường, đặc khu; working day = ngày làm việc.
"""
