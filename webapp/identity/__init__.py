"""Who says so: the national electronic identity (VNeID, by OpenID Connect), joining accounts, the ID card's QR code.

Words: issuer = đơn vị cấp định danh điện tử; level = mức tài khoản VNeID (1 or 2); claimed = what an issuer says about
somebody; attempt = one way to the issuer and back; join = hai tài khoản của một người thành một.
Verbs: begin_attempt, redeem_attempt, link_identity, unlink_identity, join_accounts; read_card.
Events: IdentityLinked, IdentityUnlinked, AccountsJoined.
Pages: /login/vneid, /me/identity, /register/person/card; in the trial /demo/vneid, an issuer of our own. Seams: fills
the slots `log_in_ways`, `settings_ways`, `person_aids` and `own_source` of the accounts room; `scanning.take_card` and
the macro `identity/_card.html` are for every form in which somebody types what stands on an ID card.
"""
