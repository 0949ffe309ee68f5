"""OpenID Connect Back-Channel Logout: clients are told, server to server, that a session of theirs is over.

What has to be told is written in the transaction that ends the session, and delivered from there until the client
says yes or its time is over.
"""
