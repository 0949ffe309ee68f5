"""Single sign-on: a person stays signed in to their tenant in one browser, across its clients."""
