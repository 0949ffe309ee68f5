"""Licensed limits: how many of something a tenant may have, and what becomes of the rest.

The directory knows the limits; whoever owns a resource counts it in the transaction that makes one, freezes the
newest beyond a lower limit, and thaws them under a higher one.
"""
