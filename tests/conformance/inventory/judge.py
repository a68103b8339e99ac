"""ansible-inventory's own code, called in one process: what it prints, or why it refuses."""
import json
import os
import sys

from ansible import constants as C
from ansible import context
from ansible.cli.inventory import InventoryCLI
from ansible.inventory.group import Group
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
from ansible.plugins.inventory import script as script_plugin
from ansible.plugins.vars import host_group_vars
from ansible.utils.display import Display
from ansible.vars.manager import VariableManager

C.HOST_PATTERN_MISMATCH = 'warning'
UNMATCHED = 'Could not match supplied host pattern, ignoring: '


class Refused(Exception):
    """Ansible refuses, or warns that it goes on without something."""


problems = []
PROBLEM_WORDS = ('Unable to parse', 'Failed to parse', 'Skipping', 'is not a directory',
                 'No inventory was parsed')


def _warning(self, msg, formatted=False):
    name = msg[len(UNMATCHED):] if msg.startswith(UNMATCHED) else ''
    # A word that names nothing is refused here; a glob or a regex may match nothing.
    unknown = name and not name.startswith('~') and not any(c in name for c in '*?[')
    if unknown or any(word in msg for word in PROBLEM_WORDS):
        problems.append(msg)


Display.warning = _warning
Display.deprecated = lambda self, *a, **k: None


def _walk_relationship(self, rel, include_self=False, preserve_ordering=False):
    """Ansible walks sets here, whose order is chance; breadth first, the order is the same always."""
    ordered = [self] if include_self else []
    queue = [self]
    seen = {id(self)} if include_self else set()
    while queue:
        following = []
        for group in queue:
            for item in getattr(group, rel):
                if id(item) not in seen:
                    seen.add(id(item))
                    ordered.append(item)
                    following.append(item)
        queue = following
    return ordered if preserve_ordering else set(ordered)


Group._walk_relationship = _walk_relationship


class OrderedHosts(dict):
    """The hosts of a script, in order; Ansible keeps a set."""

    def add(self, name):
        self[name] = True


_script_init = script_plugin.InventoryModule.__init__


def _ordered_init(self):
    _script_init(self)
    self._hosts = OrderedHosts()


script_plugin.InventoryModule.__init__ = _ordered_init


def ask(mode, folder, argument, sources, password=None):
    """What ansible-inventory prints, run in folder."""
    os.chdir(folder)
    del problems[:]
    host_group_vars.FOUND.clear()
    context.CLIARGS = ImmutableDict(
        list=mode.startswith('list'), host=None, graph=False, yaml='yaml' in mode, toml=False,
        export='export' in mode, basedir=None, show_vars='vars' in mode, output_file=None,
        pattern=argument, verbosity=0)
    cli = object.__new__(InventoryCLI)
    loader = DataLoader()
    if password is not None:
        loader.set_vault_secrets([('default', VaultSecret(password.encode()))])
    try:
        absolute = [os.path.abspath(s) if ',' not in s else s for s in sources]
        inventory = InventoryManager(loader=loader, sources=absolute)
        if problems:
            raise Refused(problems[0])
        cli.loader, cli.inventory = loader, inventory
        cli.vm = VariableManager(loader=loader, inventory=inventory)
        top = inventory.groups['all']
        if mode.startswith('list'):
            value = cli.yaml_inventory(top) if 'yaml' in mode else cli.json_inventory(top)
            text = cli.dump(value)
        elif mode.startswith('host'):
            hosts = inventory.get_hosts(argument)
            if len(hosts) != 1:
                raise Refused('not one host')
            text = cli.dump(cli._get_host_variables(hosts[0]))
        elif mode.startswith('graph'):
            text = cli.inventory_graph()
        else:
            names = [h.name for h in inventory.get_hosts(argument)]
            if not names:
                raise Refused('no host')
            text = '\n'.join(names)
        text.encode('utf-8')
        if problems:
            raise Refused(problems[0])
    except Refused as refusal:
        return 1, str(refusal)
    except Exception as error:  # whatever it is, ansible-inventory ends with it
        return 1, '%s: %s' % (type(error).__name__, error)
    return 0, text if text.endswith('\n') else text + '\n'
