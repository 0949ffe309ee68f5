"""Signing out: of this browser and of everything that was got through its session.

``/oauth/logout`` decides whether the person has to be asked first. If so, it sends them to the hosted page
``/hosted/{slug}/sign-out?sign_out_request=…``, which is served like this::

    asked = open_request(runtime, sign_out_request)                  # None: not one of ours, or too old
    browser = await find_browser_session(runtime, request, tenant)   # None: nobody is signed in any more
    address = await confirm_sign_out(runtime, asked, browser)        # after the person's yes; then clear_cookie()

and sends the browser on to ``address``, which is verified: the client's registered address, or the tenant's page
``/hosted/{slug}/signed-out``.
"""
