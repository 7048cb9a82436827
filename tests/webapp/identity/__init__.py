"""VNeID, joining accounts, and the ID card's QR code, as people use them."""
