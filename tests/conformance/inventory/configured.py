#!/usr/bin/python3
"""Settings of ansible.cfg and of the environment that change what an inventory or a playbook means: the same folder
given to ansible-playbook, ansible-inventory and sutler, with the same outcome.

configured.py SUTLER
"""
import json
import os
import subprocess
import sys
import tempfile

FILES = {
    "hosts": "[web]\nw1 ansible_connection=local cfg='{\"host\": 1, \"deep\": {\"h\": 1}}'\n"
             "[web:vars]\ncfg={\"group\": 1, \"deep\": {\"g\": 1, \"h\": 0}, \"list\": [1]}\nonce={\"a\": 1}\n",
    "group_vars/all.yml": "cfg: {all: 1, group: 0, list: [0, 0]}\ntext: {a: 1}\n",
    "group_vars/web/one.yml": "pieces: {one: 1, both: 1}\n",
    "group_vars/web/two.yml": "pieces: {two: 1, both: 2}\n",
    "host_vars/w1.yml": "cfg: {hostvars: 1}\ntext: plain\n",
    "extra.yml": "cfg: {file: 1, group: 5}\n",
    "included.yml": "cfg: {included: 1}\nincl: {b: 1}\n",
    "included2.yml": "incl: {c: 1}\n",
    "roles/one/defaults/main.yml": "cfg: {one_default: 1, all: 2}\nroled: {d: 1, e: 1}\n",
    "roles/one/vars/main.yml": "roled: {v: 1, e: 2}\n",
    "roles/one/meta/main.yml": "dependencies: [{role: two}]\n",
    "roles/one/tasks/main.yml": "- copy: {content: '{{ [cfg, roled] | to_json }}', dest: '{{ out }}/role'}\n"
                                "  check_mode: false\n",
    "roles/two/vars/main.yml": "roled: {two: 1, e: 3}\ncfg: {two: 1}\n",
    "play.yml": """
- hosts: w1
  gather_facts: false
  vars: {cfg: {play: 1, deep: {p: 1}}, text: {b: 2}, looped: {x: 1}}
  vars_files: [extra.yml, included2.yml]
  roles: [{role: one, roled: {parameter: 1}}]
  tasks:
    - copy: {content: '{{ [cfg, pieces, text, once, incl] | to_json }}', dest: '{{ out }}/first'}
    - include_vars: included.yml
    - include_vars: included2.yml
    - set_fact: {cfg: {fact: 1, deep: {f: 1}}}
    - block:
        - copy: {content: '{{ [cfg, incl, here] | to_json }}', dest: '{{ out }}/second'}
          vars: {cfg: {task: 1}, here: {t: 1}}
      vars: {here: {b: 1}}
    - set_fact: {cfg: {again: 1}}
    - copy: {content: '{{ [cfg, looped] | to_json }}', dest: '{{ out }}/item-{{ looped.y | default(0) }}'}
      loop: [{y: 1}, {y: 2}]
      loop_control: {loop_var: looped}
    - copy: {content: '{{ [cfg, hostvars.w1.cfg, lookup("vars", "cfg")] | to_json }}', dest: '{{ out }}/third'}
    - shell: exit 0
      register: text
    - copy: {content: '{{ text is mapping and "b" in text }}', dest: '{{ out }}/registered'}
""",
}
EXTRA = '{"cfg": {"extra": 1, "deep": {"e": 1}}}'
FOLDER = {
    "inv/a.ini": "from_ini\n", "inv/b": "from_plain\n", "inv/c.txt": "from_text\n", "inv/d.skip": "from_skip\n",
    "inv/e_old": "from_old\n", "inv/old_f": "from_f\n",
}
FACTS = {
    "hosts": "w1 ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
    "facts/own.fact": "{\"a\": 1}\n",
    "play.yml": """
- hosts: w1
  tasks:
    - copy:
        content: '{{ ["processor" in ansible_facts, "distribution" in ansible_facts, ansible_local | default({})] | to_json }}'
        dest: '{{ out }}/facts'
- hosts: w1
  gather_subset: [all]
  tasks:
    - copy: {content: '{{ ["processor" in ansible_facts] | to_json }}', dest: '{{ out }}/own'}
""",
}
COLLECTION = {
    "hosts": "w1 ansible_connection=local\n",
    "coll/ansible_collections/my/own/roles/r/tasks/main.yml":
        "- copy: {content: '[1]', dest: '{{ out }}/from-collection'}\n",
    "play.yml": "- hosts: w1\n  gather_facts: false\n  roles: [my.own.r]\n",
}
numbers = {"done": 0, "bad": 0}


def tell(good, name, words=()):
    numbers["done"] += 1
    numbers["bad"] += 0 if good else 1
    print("%s %d - %s" % ("ok" if good else "not ok", numbers["done"], name))
    for word in words if not good else ():
        print("#   " + str(word).replace("\n", "\n#   "))


def put(base, files):
    for name, text in files.items():
        path = os.path.join(base, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)


