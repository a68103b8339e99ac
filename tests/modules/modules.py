#!/usr/bin/python3
"""Modules keep their word: a dry run changes nothing and says exactly what the apply then changes; a second
apply changes nothing; a dry run after it says so.

modules.py MODULE-TOOL local [SHELL]   in a scratch folder, with every POSIX shell that is here
modules.py MODULE-TOOL host            what needs a whole system, on a test host (tests/hosts/hosts.sh)
"""
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
HOSTS = os.path.join(HERE, "..", "hosts", "hosts.sh")
SHELLS = {"dash": ["dash"], "bash": ["bash", "--posix"], "busybox": ["busybox", "sh"], "mksh": ["mksh"]}
numbers = {"done": 0, "bad": 0}


def tell(good, name, words=()):
    numbers["done"] += 1
    numbers["bad"] += 0 if good else 1
    print("%s %d - %s" % ("ok" if good else "not ok", numbers["done"], name))
    for word in words:
        print("#   " + str(word).replace("\n", "\n#   "))
    sys.stdout.flush()


class Place:
    """Where modules run: the folder that holds its `sh`, and how to look at its files."""

    def __init__(self, tool, path, snapshot):
        self.tool, self.path, self.snapshot = tool, path, snapshot

    def run(self, steps):
        text = "".join(json.dumps(step) + "\n" for step in steps)
        environment = dict(os.environ, PATH=self.path + ":" + os.environ["PATH"], LC_ALL="C.UTF-8")
        done = subprocess.run([self.tool], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=environment, check=False)
        results = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode or done.stderr or len(results) != len(steps):
            raise RuntimeError("module-tool: %d, %s" % (done.returncode, done.stderr))
        return results


def shown(step, result):
    return "%s %s: %s %s" % (step["module"], json.dumps(step["args"])[:200], result["status"],
                             result["fields"].get("msg", ""))


def compare(step, dry, real, problems, foreseen_failures=False):
    words = "dry: %s\nreal: %s" % (shown(step, dry), shown(step, real))
    if dry["status"] == "unpredicted":
        if "may" not in step:
            problems.append(words)
    elif foreseen_failures and real["status"] == "failed":
        pass  # the web knows
    elif dry["status"] != real["status"]:
        problems.append(words)
    elif dry["diffs"] != real["diffs"]:
        problems.append("%s\ndry diff:  %s\nreal diff: %s" % (shown(step, real), dry["diffs"], real["diffs"]))
    if "want" in step and real["status"] != step["want"]:
        problems.append("wanted %s: %s" % (step["want"], shown(step, real)))


def scenario(place, name, steps, again=True, foreseen_failures=False):
    """steps: dicts with module, args; want: the status of the apply; may: unpredicted is allowed; once: a
    second apply changes it too."""
    problems = []
    plain = [{"module": step["module"], "args": step["args"]} for step in steps]
    check = [dict(step, check=True) for step in plain]
    try:
        before = place.snapshot()
        dry = place.run(check)
        after = place.snapshot()
        if before != after:
            problems.append("the dry run changed something:\n" +
                            "\n".join(sorted(set(before.splitlines()) ^ set(after.splitlines()))[:20]))
        real = place.run(plain)
        for step, said, done in zip(steps, dry, real):
            compare(step, said, done, problems, foreseen_failures)
        if again:
            for kind, results in (("second apply", place.run(plain)), ("dry run after it", place.run(check))):
                for step, result in zip(steps, results):
                    expected = step.get("then", "ok")
                    if result["status"] != expected and not (
                            kind != "second apply" and "may" in step and
                            (result["status"] == "unpredicted" or foreseen_failures)):
                        problems.append("%s: %s" % (kind, shown(step, result)))
    except RuntimeError as error:
        problems.append(error)
    tell(not problems, name, problems)


def step(module, want="changed", **args):
    extra = {key[1:]: args.pop(key) for key in list(args) if key in ("_may", "_then")}
    return dict({"module": module, "args": args, "want": want}, **extra)


# ---------------------------------------------------------------- in a scratch folder

def make_source(folder):
    os.makedirs(folder + "/src/a b")
    for name, text in (("a b/it's", "one\n"), ("requirements.txt", "x\n"), ("gone", "")):
        with open(folder + "/src/" + name, "w", encoding="utf-8") as file:
            file.write(text)
    git(folder + "/src", "init", "-q", "-b", "main")
    git(folder + "/src", "add", ".")
    git(folder + "/src", "commit", "-qm", "first")


def git(folder, *words):
    subprocess.run(["git", "-C", folder, "-c", "user.name=n", "-c", "user.email=n@example.org"] + list(words),
                   check=True, stdout=subprocess.DEVNULL)


