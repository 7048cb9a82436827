"""The cases of the security design (section 5), each by the front door, one file a case."""
