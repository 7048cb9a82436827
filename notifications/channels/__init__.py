"""The ways out of the house: one module a gateway, all behind `base.SmsProvider`."""
