#!/usr/bin/python3
"""Links, folders and owners in the way: the same steps by Ansible and by sutler on equal trees, and the trees they
leave; links.py SUTLER; TAP. Run as root: some of the files belong to others."""
import os
import shutil
import stat
import subprocess
import sys
import tempfile

# NAME: steps; CASE stands for the folder of the case.
CASES = {
    "copy over a link": ["copy: {content: 'new', dest: CASE/link}"],
    "copy over a link to nothing": ["copy: {content: 'new', dest: CASE/dangling}"],
    "copy over a link, followed": ["copy: {content: 'new', dest: CASE/link, follow: true}"],
    "copy over a link to nothing, followed": ["copy: {content: 'new', dest: CASE/dangling, follow: true}"],
    "copy over a link, with a mode": ["copy: {content: 'new', dest: CASE/link, mode: '0600'}"],
    "copy over a link to the same": ["copy: {content: 'old', dest: CASE/link, mode: '0600'}"],
    "copy over a link without force": ["copy: {content: 'new', dest: CASE/link, force: false}"],
    "template over a link": ["template: {src: t.j2, dest: CASE/link}"],
    "template over a link to nothing": ["template: {src: t.j2, dest: CASE/dangling}"],
    "template over a link, followed": ["template: {src: t.j2, dest: CASE/link, follow: true}"],
    "copy of a link on the host": ["copy: {src: CASE/slink, dest: CASE/new, remote_src: true}"],
    "copy on the host over a link": ["copy: {src: CASE/src, dest: CASE/link, remote_src: true}"],
    "lineinfile through a link": ["lineinfile: {path: CASE/link, line: added}"],
    "lineinfile through a link to nothing": ["lineinfile: {path: CASE/dangling, line: a, create: true}"],
    "replace through a link": ["replace: {path: CASE/link, regexp: old, replace: NEW}"],
    "blockinfile through a link": ["blockinfile: {path: CASE/link, block: a}"],
    "mode of a link": ["file: {path: CASE/link, mode: '0600'}"],
    "owner of a link": ["file: {path: CASE/link, owner: '12345'}"],
    "owner of a link, not followed": ["file: {path: CASE/link, owner: '12345', follow: false}"],
    "mode of a folder through a link": ["file: {path: CASE/dlink, state: directory, mode: '0700'}"],
    "a folder where a link is, not followed": ["file: {path: CASE/dlink, state: directory, owner: '12345', follow: false}"],
    "touch through a link": ["file: {path: CASE/link, state: touch, mode: '0600'}"],
    "a link removed": ["file: {path: CASE/link, state: absent}"],
    "a link to a folder removed": ["file: {path: CASE/dlink, state: absent}"],
    "a link with a mode": ["file: {src: real, dest: CASE/new, state: link, mode: '0700', owner: '12345'}"],
    "a link with an owner, not followed": ["file: {src: real, dest: CASE/new, state: link, owner: '12345', follow: false}"],
    "a link over a link": ["file: {src: src, dest: CASE/link, state: link}"],
    "a link over a file": ["file: {src: src, dest: CASE/real, state: link}"],
    "a link over a file, with force": ["file: {src: src, dest: CASE/real, state: link, force: true}"],
    "a link over a folder": ["file: {src: src, dest: CASE/folder, state: link}"],
    "a link over a folder that holds something, with force": ["file: {src: src, dest: CASE/folder, state: link, force: true}"],
    "a link over an empty folder": ["file: {src: src, dest: CASE/empty, state: link}"],
    "a link over an empty folder, with force": ["file: {src: src, dest: CASE/empty, state: link, force: true}"],
    "a hard link over a link": ["file: {src: CASE/src, dest: CASE/link, state: hard, force: true}"],
    "a hard link into a folder": ["file: {src: CASE/src, dest: CASE/folder, state: hard, force: true}"],
    "owners without a name": ["copy: {content: 'y', dest: CASE/own, owner: '12345', group: '23456'}",
                              "copy: {content: 'y', dest: CASE/own, owner: '12345', group: '23456'}",
                              "copy: {content: 'z', dest: CASE/own}",
                              "copy: {content: 'z', dest: CASE/own, mode: '0600'}",
                              "file: {path: CASE/own, owner: '12345'}"],
    "names": ["copy: {content: 'y', dest: \"CASE/it's $(x) `y`\"}", "file: {path: \"CASE/two\\nlines\", state: directory}",
              "copy: {content: 'y', dest: \"CASE/two\\nlines/a b\"}",
              "file: {path: CASE, state: directory, recurse: true, owner: '12345'}"],
}


def make_tree(folder):
    os.makedirs(folder + "/folder")
    os.mkdir(folder + "/empty")
    for name, text, mode in (("real", "old\n", 0o640), ("folder/x", "x\n", 0o644), ("src", "z", 0o604)):
        with open(folder + "/" + name, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(folder + "/" + name, mode)
    os.chown(folder + "/real", 0, 4)
    for name, target in (("link", "real"), ("dangling", "gone"), ("dlink", "folder"), ("slink", "src")):
        os.symlink(target, folder + "/" + name)
    os.chown(folder + "/link", 1, 1, follow_symlinks=False)


def tree(folder):
    """One line a path: type, mode, owner, and what it holds."""
    lines = []
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            one = os.path.join(path, name)
            at = os.lstat(one)
            held = ""
            if stat.S_ISLNK(at.st_mode):
                held = "-> " + os.readlink(one)
            elif stat.S_ISREG(at.st_mode):
                with open(one, encoding="utf-8") as file:
                    held = repr(file.read())
            lines.append("%r %o %d:%d %s" % (os.path.relpath(one, folder), at.st_mode, at.st_uid, at.st_gid, held))
    return sorted(lines)


def run(base, kind, command):
    """The tree of each case after its steps by command."""
    folder = base + "/" + kind
    play = "- hosts: all\n  gather_facts: false\n  tasks:\n"
    for number, steps in enumerate(CASES.values()):
        make_tree("%s/case%d" % (folder, number))
        for step in steps:
            play += "    - %s\n      ignore_errors: true\n" % step.replace("CASE", "%s/case%d" % (folder, number))
    with open(base + "/%s.yml" % kind, "w", encoding="utf-8") as file:
        file.write(play)
    done = subprocess.run(command + ["-i", "here,", "-c", "local", kind + ".yml"], cwd=base, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280,
                          env=dict(os.environ, ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3"))
    if done.returncode:
        print("# %s: exit %d\n# %s" % (kind, done.returncode, done.stdout[-2000:].replace("\n", "\n# ")))
    return [tree("%s/case%d" % (folder, number)) for number in range(len(CASES))]


def main():
    ansible = shutil.which("ansible-playbook")
    if ansible is None or os.getuid() != 0:
        print("1..0 # SKIP " + ("not root" if ansible else "no ansible here"))
        return
    bad = 0
    print("1..%d" % len(CASES))
    with tempfile.TemporaryDirectory() as base:
        os.chmod(base, 0o755)
        with open(base + "/t.j2", "w", encoding="utf-8") as file:
            file.write("template\n")
        there = run(base, "ansible", [ansible])
        ours = run(base, "sutler", [os.path.abspath(sys.argv[1]), "play", "--no-color"])
    for number, name in enumerate(CASES):
        good = there[number] == ours[number]
        bad += not good
        print("%s %d - %s" % ("ok" if good else "not ok", number + 1, name))
        if not good:
            for line in sorted(set(there[number]) ^ set(ours[number])):
                print("#   %s: %s" % ("ansible" if line in there[number] else "sutler", line))
    sys.exit(1 if bad else 0)


main()
