#!/usr/bin/python3
"""The dry run keeps its word: random hosts, random steps of every module.

dry-run.py MODULE-TOOL [--seed S] [--cases N] [--first N] [--only MODULE,...] [--user root|plain] [--named TEXT | --no-named]

Each case has a host of its own: this machine's files below an overlay in memory, so that whatever is written
anywhere is seen. Half of the steps stand twice, one behind the other. In turn:

- dry run: nothing may differ afterwards, no content, owner, mode, link or time of change, in no folder;
- apply: each step ends as announced, with the same words where it fails, the same values and the same diffs;
- what differs afterwards was announced: every path is that of a diff, or lies below one;
- a step that stood there just before changes nothing, unless its module promises nothing of the kind.

A case is made from its seed alone; one that fails is cut down to the steps it needs. First come the cases of dry_run_cases.py,
which have names: what once failed. Needs root. With DRY_RUN_SHOW in the environment each step's result is printed.
"""
import argparse
import ctypes
import hashlib
import http.server
import json
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
import dry_run_cases

WORK = "/srv/w"
REPOSITORY = "/srv/repository"
# Not by hard links, which an overlay cannot make of files below it.
ADDRESS = "file://"
# Modules that this cannot drive, and who does.
LEFT_OUT = {
    "apt": "needs packages: modules.py host",
    "package": "needs packages: modules.py host",
    "apt_repository": "asks apt for the lists of a repository: tests/system",
    "pip": "needs packages of Python: modules.py host",
    "service": "needs systemd: modules.py host",
    "systemd": "needs systemd: modules.py host",
    "hostname": "the kernel's name is the machine's own: tests/system",
    "setup": "tells what the machine is like, and that moves by itself: tests/conformance",
    "gather_facts": "as setup",
    "include_vars": "runs on the controlling machine",
    "assert": "runs on the controlling machine",
    "debug": "runs on the controlling machine",
    "fail": "runs on the controlling machine",
    "set_fact": "runs on the controlling machine",
    "uri": "runs on the controlling machine, and is never predicted",
}
# What a dry run may leave open by itself, and what may leave open what comes behind it.
OPEN = {"getent", "command", "shell", "raw", "script", "tempfile", "wait_for", "get_url"}
OPENING = {"command", "shell", "raw", "script", "get_url", "git", "git_push"}
# Values that no dry run knows, or that say when something was.
VOLATILE = {"uid", "gid", "elapsed", "dev", "inode", "nlink", "atime", "mtime", "ctime",
            "backup", "backup_file", "ssh_public_key", "ssh_fingerprint", "lnk_source", "start", "end", "delta"}
ACCOUNTS = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/.pwd.lock",
            "/var/mail", "/var/spool/mail", "/var/log/lastlog", "/var/log/faillog", "/var/lib/lastlog")
KEYS = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE%s" % x for x in "abc"]
CRONTAB = """#!/bin/sh
# The program of Debian's package cron, as far as a test needs it.
user=$(id -un) act=
while [ $# -gt 0 ]; do
	case $1 in -u) user=$2; shift ;; *) act=$1 ;; esac
	shift
done
id -u "$user" >/dev/null 2>&1 || { echo "crontab: user \\`$user' unknown" >&2; exit 1; }
[ "$(id -u)" = 0 ] || [ "$user" = "$(id -un)" ] || { echo 'must be privileged to use -u' >&2; exit 1; }
file=/var/spool/cron/crontabs/$user
case $act in
-l) [ -f "$file" ] && cat "$file" || { echo "no crontab for $user" >&2; exit 1; } ;;
-) cat >"$file" ;;
esac
"""


# ---------------------------------------------------------------- hosts

class Libc:
    """mount(2) and umount2(2) without a process."""
    calls = ctypes.CDLL(None, use_errno=True)
    BIND, REC, RDONLY, REMOUNT, DETACH = 4096, 16384, 1, 32, 2

    @classmethod
    def mount(cls, source, target, kind="", flags=0, data=""):
        if cls.calls.mount(source.encode(), target.encode(), kind.encode(), flags, data.encode()):
            number = ctypes.get_errno()
            raise OSError(number, "mount %s on %s: %s" % (source, target, os.strerror(number)))

    @classmethod
    def umount(cls, target):
        cls.calls.umount2(target.encode(), cls.DETACH)


def write(path, text, mode=0o644, owner=0, group=0):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chown(path, owner, group)
    os.chmod(path, mode)


def git(folder, *words):
    subprocess.run(["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=n@example.org"] + list(words), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   env=dict(os.environ, GIT_AUTHOR_DATE="1700000000 +0000", GIT_COMMITTER_DATE="1700000000 +0000"))


