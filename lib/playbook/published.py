#!/usr/bin/python3
"""Lists the names of modules that Ansible and its published collections know: published.py >published.txt

Reads Debian's packages ansible-core (installed) and ansible, which is fetched and unpacked into a temporary
folder unless PACKAGE.deb is given. Part "short" holds what may be written without a collection and is in none,
then follows a part for each collection, then the parameters of the modules that are built in here.
"""
import json
import os
import subprocess
import sys
import tempfile
import textwrap

import yaml
import ansible
from ansible.release import __version__ as core_version

HERE = os.path.dirname(os.path.abspath(__file__))
# Names of releases after and before the packages that they do not hold.
OTHER_RELEASES = {
    "ansible.builtin": ["deb822_repository", "dnf5", "mount_facts"],
    "community.general": ["decompress", "django_check", "django_command", "django_createcachetable", "git_config_info",
                          "homebrew_services", "keycloak_userprofile", "krb_ticket", "systemd_creds_decrypt",
                          "systemd_creds_encrypt", "systemd_info", "usb_facts", "zpool"],
    "community.docker": ["docker_compose_v2", "docker_compose_v2_exec", "docker_compose_v2_pull", "docker_compose_v2_run",
                         "docker_container_copy_into", "docker_context_info", "docker_image_build", "docker_image_export",
                         "docker_image_pull", "docker_image_push", "docker_image_remove", "docker_image_tag"],
}
OTHER_PARAMETERS = {
    "apt": ["autoclean", "clean", "lock_timeout", "auto_install_module_deps"],
    "command": ["warn", "expand_argument_vars"],
    "get_url": ["ciphers", "decompress", "use_netrc", "thirsty"],
    "git": ["gpg_allowlist", "gpg_whitelist"],
    "package": ["install_recommends"],
    "shell": ["warn"],
    "stat": ["get_md5", "get_selinux_context"],
    "uri": ["ciphers", "decompress", "use_netrc"],
    "user": ["uid_min", "uid_max"],
}
# Modules that hand what they are given on to others.
HANDED_ON = {"package": ["apt", "dnf", "yum"], "service": ["systemd", "sysvinit"]}


def names_in(folder):
    """Modules and action plugins of a folder, which may be in folders of their own."""
    for path, _, files in os.walk(folder):
        for file in files:
            name, ending = os.path.splitext(file)
            if ending in (".py", ".ps1", ".psm1") and name.lstrip("_") and not name.startswith("__"):
                yield name.lstrip("_")


def routed(file):
    """Names that were renamed, moved or removed, as the release notes of a collection say to Ansible."""
    if not os.path.exists(file):
        return
    with open(file, encoding="utf-8") as stream:
        routing = (yaml.safe_load(stream) or {}).get("plugin_routing") or {}
    for kind in ("modules", "action"):
        for name in routing.get(kind) or {}:
            if "." not in name:
                yield name


def collections(root):
    for namespace in sorted(os.listdir(root)):
        for name in sorted(os.listdir(os.path.join(root, namespace)) if os.path.isdir(os.path.join(root, namespace)) else []):
            folder = os.path.join(root, namespace, name)
            if os.path.isdir(os.path.join(folder, "plugins")):
                found = set(names_in(os.path.join(folder, "plugins", "modules")))
                found |= set(names_in(os.path.join(folder, "plugins", "action")))
                found |= set(routed(os.path.join(folder, "meta", "runtime.yml")))
                yield f"{namespace}.{name}", found | set(OTHER_RELEASES.get(f"{namespace}.{name}", []))


def print_part(title, names):
    if names:
        print(title)
        for line in textwrap.wrap(" ".join(sorted(names)), 110, break_on_hyphens=False, break_long_words=False):
            print("\t" + line)


def parameters(known, root):
    """The parameters of the modules in lib/modules, with their other spellings."""
    ours = {file[:-2] for file in os.listdir(os.path.join(HERE, "..", "modules")) if file.endswith(".c")}
    asked = [f"ansible.builtin.{name}" for names in HANDED_ON.values() for name in names]
    asked += [f"{collection}.{name}" for collection in ("ansible.builtin", "ansible.posix", "community.general")
             for name in sorted(ours & known[collection])]
    environment = dict(os.environ, ANSIBLE_COLLECTIONS_PATH=os.path.dirname(root), ANSIBLE_DEPRECATION_WARNINGS="false")
    done = subprocess.run(["ansible-doc", "-j", "-t", "module", *asked], stdout=subprocess.PIPE, check=True, env=environment)
    found = {}
    for full, described in json.loads(done.stdout).items():
        name = full.rsplit(".", 1)[-1]
        if not isinstance(described.get("doc"), dict):
            continue
        for option, about in (described["doc"].get("options") or {}).items():
            found.setdefault(name, set()).update([option], about.get("aliases") or [])
    for name, others in HANDED_ON.items():
        for other in others:
            found[name] |= found[other]
    for name, more in OTHER_PARAMETERS.items():
        found.setdefault(name, set()).update(more)
    return {name: names for name, names in found.items() if name in ours}


def main():
    with tempfile.TemporaryDirectory() as folder:
        package = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else None
        if package is None:
            subprocess.run(["apt-get", "download", "-qq", "ansible"], cwd=folder, check=True)
            package = os.path.join(folder, os.listdir(folder)[0])
        version = subprocess.run(["dpkg-deb", "-f", package, "Version"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
        subprocess.run(["dpkg-deb", "-x", package, os.path.join(folder, "x")], check=True)
        root = os.path.join(folder, "x/usr/lib/python3/dist-packages/ansible_collections")
        core = os.path.dirname(ansible.__file__)
        known = {"ansible.builtin": set(names_in(os.path.join(core, "modules"))) | set(names_in(os.path.join(core, "plugins/action")))
                 | set(OTHER_RELEASES["ansible.builtin"])}
        moved = set(routed(os.path.join(core, "config", "ansible_builtin_runtime.yml")))
        known.update(collections(root))
        moved -= set().union(*known.values())
        print(f"# Made by published.py from Debian's ansible {version} and ansible-core {core_version}.")
        print_part("short", moved)
        for name, names in known.items():
            print_part(name, names)
        for name, names in sorted(parameters(known, root).items()):
            print_part(f"parameters of {name}", names)


main()
