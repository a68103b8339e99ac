#!/usr/bin/python3
"""include_vars, first_found and the old include in all their spellings, run by ansible-playbook and by sutler: the same
files, the same variables, the same recap.

include_vars.py SUTLER
"""
import os
import re
import subprocess
import sys
import tempfile

# Files of the project; "> text" in a list of tasks writes what the text evaluates to into the next file of TARGET.
FILES = {
    "inventory": "localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n",
    "password": "pw\n",
    "vars/one.yml": "---\na: included\nb: 'included-{{ vfile }}'\nc: 3\nroleparam: x\nextra: x\n",
    "vars/zz.yml": "z: {w: 2, y: {r: 2}}\n",
    "vars/Debian.yml": "which: family\n",
    "vars/list.yml": "[1]\n",
    "vars/empty.yml": "---\n",
    "vars/main2.yml": "of_playbook: yes\n",
    "beside.json": '{"of_json": {"k": "{{ vfile }}"}}\n',
    "d/1.yml": "d1: 1\nd2: 1\n", "d/2.yaml": "d2: 2\n", "d/3/x.yml": "d2: 3\n", "d/note.txt": "not yaml: [\n",
    "clean/1.yml": "d1: 1\n", "clean/3/x.json": '{"d2": 3}\n', "clean/3/4/y.yml": "d3: 4\n",
    "roles/r/vars/Debian.yml": "fam: of-role\n", "roles/r/vars/main.yml": "main_of_role: 1\n",
    "roles/r/vars/d/a.yml": "rd: 1\n", "roles/r/vars/d/sub/b.json": '{"rs": 3}\n',
    "roles/r/files/listed.txt": "of files\n", "roles/r/templates/Debian.j2": "of templates\n",
    "roles/r/tasks/more.yml": "- set_fact: {more: '{{ more | default(0) | int + 1 }} {{ word | default(\"-\") }}'}\n",
    "roles/r/tasks/main.yml": """
- include_vars: "{{ ansible_os_family }}.yml"
> {{ fam }} {{ rolep }}
- include_vars: {dir: d}
> {{ rd }} {{ rs }}
- include_vars: {dir: vars/d, depth: 1}
  register: reg
> {{ reg.ansible_included_var_files | map('basename') | list }}
- include_vars: "{{ item }}"
  with_first_found:
  - files: ["{{ ansible_distribution }}.yml", "{{ ansible_os_family }}.yml"]
    paths: [../vars, vars]
- include_vars: main2.yml
> {{ of_playbook }}
- template: {src: "{{ item }}", dest: "{{ target }}/template"}
  with_first_found: ["{{ nothing }}.j2", "{{ ansible_os_family }}.j2"]
- copy: {src: "{{ item }}", dest: "{{ target }}/copy"}
  with_first_found: [{files: "nothing.txt,listed.txt"}]
> {{ lookup('first_found', 'nothing', 'listed.txt') | basename }}
> {{ lookup('first_found', {'files': ['Debian.yml'], 'paths': [role_path ~ '/vars']}) | basename }}
> {{ query('first_found', ['a', 'b'], skip=true) }}
- include: more.yml
- include: more.yml word=two
- include: more.yml
  vars: {word: three}
- include: "{{ item }}.yml"
  with_items: [more]
  when: rolep is defined
- include: more.yml
  when: rolep is not defined
- include: {file: more.yml, word: four}
  tags: [other]
> {{ more }}
""",
    "site.yml": """
- hosts: localhost
  vars: {a: play, b: play, z: {x: 1, y: {q: 1}}, vfile: one.yml, target: TARGET}
  roles: [{role: r, rolep: param}]
  tasks:
- include_vars: one.yml
> {{ a }} {{ b }} {{ c | default('none') }} {{ extra }}
- set_fact: {a: fact}
- include_vars: file=one.yml
> {{ a }} {{ b }}
- copy: {content: "{{ b }}", dest: "{{ target }}/task"}
  vars: {b: task}
- include_vars: {file: one.yml, name: scope}
  register: reg
> {{ scope.a }} {{ scope.c }} {{ reg.ansible_included_var_files | map('basename') | list }} {{ reg is changed }}
- include_vars: one.yml name=short
> {{ short.a }}
- include_vars: {dir: clean}
  register: reg
> {{ d1 }} {{ d2 }} {{ d3 }} {{ reg.ansible_included_var_files | map('basename') | list }}
- include_vars: {dir: d, ignore_unknown_extensions: true, files_matching: '^2', depth: 1}
  register: reg
> {{ reg.ansible_included_var_files | map('basename') | list }}
- include_vars: {dir: d, ignore_files: ['.txt', '^1.*'], name: named}
  register: reg
> {{ reg.ansible_included_var_files | map('basename') | list }} {{ named }}
- include_vars: {dir: d, extensions: [yaml], ignore_unknown_extensions: yes}
  register: reg
> {{ reg.ansible_included_var_files | map('basename') | list }}
- include_vars: {dir: d}
  ignore_errors: true
- include_vars: {dir: nowhere}
  ignore_errors: true
- include_vars: {file: zz.yml, hash_behaviour: merge}
> {{ z }}
- include_vars: zz.yml
> {{ z }}
- include_vars: empty.yml
- include_vars: beside.json
> {{ of_json.k }}
- include_vars: "{{ playbook_dir }}/beside.json"
- include_vars: "{{ item }}"
  with_first_found: ["{{ ansible_distribution | lower }}.yml", "{{ undefined_thing }}.yml", "{{ ansible_os_family }}.yml"]
> {{ which }}
- include_vars: "{{ lookup('first_found', params) }}"
  vars: {params: {files: ["nope.yml", "{{ ansible_os_family }}.yml"], paths: [vars]}}
- include_vars: "{{ item }}"
  loop: [one.yml, "{{ vfile }}", zz.yml]
  register: reg
> {{ reg.results | map(attribute='ansible_included_var_files') | flatten | map('basename') | list }}
- include_vars: nothere.yml
  ignore_errors: true
  when: ansible_os_family is defined
- include_vars: "{{ item }}"
  with_first_found: [{files: ["nope.yml"], skip: true}]
- include_vars: list.yml
  ignore_errors: true
  register: reg
> {{ reg is failed }}
> {{ hostvars[inventory_hostname].which }}
- include_vars: vaulted.yml
> {{ vaulted | length }}
""",
}


