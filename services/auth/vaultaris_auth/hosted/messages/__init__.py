"""Every word that people read on hosted pages: one gettext catalogue a language, in ``locales``."""
