"""How a tenant's pages look: colours that stay legible, and custom CSS that can do no harm."""