def playbook(text, start, indent):
    """The text with each "> TEXT" as a task, and how many there were."""
    lines = []
    for line in text.splitlines():
        if line.startswith("> "):
            start += 1
            lines.append('%s- copy: {content: "%s", dest: "{{ target }}/%02d"}' % (indent, line[2:], start))
        elif line.startswith("- hosts") or (line.startswith("  ") and not lines[-1].startswith(indent + "-") and
                                            "tasks:" not in "".join(lines)):
            lines.append(line)
        else:
            lines.append(indent + line if line else line)
    return "\n".join(lines) + "\n", start


def write(folder, target):
    count = 0
    for name, text in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if name.endswith("tasks/main.yml"):
            text, count = playbook(text, count, "")
        if name == "site.yml":
            text, count = playbook(text, count, "  ")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("TARGET", target))
    os.makedirs(target)
    os.chmod(os.path.join(folder, "password"), 0o600)
    with open(os.path.join(folder, "vars/vaulted.yml"), "w", encoding="utf-8") as file:
        file.write("vaulted: sesame\n")
    subprocess.run(["ansible-vault", "encrypt", "--vault-password-file", "password", "vars/vaulted.yml"], cwd=folder,
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return count


def run(program, folder, target):
    """Status, recap and the files that were written."""
    done = subprocess.run(program + ["-i", "inventory", "--vault-password-file", "password", "-e", "extra=1", "site.yml"],
                          cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
                          env=dict(os.environ, ANSIBLE_NOCOLOR="1", ANSIBLE_DEPRECATION_WARNINGS="0"))
    counts = dict(re.findall(r"(ok|changed|failed|skipped|ignored)=(\d+)", done.stdout))
    files = {}
    for name in sorted(os.listdir(target)):
        with open(os.path.join(target, name), encoding="utf-8") as file:
            files[name] = file.read()
    return done.returncode, {key: n for key, n in counts.items() if n != "0"}, files, done.stdout


def main():
    number, bad = 0, 0
    with tempfile.TemporaryDirectory() as above:
        results = []
        for i, program in enumerate((["ansible-playbook"], [os.path.abspath(sys.argv[1]), "play"])):
            folder = os.path.join(above, str(i))
            target = os.path.join(folder, "target")
            os.makedirs(folder)
            written = write(folder, target)
            results.append(run(program, folder, target))
        judge, ours = results
        pairs = [("exit status", judge[0], ours[0]), ("recap", judge[1], ours[1])]
        names = sorted(set(judge[2]) | set(ours[2]))
        pairs += [("file " + name, judge[2].get(name), ours[2].get(name)) for name in names]
        pairs.append(("as many files as the playbook writes", written + 3, len(judge[2])))
        for name, wanted, got in pairs:
            number += 1
            bad += wanted != got
            print("%s %d - %s" % ("ok" if wanted == got else "not ok", number, name))
            if wanted != got:
                print("#   Ansible: %r\n#   sutler:  %r" % (wanted, got))
        if bad:
            print("".join("# " + line + "\n" for r in results for line in r[3].splitlines()))
    print("1..%d" % number)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