class World:
    """What all cases share: the folder below every host, the files of the controlling machine, a web server."""

    def __init__(self, base, tool):
        self.base, self.tool, self.root, self.here = base, tool, base + "/root", base + "/here"
        for name in ("skel", "root", "here", "bin"):
            os.mkdir(base + "/" + name)
        self.seen = {}
        self.make_here()
        self.make_skeleton()
        write(base + "/bin/sh", "#!/bin/sh\nexec env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=$DRY_HOME %s --userspec=$DRY_USER --groups= "
              "'%s' sh -c 'cd /; exec sh \"$@\"' sh \"$@\"\n" % (shutil.which("chroot", path="/usr/sbin:/sbin:/usr/bin:/bin"), self.root), 0o755)
        folder = self.here

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, directory=folder, **kwargs)

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/" % self.server.server_port

    def make_here(self):
        here = self.here
        os.makedirs(here + "/tree/sub dir/deep")
        os.makedirs(here + "/tree/empty")
        for name, text in (("one", "alpha\nbeta\n"), ("two", "alpha\nbeta"), ("tree/x", "1\n"), ("tree/sub dir/y'", "2\n"),
                           ("tree/bin", b"a\0b"), ("tree/sub dir/deep/z", ""), ("t.j2", "made {{ 1 + 1 }}\n"),
                           ("s.sh", "#!/bin/sh\nexit 0\n")):
            write(here + "/" + name, text)
        os.symlink("x", here + "/tree/link")
        os.mkdir(here + "/repository")
        git(here + "/repository", "init", "-q", "-b", "main")
        for number in (1, 2):
            write(here + "/repository/file", "alpha\ncommit %d\n" % number)
            os.makedirs(here + "/repository/in", exist_ok=True)
            write(here + "/repository/in/f%d" % number, "x\n")
            git(here + "/repository", "add", ".")
            git(here + "/repository", "commit", "-qm", "c%d" % number)
            git(here + "/repository", "tag", "v%d" % number)

    def make_skeleton(self):
        """The host's /tmp, /var/tmp, /run, /srv, /root and /home are its own; the rest is this machine's."""
        skel = self.base + "/skel"
        for name in ("tmp", "var/tmp", "srv", "root", "home", "var/lib/sutler", "var/spool/cron", "etc/cron.d", "run", "dev", "proc", "sys"):
            path = skel + "/" + name
            os.makedirs(path, exist_ok=True)
            os.setxattr(path, "trusted.overlay.opaque", b"y")
            os.chmod(path, 0o1777 if name.endswith("tmp") else 0o755)
        os.makedirs(skel + "/var/spool/cron/crontabs")
        os.chmod(skel + "/var/spool/cron/crontabs", 0o1777)
        os.makedirs(skel + "/usr/local/bin", exist_ok=True)
        write(skel + "/usr/local/bin/crontab", CRONTAB, 0o755)
        for name, lines in (("passwd", "plain:x:4001:4001:Plain:/home/plain:/bin/sh\nanna:x:4002:4002::/home/anna:/bin/bash\n"
                             "homeless:x:4003:4003::/home/homeless:/bin/sh\n"),
                            ("group", "plain:x:4001:\nanna:x:4002:\nhomeless:x:4003:\ncrew:x:4010:anna\nidle:x:4011:\n"),
                            ("shadow", "plain:!:19000:0:99999:7:::\nanna:$6$x$y:19000:0:99999:7:::\nhomeless:!:19000::::::\n"),
                            ("gshadow", "plain:!::\nanna:!::\nhomeless:!::\ncrew:!::anna\nidle:!::\n")):
            with open("/etc/" + name, encoding="utf-8") as file:
                write(skel + "/etc/" + name, file.read() + lines, 0o640 if "shadow" in name else 0o644)
        for user, number in (("plain", 4001), ("anna", 4002)):
            os.mkdir(skel + "/home/" + user)
            os.chown(skel + "/home/" + user, number, number)
        subprocess.run(["git", "clone", "-q", "--bare", self.here + "/repository", skel + REPOSITORY], check=True)
        write(skel + "/root/.gitconfig", "[safe]\n\tdirectory = *\n")
        shutil.copy(skel + "/root/.gitconfig", skel + "/home/plain/.gitconfig")
        subprocess.run(["git", "clone", "-q", skel + REPOSITORY, skel + "/srv/old"], check=True)
        git(skel + "/srv/old", "remote", "set-url", "origin", ADDRESS + REPOSITORY)
        git(skel + "/srv/old", "checkout", "-q", "-B", "main", "v1")
        self.cleanup_times(skel)

    @staticmethod
    def cleanup_times(folder):
        for path, _, names in os.walk(folder):
            for name in names + ["."]:
                os.utime(os.path.join(path, name), (1700000000, 1700000000), follow_symlinks=False)