def run(base, words, **environment):
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("ANSIBLE_", "SUTLER_"))}
    return subprocess.run(words, cwd=base, env=dict(kept, HOME=base, ANSIBLE_LOCALHOST_WARNING="no", **environment),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def made(folder):
    found = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as stream:
            text = stream.read()
        found[name] = json.loads(text) if text.startswith("[") else text
    return found


def play(sutler, name, config, extra=(), files=None, **environment):
    with tempfile.TemporaryDirectory() as base:
        put(base, dict(files or FILES, **{"ansible.cfg": config}))
        trees, said = [], []
        for program, words in (("ansible", ["ansible-playbook"]), ("sutler", [sutler, "play"])):
            out = os.path.join(base, "out-" + program)
            os.mkdir(out)
            done = run(base, words + ["-i", "hosts", "play.yml", "-e", "out=" + out] + list(extra), **environment)
            said.append("%s: %d\n%s%s" % (program, done.returncode, done.stdout, done.stderr))
            trees.append((done.returncode, made(out)))
        tell(trees[0] == trees[1] and trees[0][0] == 0, name, trees + said)
        inventories = [json.loads(run(base, words + ["-i", "hosts", "--list"], **environment).stdout)
                       for words in (["ansible-inventory"], [sutler, "inventory"])]
        tell(inventories[0] == inventories[1], name + ": inventory", inventories)


def folder(sutler, name, config, **environment):
    with tempfile.TemporaryDirectory() as base:
        put(base, dict(FOLDER, **{"ansible.cfg": config}))
        found = [run(base, words + ["-i", "inv", "--list"], **environment)
                 for words in (["ansible-inventory"], [sutler, "inventory"])]
        hosts = [sorted(json.loads(one.stdout or "{}").get("_meta", {}).get("hostvars", {}).keys()) or
                 sorted(json.loads(one.stdout or "{}").get("ungrouped", {}).get("hosts", [])) for one in found]
        lists = [sorted(json.loads(one.stdout or "{}").get("ungrouped", {}).get("hosts", [])) for one in found]
        tell(lists[0] == lists[1] and lists[0], name, [lists, hosts, found])


def encrypt(sutler):
    """The id that encrypts, as the file's first line has it."""
    with tempfile.TemporaryDirectory() as base:
        put(base, {"ansible.cfg": "[defaults]\nvault_identity_list = one@p1, two@p2\nvault_encrypt_identity = two\n",
                   "p1": "first\n", "p2": "second\n"})
        os.chmod(base + "/p1", 0o600)
        os.chmod(base + "/p2", 0o600)
        heads = []
        for words in (["ansible-vault"], [sutler, "vault"]):
            put(base, {"secret.yml": "a: 1\n"})
            done = run(base, words + ["encrypt", "secret.yml"])
            with open(base + "/secret.yml", encoding="utf-8") as stream:
                heads.append((done.returncode, stream.readline()))
        tell(heads[0] == heads[1] and "two" in heads[0][1], "vault_encrypt_identity", heads)


def ad_hoc(sutler):
    with tempfile.TemporaryDirectory() as base:
        put(base, {"ansible.cfg": "[defaults]\nmodule_name = shell\nplaybook_dir = below\n",
                   "below/group_vars/all.yml": "word: found\n", "hosts": "w1 ansible_connection=local\n"})
        made_of = []
        for program, words in (("ansible", ["ansible"]), ("sutler", [sutler, "run"])):
            done = run(base, words + ["-i", "hosts", "w1", "-a", "echo {{ word }} | tr f F >%s/%s" % (base, program)])
            path = os.path.join(base, program)
            made_of.append([done.returncode, os.path.exists(path) and open(path, encoding="utf-8").read()])
        tell(made_of[0] == made_of[1] == [0, "Found\n"], "module_name, playbook_dir", made_of)


def explained(sutler):
    with tempfile.TemporaryDirectory() as base:
        put(base, dict(FILES, **{"ansible.cfg": "[defaults]\nhash_behaviour = merge\n"}))
        lines = run(base, [sutler, "inventory", "-i", "hosts", "--explain", "w1", "cfg"]).stdout.splitlines()
        tell(len(lines) == 4 and lines[0].startswith("cfg = ") and all(line.startswith("    and cfg = ") for line in lines[1:]),
             "--explain says what is merged", lines)


def main():
    sutler = os.path.abspath(sys.argv[1])
    merge = "[defaults]\nhash_behaviour = merge\n"
    play(sutler, "hash_behaviour = replace", "[defaults]\n")
    play(sutler, "hash_behaviour = merge", merge)
    play(sutler, "hash_behaviour = merge, with -e", merge, ["-e", EXTRA, "-e", '{"cfg": {"second": 1}}'])
    play(sutler, "ANSIBLE_HASH_BEHAVIOUR=merge", "", ANSIBLE_HASH_BEHAVIOUR="merge")
    folder(sutler, "files of an inventory folder", "")
    folder(sutler, "inventory_ignore_extensions", "[defaults]\ninventory_ignore_extensions = .txt, .skip\n")
    folder(sutler, "[inventory] ignore_extensions", "[inventory]\nignore_extensions = _old\n")
    folder(sutler, "inventory_ignore_patterns", "[defaults]\ninventory_ignore_patterns = ^old,\\.skip$\n")
    folder(sutler, "ANSIBLE_INVENTORY_IGNORE", "", ANSIBLE_INVENTORY_IGNORE=".ini")
    folder(sutler, "ANSIBLE_INVENTORY_IGNORE_REGEX", "", ANSIBLE_INVENTORY_IGNORE_REGEX="_o.d$")
    play(sutler, "facts as usual", "", files=FACTS)
    play(sutler, "gather_subset", "[defaults]\ngather_subset = !all\n", files=FACTS)
    play(sutler, "fact_path", "[defaults]\ngather_subset = !all, local\nfact_path = ~/facts\n", files=FACTS)
    play(sutler, "ANSIBLE_GATHER_SUBSET", "", files=FACTS, ANSIBLE_GATHER_SUBSET="!all,!min,distribution")
    play(sutler, "collections_path", "[defaults]\ncollections_path = coll\n", files=COLLECTION)
    play(sutler, "ANSIBLE_COLLECTIONS_PATHS", "", files=COLLECTION, ANSIBLE_COLLECTIONS_PATHS="nothing:coll")
    encrypt(sutler)
    explained(sutler)
    ad_hoc(sutler)
    print("1..%d" % numbers["done"])
    sys.exit(1 if numbers["bad"] else 0)


main()
