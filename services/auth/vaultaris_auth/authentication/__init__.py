"""How people prove who they are, whichever way they came: by the hosted pages or by a grant."""
