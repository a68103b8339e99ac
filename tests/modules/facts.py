#!/usr/bin/python3
"""The facts of this machine, by Ansible's setup and by ours: every one of theirs is one of ours, and those that
playbooks ask for most are the same.

facts.py SUTLER
"""
import json
import os
import subprocess
import sys
import tempfile

# What Ansible tells and we do not.
LACKING = {
    "device_links": "names of disks by id, label and uuid",
    "fibre_channel_wwn": "names of fibre channel adapters",
    "form_factor": "kind of chassis",
    "lvm": "volumes, which only lvm's own programs tell",
    "selinux_python_present": "whether a Python library is there, which nothing here needs",
}
SAME = ("architecture", "default_ipv4", "default_ipv6", "distribution", "distribution_major_version",
        "distribution_release", "distribution_version", "hostname", "is_chroot", "kernel", "machine", "memtotal_mb",
        "nodename", "os_family", "pkg_mgr", "processor_vcpus", "python", "python_version", "service_mgr", "swaptotal_mb",
        "system", "system_capabilities_enforced", "user_dir", "user_id", "user_shell", "virtualization_role",
        "virtualization_tech_guest", "virtualization_tech_host", "virtualization_type", "hostnqn", "iscsi_iqn",
        "board_serial", "product_name", "apparmor", "fips", "cmdline", "dns", "gather_subset")


def facts_of(program, folder, name):
    out = os.path.join(folder, name)
    with open(os.path.join(folder, "site.yml"), "w", encoding="utf-8") as file:
        file.write('- hosts: localhost\n  tasks: [{copy: {content: "{{ ansible_facts | to_json }}", dest: %s}}]\n' % out)
    subprocess.run(program + ["-i", "inventory", "site.yml"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    with open(out, encoding="utf-8") as file:
        return json.load(file)


def main():
    number, bad = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "inventory"), "w", encoding="utf-8") as file:
            file.write("localhost ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n")
        theirs = facts_of(["ansible-playbook"], folder, "theirs")
        ours = facts_of([os.path.abspath(sys.argv[1]), "play"], folder, "ours")
    missing = sorted(set(theirs) - set(ours) - set(LACKING) - {"_ansible_facts_gathered", "discovered_interpreter_python"})
    rows = [("no fact is missing", [], missing)]
    for facts in (theirs, ours):
        for name in ("virtualization_tech_guest", "virtualization_tech_host"):
            facts[name] = sorted(facts.get(name, []))  # sets in Ansible
    rows += [("the fact " + name, theirs[name], ours.get(name)) for name in SAME if name in theirs]
    for name, wanted, got in rows:
        number += 1
        bad += wanted != got
        print("%s %d - %s" % ("ok" if wanted == got else "not ok", number, name))
        if wanted != got:
            print("#   Ansible: %r\n#   sutler:  %r" % (wanted, got))
    print("1..%d" % number)
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