def local_scenarios(place, name, base):
    t = base + "/host"
    os.mkdir(t)
    make_source(base)
    scenario(place, name + ": folders, files, links", [
        step("file", path=t + "/a/b c", state="directory", mode="0750"),
        step("copy", dest=t + "/a/b c/f", content="hello\nit's $(me) \\ `x`\n", mode="0640"),
        step("copy", "ok", dest=t + "/a/b c/f", content="hello\nit's $(me) \\ `x`\n"),
        step("file", path=t + "/a/link", state="link", src="b c/f"),
        step("copy", dest=t + "/a/b c/g", content="", mode="0600"),
        step("copy", "ok", dest=t + "/a/b c/g", content=""),
        step("file", "ok", path=t + "/nothing", state="absent"),
        step("stat", "ok", path=t + "/a/b c/f"),
    ])
    os.makedirs(base + "/tree/empty")
    for words, text in (("x", "1\n"), ("sub dir/y'", "2"), ("bin", "a\0b"), ("none", "")):
        os.makedirs(os.path.dirname(base + "/tree/" + words), exist_ok=True)
        with open(base + "/tree/" + words, "w", encoding="utf-8") as file:
            file.write(text)
    os.symlink("x", base + "/tree/link")
    scenario(place, name + ": whole folders", [
        step("copy", src=base + "/tree", dest=t + "/trees", mode="0640", directory_mode="0750"),
        step("copy", src=base + "/tree/", dest=t + "/contents", local_follow=False),
        step("copy", "ok", src=base + "/tree/", dest=t + "/contents", local_follow=False),
    ])
    scenario(place, name + ": copies on the host", [
        step("copy", src=t + "/contents/", dest=t + "/again", remote_src=True),
        step("copy", src=t + "/contents/x", dest=t + "/one", remote_src=True, mode="0600"),
        step("copy", "ok", src=t + "/contents/x", dest=t + "/one", remote_src=True),
    ])
    os.mkfifo(t + "/fifo")
    os.mkfifo(base + "/fifo")
    scenario(place, name + ": a FIFO or a device is not opened", [
        step("copy", "failed", content="x", dest=t + "/fifo", _then="failed"),
        step("copy", "failed", src="/dev/zero", dest=t + "/never", _then="failed"),
        step("copy", "failed", src=base + "/fifo", dest=t + "/never", _then="failed"),
        step("template", "failed", src=base + "/fifo", dest=t + "/never", _then="failed"),
        step("script", "failed", _raw_params=base + "/fifo", _then="failed"),
        step("copy", "failed", src="/dev/zero", dest=t + "/never", remote_src=True, _then="failed"),
        step("copy", "failed", src=t + "/fifo", dest=t + "/never", remote_src=True, _then="failed"),
        step("slurp", "failed", src="/dev/zero", _then="failed"),
        step("slurp", "failed", src=t + "/fifo", _then="failed"),
        step("lineinfile", "failed", path=t + "/fifo", line="x", _then="failed"),
        step("authorized_key", "failed", user="root", path=t + "/fifo", key="ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa", _then="failed"),
        step("wait_for", "failed", path=t + "/fifo", search_regex="x", timeout=1, _may=1, _then="failed"),
        step("file", "ok", path=t + "/fifo"),
    ])
    scenario(place, name + ": a folder that holds something gives no way to a link", [
        step("file", "failed", path=t + "/contents", src="x", state="link", force=True, _then="failed"),
        step("file", path=t + "/hollow", state="directory"),
        step("file", path=t + "/hollow/full", state="directory"),
        step("file", "failed", path=t + "/hollow", src="x", state="link", force=True, _then="failed"),
    ])
    scenario(place, name + ": an empty folder does", [
        step("file", path=t + "/hollow/full", src="nowhere", state="link", force=True),
    ])
    scenario(place, name + ": removal", [
        step("file", path=t + "/a/link", state="absent"),
        step("file", path=t + "/a", state="absent"),
        step("file", "ok", path=t + "/a/b c", state="absent"),
    ])
    scenario(place, name + ": lines", [
        step("copy", dest=t + "/lines", content="a=1\n#b=2\nc=3\n"),
    ], again=False)
    scenario(place, name + ": lines edited", [
        step("lineinfile", path=t + "/lines", line="a=2", regexp="^#?a="),
        step("lineinfile", path=t + "/lines", line="b=5", regexp="^#?b="),
        step("lineinfile", "ok", path=t + "/lines", line="a=2"),
        step("lineinfile", path=t + "/lines", line="d", insertafter="^a"),
        step("blockinfile", path=t + "/lines", block="x\ny $HOME 'q'"),
        step("replace", path=t + "/lines", regexp="^c=(.)$", replace=r"c=\1\1"),
        step("lineinfile", path=t + "/new/file", line="only", create=True),
        step("lineinfile", "failed", path=t + "/missing", line="only", _then="failed"),
    ])
    scenario(place, name + ": what an earlier step would have made", [
        step("copy", dest=t + "/made", content="alpha\n"),
        step("lineinfile", path=t + "/made", line="beta"),
        step("copy", src=t + "/made", dest=t + "/second", remote_src=True),
        step("slurp", "ok", src=t + "/second"),
        step("stat", "ok", path=t + "/second"),
    ], again=False)
    scenario(place, name + ": git_push and git", [
        step("git_push", src=base + "/src", dest=t + "/pushed"),
        step("git_push", "ok", src=base + "/src", dest=t + "/pushed"),
        step("git", repo=t + "/pushed", dest=t + "/cloned", version="main"),
        step("stat", "ok", path=t + "/pushed/a b/it's"),
    ])
    git(base + "/src", "rm", "-q", "gone")
    with open(base + "/src/requirements.txt", "a", encoding="utf-8") as file:
        file.write("y\n")
    git(base + "/src", "commit", "-qam", "second")
    scenario(place, name + ": a newer commit", [
        step("git_push", src=base + "/src", dest=t + "/pushed"),
        step("lineinfile", "ok", path=t + "/pushed/requirements.txt", line="y"),
        step("file", "ok", path=t + "/pushed/gone", state="absent"),
        step("git", repo=t + "/pushed", dest=t + "/cloned", version="main"),
    ])
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE%s"
    scenario(place, name + ": keys", [
        step("authorized_key", user="root", path=t + "/.ssh/authorized_keys", key=key % "a" + " me@home"),
        step("authorized_key", user="root", path=t + "/.ssh/authorized_keys", key=key % "b",
             key_options='no-pty,command="echo it\'s"'),
        step("authorized_key", "ok", user="root", path=t + "/.ssh/authorized_keys", key=key % "a" + " me@home"),
        step("authorized_key", "ok", user="root", path=t + "/.ssh/authorized_keys", key=key % "c", state="absent"),
    ])
    scenario(place, name + ": a key out", [
        step("authorized_key", user="root", path=t + "/.ssh/authorized_keys", key=key % "a", state="absent"),
        step("slurp", "ok", src=t + "/.ssh/authorized_keys"),
        step("ping", "ok"),
    ])
    with open(base + "/script.sh", "w", encoding="utf-8") as file:
        file.write("printf '%s|' \"$0\" \"$@\" >'" + t + "/script made'\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet(base + "/tree"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = "http://127.0.0.1:%d/" % server.server_port
    scenario(place, name + ": scripts and the web", [
        step("script", _may=1, _then="skipped", _raw_params=base + "/script.sh 'a b' c", creates=t + "/script made"),
        step("get_url", url=url + "x", dest=t + "/fetched", mode="0600"),
        step("get_url", "ok", url=url + "x", dest=t + "/fetched", checksum="sha1:" + hashlib.sha1(b"1\n").hexdigest(), _may=1),
        step("get_url", "failed", url=url + "nothing", dest=t + "/nothing", _may=1, _then="failed"),
        step("get_url", "failed", url=url + "x", dest=t + "/wrong", checksum="md5:00", _may=1, _then="failed"),
        step("uri", "ok", url=url + "x", return_content=True, _may=1),
    ], foreseen_failures=True)
    server.shutdown()
    scenario(place, name + ": commands and waiting", [
        step("command", _may=1, _raw_params="touch '%s/made by'" % t, creates=t + "/made by"),
        step("wait_for", "ok", path=t + "/made by", timeout=1, _may=1),
        step("wait_for", "failed", path=t + "/never", timeout=1, _may=1, _then="failed"),
    ])


def quiet(folder):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=folder, **kwargs)

        def log_message(self, *_):
            pass
    return Handler


