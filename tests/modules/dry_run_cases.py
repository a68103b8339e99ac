"""Cases that dry-run.py runs first: what a dry run once said otherwise than the apply did.

Name, user, what makes the folder /srv/w (shell, run there as root), steps.
"""
NAMED = [
    ("a check in a dry run leaves no trace of a mount in /run", "root", "",
     [("copy", {"dest": "/srv/w/a", "content": "alpha\n", "validate": "test -s %s"})]),
    ("a hard link to a FIFO is looked at without opening it", "root", "mkfifo a; mkfifo b; ln a c",
     [("file", {"path": "/srv/w/c", "state": "hard", "src": "/srv/w/a"}),
      ("file", {"path": "/srv/w/b", "state": "hard", "src": "/srv/w/a"})]),
    ("a group that a user leaves is said by name, since a new one has no number yet", "root", "",
     [("user", {"name": "new", "groups": ["crew"], "create_home": False}),
      ("user", {"name": "new", "group": "crew"}),
      ("user", {"name": "anna", "group": "idle"})]),
    ("the number of a user who gets another is free", "root", ": >a; chown 4002 a",
     [("user", {"name": "anna", "uid": 4050}),
      ("file", {"path": "/srv/w/a", "owner": "root", "state": "file"}),
      ("user", {"name": "new", "uid": 4002, "create_home": False})]),
    ("a file that its own user may not read is written again", "plain", ": >a; chmod 0 a",
     [("copy", {"dest": "/srv/w/a", "content": "alpha\n"}),
      ("copy", {"dest": "/srv/w/a", "content": "alpha\n"}),
      ("lineinfile", {"path": "/srv/w/a", "line": "alpha"}),
      ("slurp", {"src": "/srv/w/a"})]),
]
