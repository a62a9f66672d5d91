"""What the site asks of PostgreSQL: what its log may hold, and what the site's role may do."""
