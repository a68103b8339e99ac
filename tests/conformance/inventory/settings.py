#!/usr/bin/python3
"""Every setting that Ansible and its ssh, sudo and sh plugins have is a row of our table, by every name it
has, and every connection variable of theirs is known: what has no row would be passed over in silence."""
import json
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PLUGINS = [('connection', 'ssh'), ('connection', 'paramiko_ssh'), ('connection', 'local'), ('become', 'sudo'),
           ('shell', 'sh')]
# Names of Ansible's own tests, or for other programs.
OTHERS = {'NO_COLOR', '_ANSIBLE_COVERAGE_REMOTE_OUTPUT', '_ANSIBLE_COVERAGE_REMOTE_PATH_FILTER'}
# Variables that say who the host is, not how to reach it; those of a plugin that is refused by name.
VARIABLES = {'inventory_hostname', "delegated_vars['ansible_host']", "delegated_vars['ansible_ssh_host']"}


def read(name):
    with open(os.path.join(ROOT, name), encoding='utf-8') as stream:
        return stream.read()


def ask(*command):
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def options():
    yield from ask('ansible-config', 'list', '--format', 'json').items()
    for kind, name in PLUGINS:
        for plugin in ask('ansible-doc', '-t', kind, '-j', name).values():
            yield from plugin['doc']['options'].items()


def words(text):
    """The contents of C strings, with those that stand side by side joined."""
    text = re.sub(r'"\s+"', '', text)
    return {word for string in re.findall(r'"((?:[^"\\]|\\.)*)"', text) for word in string.split(',')}


def main():
    table = words(read('lib/inventory/ansible-settings.c'))
    known = words(read('lib/inventory/connection-variables.c'))
    missing = []
    number = 0
    for name, option in options():
        for entry in option.get('env') or []:
            number += 1
            if entry['name'] not in table | OTHERS:
                missing.append('%s: the environment variable %s' % (name, entry['name']))
        for entry in option.get('ini') or []:
            number += 1
            if entry and '%s.%s' % (entry['section'], entry['key']) not in table:
                missing.append('%s: [%s] %s' % (name, entry['section'], entry['key']))
        for entry in option.get('vars') or []:
            number += 1
            if 'doc' not in name and entry['name'].startswith('ansible_') and name != 'environment' \
                    and entry['name'] not in known | VARIABLES and is_connection(entry['name']):
                missing.append('%s: the variable %s' % (name, entry['name']))
    for line in missing:
        print('not known: %s' % line)
    print('%d names of %s' % (number, 'Ansible'))
    sys.exit(1 if missing or number < 400 else 0)


def is_connection(name):
    """Variables of Ansible's own screens and of its Python are none."""
    return re.match(r'ansible_(ssh|become|sudo|scp|sftp|control|paramiko|host|port|user|password|private|connection|'
                    r'timeout|pipelining|async_dir|remote_tmp|system_tmpdirs|common_remote|shell_allow|admin)', name)


main()
