"""Growth laws, one file a law or a family of them; `register` finds them by name.  Nothing here imports a hindcast."""
