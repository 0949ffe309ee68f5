"""The condition language, which policies, permissions and API keys share: pure functions over plain values.

``language`` parses conditions with precise faults and compiles them into one closure, ``operators`` say what can be
compared, ``expressions`` hold the regular ones, ``values`` say how attributes are looked up, ``outcomes`` answer where
a stored part can't be read any more. They import no web, database or broker code, for the decision engine runs on them;
:mod:`vaultaris_kit.http.conditions` is how conditions arrive in a body.
"""