def snapshot_of(folder):
    def take():
        return subprocess.run(["find", folder, "-printf", "%p %y %m %u %g %s %T@ %l\n"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
    return take


def local(tool, wanted=None):
    for name, words in SHELLS.items():
        if wanted not in (None, name):
            continue
        program = shutil.which(words[0])
        if program is None:
            numbers["done"] += 1
            print("ok %d - %s # SKIP not here" % (numbers["done"], name))
            continue
        with tempfile.TemporaryDirectory() as base:
            path = base + "/bin"
            os.mkdir(path)
            with open(path + "/sh", "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\nPATH=${PATH#*:}\nexec %s \"$@\"\n" % " ".join([program] + words[1:]))
            os.chmod(path + "/sh", 0o755)
            local_scenarios(Place(tool, path, snapshot_of(base + "/host")), name, base)


# ---------------------------------------------------------------- on a whole system

UNIT = "[Unit]\nDescription=t\n[Service]\nExecStart=/bin/sleep 1000\n[Install]\nWantedBy=multi-user.target\n"


def host_scenarios(place):
    scenario(place, "host: packages on a bare host", [
        step("apt", name=["nginx", "git"], update_cache=True, cache_valid_time=3600),
        step("systemd", "ok", name="nginx", state="started", enabled=True, _may=1),
        step("file", path="/etc/nginx/sites-enabled/default", state="absent", _may=1),
    ])
    scenario(place, "host: packages", [
        step("apt", "ok", name="nginx"),
        step("apt", name=["python3-venv", "gunicorn"]),
        step("apt", "ok", name="python3-gunicorn"),
        step("package", "ok", name="git"),
    ])
    scenario(place, "host: a unit of one's own", [
        step("copy", dest="/etc/systemd/system/own.service", content=UNIT),
        step("systemd", "ok", daemon_reload=True),
        step("systemd", name="own", enabled=True, state="started"),
        step("service", "ok", name="own", state="started"),
        step("service", name="own", state="restarted", _then="changed"),
    ])
    scenario(place, "host: and gone again", [
        step("service", name="own", enabled=False, state="stopped"),
        step("systemd", "ok", name="own", enabled=False, state="stopped"),
    ])
    scenario(place, "host: users and groups", [
        step("group", name="crew", gid=4000),
        step("user", name="anna", groups=["crew"], append=True, shell="/bin/bash", password="$6$x$y", comment="A B"),
        step("file", "ok", path="/home/anna", state="directory", owner="anna"),
        step("lineinfile", path="/home/anna/.profile", line="umask 027"),
        step("user", "ok", name="anna", groups=["crew"]),
    ])
    scenario(place, "host: users changed", [
        step("user", name="anna", shell="/bin/sh", groups=[]),
        step("user", name="anna", password_lock=True),
    ])
    scenario(place, "host: users removed", [
        step("user", name="anna", state="absent", remove=True),
        step("group", name="crew", state="absent"),
        step("file", "ok", path="/home/anna", state="absent"),
    ])
    scenario(place, "host: a virtual environment", [
        step("copy", dest="/tmp/requirements.txt", content="gunicorn==20.1.0\n"),
        step("pip", requirements="/tmp/requirements.txt", virtualenv="/tmp/v e", virtualenv_site_packages=True),
        step("pip", "ok", name="gunicorn", virtualenv="/tmp/v e"),
    ])
    scenario(place, "host: packages removed", [
        step("apt", name="nginx*", state="absent", purge=True),
        step("apt", "ok", name="nginx", state="absent"),
    ])


def host(tool):
    reason = subprocess.run([HOSTS, "check"], stdout=subprocess.PIPE, text=True, check=False)
    if reason.returncode:
        print("1..0 # SKIP " + reason.stdout.strip())
        return
    with tempfile.TemporaryDirectory() as base:
        os.environ["SUTLER_HOSTS"] = "/run/sutler-hosts/modules-%d" % os.getpid()
        os.environ["SUTLER_HOSTS_OWNER"] = str(os.getpid())
        try:
            subprocess.run([HOSTS, "up", "1"], check=True, stdout=subprocess.DEVNULL)
            with open(base + "/sh", "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\nPATH=${PATH#*:}\nexec '%s' exec host1 sh \"$@\"\n" % HOSTS)
            os.chmod(base + "/sh", 0o755)
            look = [HOSTS, "exec", "host1", "sh", "-c",
                    "find /etc /home /var/lib /usr /tmp /root /opt -not -path '*/systemd/*' "
                    "-printf '%p %y %m %u %g %s %T@ %l\\n'"]

            def snapshot():
                return subprocess.run(look, check=True, text=True, stdout=subprocess.PIPE).stdout

            host_scenarios(Place(tool, base, snapshot))
        finally:
            subprocess.run([HOSTS, "down"], check=False, stdout=subprocess.DEVNULL)


def main():
    {"local": local, "host": host}[sys.argv[2]](os.path.abspath(sys.argv[1]), *sys.argv[3:])
    if numbers["done"]:
        print("1..%d" % numbers["done"])
    sys.exit(1 if numbers["bad"] else 0)


main()
