"""Cases that dry-run.py runs first: what a dry run once said otherwise than the apply did.

Name, user, what makes the folder /srv/w (shell, run there as root), steps.
"""
NAMED = [
    ("a check in a dry run leaves no trace of a mount in /run", "root", "",
     [("copy", {"dest": "/srv/w/a", "content": "alpha\n", "validate": "test -s %s"})]),
]