class Host:
    """One throw-away host: its files are those of this machine below an overlay in memory."""

    def __init__(self, world, user):
        self.world, self.user = world, user
        self.layer = tempfile.mkdtemp(dir=world.base)
        for name in ("up", "work", "dev"):
            os.mkdir(self.layer + "/" + name)
        self.up = self.layer + "/up"
        Libc.mount("overlay", world.root, "overlay", 0, "lowerdir=%s/skel:/,upperdir=%s,workdir=%s/work" % (world.base, self.up, self.layer))
        Libc.mount("/proc", world.root + "/proc", "", Libc.BIND)
        Libc.mount(self.layer + "/dev", world.root + "/dev", "", Libc.BIND)
        for name, major, minor in (("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)):
            os.mknod(self.layer + "/dev/" + name, 0o666 | stat.S_IFCHR, os.makedev(major, minor))
            os.chmod(self.layer + "/dev/" + name, 0o666)
        os.symlink("/proc/self/fd", self.layer + "/dev/fd")
        os.symlink("/proc/self/fd/0", self.layer + "/dev/stdin")
        os.mkdir(self.layer + "/dev/shm")
        os.chmod(self.layer + "/dev/shm", 0o1777)
        self.more, self.locked = [], []

    def close(self):
        for path in self.locked:
            subprocess.run(["chattr", "-i", path], check=False, stderr=subprocess.DEVNULL)
        for path in self.more + [self.world.root + "/dev", self.world.root + "/proc", self.world.root]:
            Libc.umount(path)
        shutil.rmtree(self.layer, ignore_errors=True)

    def read_only(self, path):
        full = self.world.root + path
        Libc.mount(full, full, "", Libc.BIND)
        Libc.mount("", full, "", Libc.BIND | Libc.REMOUNT | Libc.RDONLY)
        self.more.insert(0, full)

    def immutable(self, path):
        if subprocess.run(["chattr", "+i", self.world.root + path], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            self.locked.append(self.world.root + path)

    def files(self):
        """Which file each path is, so that one is known by its other names, too."""
        seen = {}
        for folder, _, names in os.walk(self.up):
            for name in names:
                what = os.lstat(os.path.join(folder, name))
                seen[folder[len(self.up):] + "/" + name] = (what.st_dev, what.st_ino)
        return seen

    def look(self):
        """All that differs from what lies below: PATH to what it is, its owner, mode, content and time."""
        seen = {}
        for top, prefix in ((self.up, ""), (self.layer + "/dev", "/dev")):
            stack = [top]
            while stack:
                folder = stack.pop()
                with os.scandir(folder) as entries:
                    for entry in entries:
                        what = entry.stat(follow_symlinks=False)
                        name = prefix + entry.path[len(top):]
                        content = ""
                        if stat.S_ISLNK(what.st_mode):
                            content = os.readlink(entry.path)
                        elif stat.S_ISREG(what.st_mode):
                            with open(entry.path, "rb") as file:
                                content = hashlib.sha256(file.read()).hexdigest()
                        elif stat.S_ISDIR(what.st_mode):
                            stack.append(entry.path)
                        seen[name] = (what.st_mode, what.st_uid, what.st_gid, content, what.st_mtime_ns)
        if self.user == "plain":
            # What waits there in memory for a check is gone, but only root can turn back the folder's time.
            seen["/dev/shm"] = seen["/dev/shm"][:4] + (0,)
        return seen

    def run(self, steps):
        text = "".join(json.dumps(step) + "\n" for step in steps)
        environment = dict(os.environ, PATH=self.world.base + "/bin:" + os.environ["PATH"], LC_ALL="C.UTF-8",
                           DRY_USER="4001:4001" if self.user == "plain" else "0:0",
                           DRY_HOME="/home/plain" if self.user == "plain" else "/root")
        done = subprocess.run([self.world.tool], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors="replace", env=environment, check=False, cwd=self.world.here, timeout=120)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        if any("unable to start a shell" in str(result["fields"].get("msg")) for result in results):
            raise RuntimeError(results[0]["fields"]["msg"])
        if "DRY_RUN_SHOW" in os.environ:
            for step, result in zip(steps, results):
                print("# " + shown(step, result)[:300])
        if done.returncode or done.stderr or len(results) != len(steps):
            raise RuntimeError("module-tool: %d, %d of %d steps, %s" % (done.returncode, len(results), len(steps), done.stderr[-2000:]))
        return results


# ---------------------------------------------------------------- what a host is like

TEXTS = ["alpha\nbeta\ngamma\n", "alpha\n", "alpha", "", "\n", "alpha\n# BEGIN ANSIBLE MANAGED BLOCK\nold\n# END ANSIBLE MANAGED BLOCK\nbeta\n",
         "key=1\n#other=2\nkey=3\n", "it's \"$(me)\" `x` \\ %s\n", "alpha\r\nbeta\r\n", "umlaut ä\n", "\n\nalpha\n\n\n"]
MODES = [0o644, 0o600, 0o755, 0o400, 0o4755, 0o640, 0o664, 0o777, 0]
FOLDER_MODES = [0o755, 0o700, 0o775, 0o1777, 0o2775, 0o777]
OWNERS = [0, 0, 0, 4001, 4001, 4002, 1, 4711]
NAMES = ["a", "b", "c", "d", "e f", "g'"]


def paths(r):
    return WORK + "/" + "/".join(r.choice(NAMES) for _ in range(r.choice((1, 1, 2, 2, 3))))


def populate(r, host):
    """Folders, files, links of all kinds, a checkout, crontabs, keys."""
    root = host.world.root
    os.mkdir(root + WORK)
    os.chmod(root + WORK, r.choice((0o755, 0o755, 0o777, 0o1777)))
    os.chown(root + WORK, *(r.choice(((0, 0), (4001, 4001))) if host.user == "plain" else (0, 0)))
    for name in r.sample(NAMES, r.randint(0, 3)):
        os.mkdir(root + WORK + "/" + name)
        os.chown(root + WORK + "/" + name, *((4001, 4001) if host.user == "plain" and r.random() < 0.6 else (0, 0)))
        os.chmod(root + WORK + "/" + name, r.choice(FOLDER_MODES))
    for _ in range(r.randint(2, 12)):
        path = root + paths(r)
        if not os.path.isdir(os.path.dirname(path)) or os.path.lexists(path):
            continue
        make_one(r, path)
    if r.random() < 0.3:
        path = root + paths(r)
        if os.path.isdir(os.path.dirname(path)) and not os.path.lexists(path):
            shutil.copytree(root + "/srv/old", path, symlinks=True)
            if r.random() < 0.3:
                write(path + "/file", "changed here\n")
    for user, number in (("root", 0), ("plain", 4001)):
        if r.random() < 0.3:
            write(root + "/var/spool/cron/crontabs/" + user, r.choice(("#Ansible: job\n* * * * * old\n", "A=\"1\"\n", "* * * * * x\n")), 0o600, number, number)
    if r.random() < 0.3:
        os.mkdir(root + "/home/anna/.ssh", 0o700)
        os.chown(root + "/home/anna/.ssh", 4002, 4002)
        write(root + "/home/anna/.ssh/authorized_keys", r.choice(("", KEYS[0] + " me\n", KEYS[1])), 0o600, 4002, 4002)
    if r.random() < 0.1:
        os.mkdir(root + WORK + "/ro")
        make_one(r, root + WORK + "/ro/a")
        host.read_only(WORK + "/ro")
    # To others the kernel tells only by refusing.
    if r.random() < 0.1 and host.user == "root":
        locked = [x for x in os.listdir(root + WORK) if stat.S_ISREG(os.lstat(root + WORK + "/" + x).st_mode)]
        if locked:
            host.immutable(WORK + "/" + r.choice(sorted(locked)))


def make_one(r, path):
    owner, group = r.choice(OWNERS), r.choice(OWNERS)
    kind = r.choice(("file", "file", "file", "folder", "folder", "folder", "link", "link", "hard", "fifo"))
    if kind == "folder":
        os.mkdir(path)
        os.chown(path, owner, group)
        os.chmod(path, r.choice(FOLDER_MODES))
    elif kind == "link":
        os.symlink(r.choice(("a", "b", "../a", "../b", WORK + "/a", WORK + "/c", "gone", WORK + "/d/e f", ".")), path)
        os.chown(path, owner, group, follow_symlinks=False)
    elif kind == "fifo" and r.random() < 0.5:
        os.mkfifo(path)
    else:
        beside = [x for x in os.listdir(os.path.dirname(path)) if stat.S_ISREG(os.lstat(os.path.join(os.path.dirname(path), x)).st_mode)]
        if kind == "hard" and beside:
            os.link(os.path.join(os.path.dirname(path), sorted(beside)[0]), path)
        else:
            write(path, b"a\0b\xff\n" if r.random() < 0.07 else r.choice(TEXTS), r.choice(MODES), owner, group)


# ---------------------------------------------------------------- what is asked for

def maybe(r, chance, **values):
    return values if r.random() < chance else {}


def attributes(r):
    found = maybe(r, 0.3, mode=r.choice(("0644", "0600", "0755", "u+x", "go-rwx", "a=r", "u=rwX,go=rX", "02775", "0400", "g+s")))
    found.update(maybe(r, 0.15, owner=r.choice(("root", "plain", "anna", "0", "4001", "4711", "nobody-here", "daemon"))))
    found.update(maybe(r, 0.15, group=r.choice(("root", "plain", "crew", "0", "4010", "4712", "nobody-here"))))
    return found


def where(r):
    """A path of the host: mostly one that other steps use too, sometimes by another of its names."""
    path = paths(r)
    turn = r.random()
    if turn < 0.05:
        return path.replace(WORK, WORK + "/.", 1)
    if turn < 0.1:
        return path.replace(WORK, "/srv//w", 1)
    if turn < 0.13:
        return path.replace(WORK, WORK + "/../w", 1)
    if turn < 0.16:
        return WORK + "/ro/" + r.choice(("a", "b", "n/m"))
    if turn < 0.18:
        return r.choice(("~/x", "~/d/x", "/etc/new", "/etc/hosts.allow", "/nowhere/x", "/home/anna/x"))
    return path


def text(r):
    return r.choice(TEXTS)


def a_file(r):
    state = r.choice(("directory", "directory", "absent", "link", "link", "hard", "touch", "file", None))
    args = dict(attributes(r), path=where(r))
    if state:
        args["state"] = state
    if state in ("link", "hard"):
        args["src"] = where(r) if r.random() < 0.8 or state == "hard" else r.choice(("a", "../b", "gone", "e f"))
        # An overlay makes a second name of a file below it that is not the same file.
        args["src"] = args["src"].replace("/etc/", WORK + "/") if state == "hard" else args["src"]
        args.update(maybe(r, 0.4, force=True))
    if state == "touch":
        args.update(maybe(r, 0.5, modification_time="preserve", access_time="preserve"))
    if state == "directory":
        args.update(maybe(r, 0.2, recurse=True))
    args.update(maybe(r, 0.15, follow=False))
    return args


def a_copy(r):
    args = dict(attributes(r), dest=where(r))
    turn = r.random()
    if turn < 0.5:
        args["content"] = text(r)
    elif turn < 0.65:
        args["src"] = r.choice(("@HERE@/one", "@HERE@/two", "@HERE@/tree/bin"))
        args.update(maybe(r, 0.2, mode="preserve"))
    elif turn < 0.75:
        args["src"] = r.choice(("@HERE@/tree", "@HERE@/tree/"))
        args.update(maybe(r, 0.3, directory_mode="0750"))
        args.update(maybe(r, 0.3, local_follow=False))
    else:
        args["src"] = where(r) + r.choice(("", "", "", "/"))
        args["remote_src"] = True
    args["dest"] += r.choice(("", "", "", "", "/"))
    args.update(maybe(r, 0.1, force=False))
    args.update(maybe(r, 0.15, follow=True))
    args.update(maybe(r, 0.1, backup=True))
    args.update(maybe(r, 0.1, validate=r.choice(("test -s %s", "grep -q alpha %s", "no-such-program %s"))))
    return args


def a_template(r):
    args = dict(attributes(r), dest=where(r) + r.choice(("", "", "", "/")), src="@HERE@/t.j2")
    args.update(maybe(r, 0.15, follow=True))
    args.update(maybe(r, 0.15, validate=r.choice(("grep -q made %s", "grep -q alpha %s"))))
    return args


def edited(r, args):
    args.update(maybe(r, 0.5, create=True))
    args.update(maybe(r, 0.1, backup=True))
    args.update(maybe(r, 0.1, validate=r.choice(("test -s %s", "grep -q alpha %s"))))
    return dict(attributes(r), **args)


def a_lineinfile(r):
    args = {"path": where(r), "line": r.choice(("alpha", "beta", "key=9", "new line", "it's"))}
    args.update(maybe(r, 0.4, regexp=r.choice(("^alpha$", "^#?key=", "^nothing"))))
    if r.random() < 0.2:
        args["state"] = "absent"
        return dict(maybe(r, 0.1, backup=True), **{k: args[k] for k in ("path", "state", "regexp" if "regexp" in args else "line")})
    args.update(maybe(r, 0.2, insertafter=r.choice(("EOF", "^alpha"))) or maybe(r, 0.2, insertbefore=r.choice(("BOF", "^beta"))))
    return edited(r, args)


def a_blockinfile(r):
    args = {"path": where(r), "block": r.choice(("one\ntwo", "old", "", "it's $HOME"))}
    args.update(maybe(r, 0.2, state="absent"))
    args.update(maybe(r, 0.2, insertbefore="BOF"))
    args.update(maybe(r, 0.2, marker="# {mark} other"))
    return edited(r, args)


def a_replace(r):
    args = {"path": where(r), "regexp": r.choice(("alpha", "^key=\\d", "nothing")), "replace": r.choice(("ALPHA", "x", ""))}
    return {k: v for k, v in edited(r, args).items() if k != "create"}


def a_command(r):
    args = {"_raw_params": r.choice(("true", "touch /srv/made", "cat /etc/hostname"))}
    args.update(maybe(r, 0.3, creates=where(r)))
    args.update(maybe(r, 0.3, removes=where(r)))
    return args


def a_cron(r):
    args = {"name": r.choice(("job", "other")), "job": r.choice(("true", "old", "echo '%'"))}
    if r.random() < 0.3:
        args["name"], args["env"] = r.choice(("A", "B")), True
    args.update(maybe(r, 0.3, state="absent"))
    args.update(maybe(r, 0.3, special_time="daily"))
    args.update(maybe(r, 0.2, disabled=True))
    args.update(maybe(r, 0.4, user=r.choice(("root", "plain", "anna", "nobody-here"))))
    args.update(maybe(r, 0.3, cron_file=r.choice(("own", WORK + "/a")), user="root"))
    return args


def a_key(r):
    args = {"user": r.choice(("anna", "plain", "homeless", "new", "nobody-here", "root")), "key": r.choice(KEYS) + r.choice(("", " me"))}
    args.update(maybe(r, 0.3, state="absent"))
    args.update(maybe(r, 0.2, exclusive=True))
    args.update(maybe(r, 0.2, manage_dir=False))
    args.update(maybe(r, 0.3, path=where(r)))
    args.update(maybe(r, 0.2, key_options="no-pty"))
    return args


def a_user(r):
    args = {"name": r.choice(("anna", "homeless", "new", "newer", "plain"))}
    if r.random() < 0.25 and args["name"] != "plain":  # he may be logged in
        args["state"] = "absent"
        return dict(args, **maybe(r, 0.5, remove=True))
    args.update(maybe(r, 0.2, uid=r.choice((4050, 4051, 4002))))
    args.update(maybe(r, 0.2, group=r.choice(("crew", "idle", "anna", "fresh", "nobody-here"))))
    args.update(maybe(r, 0.4, groups=r.choice(([], ["crew"], ["crew", "idle"], ["fresh"], ["idle"]))))
    if "groups" in args:
        args.update(maybe(r, 0.5, append=True))
    args.update(maybe(r, 0.2, comment=r.choice(("A B", ""))))
    args.update(maybe(r, 0.2, shell=r.choice(("/bin/bash", "/bin/sh"))))
    args.update(maybe(r, 0.15, home=r.choice(("/home/elsewhere", "/home/anna"))))
    args.update(maybe(r, 0.2, create_home=False))
    args.update(maybe(r, 0.1, move_home=True))
    args.update(maybe(r, 0.2, password=r.choice(("$6$a$b", "!", "*"))))
    args.update(maybe(r, 0.1, update_password="on_create"))
    args.update(maybe(r, 0.15, password_lock=r.choice((True, False))))
    args.update(maybe(r, 0.1, expires=r.choice((1900000000, -1))))
    args.update(maybe(r, 0.1, system=True))
    args.update(maybe(r, 0.05, generate_ssh_key=True, ssh_key_type="ed25519"))
    return args


def a_group(r):
    args = {"name": r.choice(("crew", "idle", "fresh", "anna", "fresher"))}
    args.update(maybe(r, 0.3, state="absent"))
    if "state" not in args:
        args.update(maybe(r, 0.3, gid=r.choice((4060, 4061, 4010))))
    return args


def a_git(r):
    args = {"repo": ADDRESS + r.choice((REPOSITORY, REPOSITORY, REPOSITORY, "/srv/old", "/srv/none")), "dest": where(r)}
    args.update(maybe(r, 0.6, version=r.choice(("main", "v1", "v2", "none"))))
    args.update(maybe(r, 0.3, force=True))
    args.update(maybe(r, 0.1, update=False))
    args.update(maybe(r, 0.1, clone=False))
    args.update(maybe(r, 0.1, bare=True))
    return args


def a_git_push(r):
    return dict({"src": "@HERE@/repository", "dest": where(r)}, **maybe(r, 0.3, version=r.choice(("v1", "v2", "main"))), **maybe(r, 0.3, force=True))


def a_get_url(r):
    args = dict(attributes(r), url=r.choice(("@URL@one", "@URL@none")), dest=where(r))
    args.update(maybe(r, 0.2, force=True))
    args.update(maybe(r, 0.2, checksum="sha256:" + hashlib.sha256(b"alpha\nbeta\n").hexdigest()))
    return args


def a_stat(r):
    return dict({"path": where(r)}, **maybe(r, 0.3, follow=True), **maybe(r, 0.3, checksum_algorithm=r.choice(("sha1", "sha256", "md5"))))


def a_wait(r):
    return dict({"path": where(r), "timeout": 0}, **maybe(r, 0.4, state="absent"), **maybe(r, 0.2, search_regex="alpha"))


def a_getent(r):
    database, keys = r.choice((("passwd", ("anna", "new", "root", "4002")), ("group", ("crew", "fresh", "anna", "4010")), ("services", ("ssh", "none"))))
    return dict({"database": database, "key": r.choice(keys)}, **maybe(r, 0.3, fail_key=False))


# MODULE: who makes its arguments, how often it comes, whether its module promises that the second time changes nothing.
MODULES = {
    "file": (a_file, 9, lambda a: a.get("state") != "touch" or "access_time" in a),
    # A folder goes beside its name the first time, and then into it, as with cp.
    "copy": (a_copy, 7, lambda a: "remote_src" not in a),
    "template": (a_template, 3, lambda a: True),
    # One line that matches is replaced: where the new one does not match, the next is, the next time.
    "lineinfile": (a_lineinfile, 5, lambda a: "line" not in a or re.search(a.get("regexp", ""), a["line"])),
    "blockinfile": (a_blockinfile, 4, lambda a: True),
    "replace": (a_replace, 3, lambda a: True),
    "stat": (a_stat, 2, lambda a: True),
    "slurp": (lambda r: {"src": where(r)}, 3, lambda a: True),
    "ping": (lambda r: {}, 0.3, lambda a: True),
    "tempfile": (lambda r: {"path": WORK}, 0.3, lambda a: False),
    "wait_for": (a_wait, 1, lambda a: True),
    "command": (a_command, 0.6, lambda a: False),
    "shell": (a_command, 0.4, lambda a: False),
    "raw": (lambda r: {"_raw_params": "true"}, 0.2, lambda a: False),
    "script": (lambda r: {"_raw_params": "@HERE@/s.sh"}, 0.2, lambda a: False),
    "cron": (a_cron, 3, lambda a: True),
    "authorized_key": (a_key, 3, lambda a: True),
    "user": (a_user, 4, lambda a: True),
    "group": (a_group, 3, lambda a: True),
    "git": (a_git, 2, lambda a: True),
    "git_push": (a_git_push, 1.5, lambda a: True),
    "getent": (a_getent, 0.5, lambda a: True),
    "get_url": (a_get_url, 1.5, lambda a: True),
}


class Case:
    def __init__(self, seed, number, only, user):
        self.name = "seed %s, case %d" % (seed, number)
        self.state_seed = "%s/%d/state" % (seed, number)
        r = random.Random("%s/%d/steps" % (seed, number))
        self.user = r.choice(("root", "root", "root", "plain")) if not user else user
        names = sorted(MODULES) if not only else only
        self.steps = []
        for _ in range(r.randint(3, 8)):
            name = r.choices(names, [MODULES[x][1] for x in names])[0]
            self.steps.append({"module": name, "args": MODULES[name][0](r), "twice": r.random() < 0.5})

    def prepare(self, host):
        populate(random.Random(self.state_seed), host)


class NamedCase:
    """One that is written down: a folder made by a few lines of shell, and steps."""

    def __init__(self, name, user, shell, steps):
        self.name, self.user, self.shell = name, user, shell
        self.steps = [{"module": module, "args": args, "twice": False} for module, args in steps]

    def prepare(self, host):
        root = host.world.root
        os.mkdir(root + WORK)
        os.chown(root + WORK, *((4001, 4001) if host.user == "plain" else (0, 0)))
        subprocess.run(["sh", "-euc", self.shell], cwd=root + WORK, check=True)


def filled(world, step):
    args = {key: value.replace("@HERE@", world.here).replace("@URL@", world.url) if isinstance(value, str) else value
            for key, value in step["args"].items()}
    return {"module": step["module"], "args": args}


# ---------------------------------------------------------------- judging

def shown(step, result):
    return "%s %s: %s %s" % (step["module"], json.dumps(step["args"], ensure_ascii=False)[:400], result["status"],
                             result["fields"].get("msg", ""))


class Judge:
    def __init__(self, case, steps):
        self.case, self.steps, self.problems = case, steps, []
        self.files = {}  # of each path which file it was

    def say(self, what, *words):
        self.problems.append("\n".join((what,) + words))

    def unchanged(self, before, after):
        for path in sorted(set(before) | set(after)):
            if before.get(path) != after.get(path):
                self.say("the dry run touched %s: %s -> %s" % (path, before.get(path), after.get(path)))

    def compare(self, dry, real):
        opened = binary = False
        for number, (step, said, done) in enumerate(zip(self.steps, dry, real)):
            words = ("dry:  " + shown(step, said), "real: " + shown(step, done))
            if said["status"] == "unpredicted":
                if not (opened or step["module"] in OPEN or (binary and "is not known here" in said["fields"].get("msg", ""))):
                    self.say("left open without need", *words)
            elif said["status"] != done["status"]:
                self.say("status", *words)
            elif said["status"] == "failed" and said["fields"].get("msg") != done["fields"].get("msg"):
                self.say("words", *words)
            elif said["status"] != "failed" or step["module"] != "copy":
                self.details(step, said, done, words)
            # Of what is no text a dry run knows the hash alone.
            binary = binary or "/tree" in step["args"].get("src", "") or "remote_src" in step["args"]
            # What moves with a home is not known in its new place.
            opened = opened or step["module"] in OPENING or "move_home" in step["args"]
            # What it may not read it writes again each time.
            closed = self.case.user == "plain" and not int(done["fields"].get("mode") or "0400", 8) & 0o400
            if step["again"] and done["status"] == "changed" and real[number - 1]["status"] in ("changed", "ok") and not closed:
                self.say("not idempotent", "first:  " + shown(step, real[number - 1]), "second: " + shown(step, done),
                         json.dumps(done["diffs"])[:600])

    def details(self, step, said, done, words):
        if said["diffs"] != done["diffs"]:
            self.say("diffs", *words, "dry:  " + json.dumps(said["diffs"])[:700], "real: " + json.dumps(done["diffs"])[:700])
        if said["status"] == "failed":
            return
        one, other = dict(said["fields"]), dict(done["fields"])
        one.update(one.pop("stat", None) or {})
        other.update(other.pop("stat", None) or {})
        if other.get("state") == "directory" or other.get("isdir"):
            other.pop("size", None)  # grows with what is in it
        for name in sorted(set(one) & set(other) - VOLATILE):
            if one[name] != other[name]:
                self.say("value %s" % name, *words, "dry:  %r" % one[name], "real: %r" % other[name])

    def announced(self, host, before, after, named):
        """Whether each path that differs is one of a diff, below one, or another name of such a file."""
        others = [(files, {files[path] for path in named if path in files}) for files in (self.files, host.files())]
        for path in sorted(set(before) | set(after)):
            old, new = before.get(path), after.get(path)
            if old is not None and new is not None and (old[:4] == new[:4]):
                continue
            if old is None and new is not None and is_copied_up(host, path, new):
                continue
            if path.startswith(("/var/lib/sutler", "/home/plain/.local")) or "/srv/made".startswith(path) or path == "/var/lib":
                continue
            if old is None and stat.S_ISDIR(new[0]) and any(x.startswith(path + "/") for x in named):
                continue
            if old and new and old[3] == new[3] and any(files.get(path) in touched for files, touched in others):
                continue
            if path.endswith("/.git/index") and old and new:  # git's own memory of when files were
                continue
            if any(path == x or path.startswith(x.rstrip("/") + "/") for x in named):
                continue
            if any(s["module"] in ("user", "group") for s in self.steps) and (path.startswith(ACCOUNTS) or path.startswith("/home/")):
                continue
            if any(s["module"] == "cron" for s in self.steps) and path.startswith("/var/spool/cron"):
                continue
            if any(s["module"] in ("tempfile",) for s in self.steps) and path.startswith(WORK + "/ansible."):
                continue
            if ".20" in path and "@" in path and any(s["args"].get("backup") for s in self.steps):
                continue
            if path.startswith(WORK) and any(s["module"] == "user" for s in self.steps) and stat.S_ISREG((new or old)[0]) and old and new and old[3] == new[3]:
                continue
            self.say("changed without a word: %s: %s -> %s" % (path, old, new), "named: %s" % sorted(named))


def is_copied_up(host, path, what):
    """A folder of the layer below that is the same but for what is in it, or a file that has another time."""
    for lower in (host.world.base + "/skel" + path, path):
        try:
            old = os.lstat(lower)
        except OSError:
            continue
        if (old.st_mode, old.st_uid, old.st_gid) != what[:3]:
            return False
        if not stat.S_ISREG(old.st_mode):
            return stat.S_ISDIR(old.st_mode)
        with open(lower, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest() == what[3]
    return False


def real_paths(root, path):
    """A path of the host without links, but for its last part."""
    done, left, hops = "", [x for x in path.split("/") if x not in ("", ".")], 0
    while left:
        part = left.pop(0)
        if part == "..":
            done = os.path.dirname(done)
            continue
        full = done + "/" + part
        if left and os.path.islink(root + full) and hops < 40:
            hops += 1
            target = os.readlink(root + full)
            if target.startswith("/"):
                done = ""
            left = [x for x in target.split("/") if x not in ("", ".")] + left
            continue
        done = full
    return done or "/"


def named_paths(world, results):
    found = set()
    for result in results:
        for diff in result["diffs"]:
            if diff["path"].startswith("/"):
                path = real_paths(world.root, diff["path"])
                found.add(path)
                # A name that leads elsewhere.
                for _ in range(8):
                    if not os.path.islink(world.root + path):
                        break
                    path = real_paths(world.root, os.path.join(os.path.dirname(path), os.readlink(world.root + path)))
                    found.add(path)
    return found


def doubled(world, steps):
    found = []
    for step in steps:
        one = filled(world, step)
        found.append(dict(one, again=False))
        if step["twice"]:
            found.append(dict(one, again=MODULES[step["module"]][2](step["args"])))
    return found


def run_case(world, case, chosen):
    steps = doubled(world, chosen)
    judge = Judge(case, steps)
    plain = [{"module": step["module"], "args": step["args"]} for step in steps]
    host = Host(world, case.user)
    old_umask = os.umask(0o022)
    try:
        case.prepare(host)
        before, judge.files = host.look(), host.files()
        dry = host.run([dict(step, check=True) for step in plain])
        judge.unchanged(before, host.look())
        named = named_paths(world, dry)
        real = host.run(plain)
        for step, result in zip(steps, real):
            key = step["module"] + " " + result["status"]
            world.seen[key] = world.seen.get(key, 0) + 1
        judge.compare(dry, real)
        judge.announced(host, before, host.look(), named | named_paths(world, real))
    except (RuntimeError, subprocess.TimeoutExpired, OSError) as error:
        judge.say("%s: %s" % (type(error).__name__, error))
    finally:
        os.umask(old_umask)
        host.close()
    return judge.problems


def shrink(world, case, problems):
    """The steps that are needed for a problem of the same kind: as few as leaving out one after the other gives."""
    kind, chosen = problems[0].split(":")[0].split("\n")[0], list(case.steps)
    number = len(chosen) - 1
    while number >= 0:
        fewer = chosen[:number] + chosen[number + 1:]
        found = run_case(world, case, fewer) if fewer else []
        same = [x for x in found if x.startswith(kind)]
        if same:
            chosen, problems = fewer, same
        number -= 1
    return chosen, problems


def tell_failure(world, case, problems):
    chosen, problems = shrink(world, case, problems)
    print("#   %s, as %s" % (case.name, case.user))
    for step in chosen:
        print("#     %s %s%s" % (step["module"], json.dumps(step["args"], ensure_ascii=False), " (twice)" if step["twice"] else ""))
    for problem in problems[:3]:
        print("#   " + problem.replace("\n", "\n#     "))
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--user", default="", choices=("", "root", "plain"))
    parser.add_argument("--named", default="", help="of the cases that have names, those with this in it")
    parser.add_argument("--no-named", action="store_true", help="none of the cases that have names")
    parser.add_argument("--group", type=int, default=50, help="cases in a line of the report")
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("1..0 # SKIP needs root, for hosts of its own")
        return
    if "DRY_RUN_APART" not in os.environ:
        os.environ["DRY_RUN_APART"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable] + sys.argv)
    tool = os.path.abspath(options.tool)
    tables = json.loads(subprocess.run([tool, "--tables"], stdout=subprocess.PIPE, text=True, check=True).stdout)
    folder = tempfile.mkdtemp(prefix="dry-run-")
    Libc.mount("tmpfs", folder, "tmpfs", 0, "size=512m,mode=755")
    try:
        bad = judge_all(World(folder, tool), tables, options)
    finally:
        Libc.umount(folder)
        os.rmdir(folder)
    sys.exit(1 if bad else 0)


def judge_all(world, tables, options):
    unknown = sorted(set(tables) - set(MODULES) - set(LEFT_OUT))
    print("%sok 1 - every module is driven here, or said to be driven elsewhere" % ("not " if unknown else ""))
    print("#   seed %s" % options.seed)
    for name in unknown:
        print("#   neither in MODULES nor in LEFT_OUT: " + name)
    for name in sorted(LEFT_OUT):
        print("#   left out: %s: %s" % (name, LEFT_OUT[name]))
    bad, lines, began = len(unknown), 1, time.time()
    for case in [NamedCase(*x) for x in dry_run_cases.NAMED if options.named in x[0] and not options.no_named]:
        problems = run_case(world, case, case.steps)
        lines += 1
        bad += 1 if problems else 0
        print("%sok %d - %s" % ("not " if problems else "", lines, case.name))
        if problems:
            tell_failure(world, case, problems)
    numbers = range(options.first, options.first + options.cases)
    for start in range(0, len(numbers), options.group):
        failed = []
        for number in numbers[start:start + options.group]:
            case = Case(options.seed, number, [x for x in options.only.split(",") if x], options.user)
            problems = run_case(world, case, case.steps)
            if problems:
                failed.append(case)
                tell_failure(world, case, problems)
        lines += 1
        bad += len(failed)
        group = numbers[start:start + options.group]
        print("%sok %d - seed %s, cases %d to %d" % ("not " if failed else "", lines, options.seed, group[0], group[-1]))
        sys.stdout.flush()
    print("#   %d cases in %d s" % (len(numbers), time.time() - began))
    print("#   applied: " + ", ".join("%s %d" % x for x in sorted(world.seen.items())))
    print("1..%d" % lines)
    return bad


if __name__ == "__main__":
    main()
