"""The exact rate limit of every client address, asked by Envoy on each request.

``protocol`` speaks just enough HTTP/1.1 for Envoy's ``ext_authz`` filter, ``limiter`` gathers what one turn
of the event loop brings and remembers who is over the limit, ``valkey`` or ``memory`` keeps the windows.
"""
