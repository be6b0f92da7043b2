"""What the system knows: tables and the only functions that change them."""
