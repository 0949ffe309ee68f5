"""Authorization requests that wait for their person: what was asked, and what the browser must do next.

The hosted pages and the consent endpoints work through this package. A page is served like this::

    waiting = await load_request(runtime, request_id)                      # None: expired, done, or never there
    browser = await find_browser_session(runtime, request, waiting.tenant)
    step = await resume(runtime, waiting, browser)                         # SignIn | Consent | Done | Refused

and its form ends in :func:`sign_in_with_password` or :func:`decide_consent`. The request itself proves nothing about
anybody: who is signed in is known by the browser's own session only, so a ``request_id`` that was passed on, or read
over a shoulder, gives nothing away.
"""
