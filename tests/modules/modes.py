#!/usr/bin/python3
"""File modes in every way a playbook can write them, given to ansible-playbook and to sutler: the same mode, or a
refusal where Ansible would set one that nobody meant.

modes.py SUTLER
"""
import os
import subprocess
import sys
import tempfile

# What stands at mode:, and what sutler does: None: what Ansible does; else a part of its refusal.
SCALARS = [
    ("0644", None), ("0o644", None), ("'0644'", None), ('"0644"', None), ("'644'", None), ("02775", None),
    ("'2775'", None), ("01777", None), ("00", None), ("'0o2750'", None), ("' 0640 '", None), ("0_640", None),
    ("'u=rw,g=r'", None), ("'u=rwX,g-w,o='", None), ("+x", None), ("a+r", None), ("'a=,u=rw'", None), ("420", None),
    ("493", None), ("511", None), ("0x1a4", None), ("0b110100100", None), ("''", None), ("null", None),
    ("644", "write '0644'"), ("755", "write '0755'"), ("600", "write '0600'"), ("400", "write '0400'"),
    ("2775", "write '2775'"), ("1777", "write '1777'"), ("700", "write '0700'"), ("'420'", "write '0644' in quotes"),
    ("'493'", "write '0755' in quotes"), ("8", "must be a file mode"), ("'9'", "must be a file mode"),
    ("010644", "must be a file mode"), ("'10644'", "must be a file mode"), ("u+z", "must be a file mode"),
    ("1.5", "must be a file mode"), ("preserve", "'preserve' is for copy and template"), ("[0644]", "must be a file mode"),
]
# Through variables, templates, loops and dicts.
TEMPLATES = [
    ("{{ plain }}", None), ("{{ quoted }}", None), ("{{ inner.quoted }}", None), ("{{ symbolic }}", None),
    ("{{ missing | default(omit) }}", None), ("{{ missing | default('0600') }}", None), ("0{{ digits }}", None),
    ("{{ digits }}", None), ("{{ directory | ternary('0750', '0640') }}", None), ("{{ lazy }}", "write '0644' in quotes where it is set"),
    ("{{ inner.plain }}", "write '0644' in quotes where it is set"),
    ("{{ list[0] }}", "write '0600' in quotes where it is set"),
    ("{{ plain | string }}", "write '0644' in quotes where it is set"),
    ("{{ digits | int }}", None), ("{{ wrong }}", "write '0644'"),
]
VARIABLES = """  vars:
    plain: 0644
    quoted: '0640'
    symbolic: u=rw,go=r
    digits: '640'
    directory: true
    lazy: "{{ plain }}"
    wrong: 644
    inner: {plain: 0644, quoted: '0600'}
    list: [0600]
"""
numbers = {"done": 0, "bad": 0}


def tell(good, name, words=()):
    numbers["done"] += 1
    numbers["bad"] += 0 if good else 1
    print("%s %d - %s" % ("ok" if good else "not ok", numbers["done"], name))
    for word in words:
        print("#   " + str(word).replace("\n", "\n#   "))


def playbook(target, tasks):
    return "- hosts: localhost\n  gather_facts: false\n" + VARIABLES + "  tasks:\n" + \
        "".join("    - %s\n" % task.replace("TARGET", target) for task in tasks)


def run(program, folder, name, text):
    """Exit status and everything that was said."""
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run(program + ["-i", "localhost,", "-c", "local", name] if "ansible" in program[0] else
                          program + ["-i", "inventory", name], cwd=folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          env=dict(os.environ, ANSIBLE_NOCOLOR="1", ANSIBLE_PYTHON_INTERPRETER="/usr/bin/python3"))
    return done.returncode, done.stdout


def prepare(target, names):
    for name in names:
        path = os.path.join(target, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write("x\n")
        os.chmod(path, 0o604)


def modes(target):
    return {name: "%04o" % (os.lstat(os.path.join(target, name)).st_mode & 0o7777) for name in os.listdir(target)}


def judged(folder, cases):
    """What Ansible makes of all that sutler is to take, in one run."""
    target = os.path.join(folder, "judge")
    os.makedirs(target)
    prepare(target, [str(i) for i, _ in cases])
    status, said = run(["ansible-playbook"], folder, "judge.yml", playbook(target, [task for _, task in cases]))
    tell(status == 0, "ansible-playbook takes what sutler is to take", [] if status == 0 else [said])
    return modes(target)


def ours(program, folder, i, task):
    target = os.path.join(folder, "ours")
    os.makedirs(target, exist_ok=True)
    prepare(target, [str(i)])
    status, said = run([program, "play"], folder, "ours.yml", playbook(target, [task]))
    return status, said, modes(target)[str(i)]


def main():
    cases = [("file: {path: TARGET/%d, mode: " + text + "}", text, wanted) for text, wanted in SCALARS]
    cases += [('file: {path: TARGET/%d, mode: "' + text + '"}', text, wanted) for text, wanted in TEMPLATES]
    cases += [("file: path=TARGET/%d mode=" + text, "mode=" + text, wanted) for text, wanted in
              (("0640", None), ("640", None), ("u=rw,g=", None), ("0o600", None))]
    cases += [("{file: {path: TARGET/%d, mode: '{{ item }}'}, loop: [0640, 0600]}", "in a loop", None),
              ("{copy: {content: x, dest: TARGET/%d, mode: 0640}}", "copy", None),
              ("{lineinfile: {path: TARGET/%d, line: x, mode: 0640}}", "lineinfile", None),
              ("{blockinfile: {path: TARGET/%d, block: x, mode: 0640}}", "blockinfile", None),
              ("{replace: {path: TARGET/%d, regexp: x, replace: y, mode: 0640}}", "replace", None),
              ("{template: {src: t.j2, dest: TARGET/%d, mode: 0640}}", "template", None),
              ("{template: {src: t.j2, dest: TARGET/%d, mode: preserve}}", "template preserve", None),
              ("{copy: {src: t.j2, dest: TARGET/%d, mode: preserve}}", "copy preserve", None),
              ("{file: {path: TARGET/%d, mode: '{{ item.mode }}'}, loop: [{mode: 0644}]}", "in a loop of dicts",
               "write '0644' in quotes")]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "inventory"), "w", encoding="utf-8") as file:
            file.write("localhost ansible_connection=local\n")
        with open(os.path.join(folder, "t.j2"), "w", encoding="utf-8") as file:
            file.write("text\n")
        os.chmod(os.path.join(folder, "t.j2"), 0o751)
        tasks = [(i, task % i) for i, (task, _, wanted) in enumerate(cases) if wanted is None]
        expected = judged(folder, tasks)
        for i, (task, name, wanted) in enumerate(cases):
            status, said, mode = ours(os.path.abspath(sys.argv[1]), folder, i, task % i)
            if wanted is None:
                good = status == 0 and mode == expected[str(i)]
                tell(good, "mode %s is %s" % (name, expected[str(i)]), [] if good else [mode, said])
            else:
                good = status == 2 and wanted in said and mode == "0604"
                tell(good, "mode %s is refused" % name, [] if good else [status, mode, said])
    print("1..%d" % numbers["done"])
    return numbers["bad"] > 0


if __name__ == "__main__":
    sys.exit(main())
