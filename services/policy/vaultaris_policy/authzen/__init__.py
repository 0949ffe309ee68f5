"""OpenID AuthZEN Authorization API 1.0: decisions in the field's common form."""
