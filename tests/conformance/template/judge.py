"""What Ansible's Templar makes of a template, in the form template-tool answers."""
import os
import sys

os.environ.setdefault('ANSIBLE_JINJA2_EXTENSIONS', 'jinja2.ext.do,jinja2.ext.loopcontrols')
os.environ.setdefault('ANSIBLE_DEPRECATION_WARNINGS', 'False')
os.environ.setdefault('ANSIBLE_LOCALHOST_WARNING', 'False')
os.environ.setdefault('ANSIBLE_LOCAL_TEMP', '/tmp/.sutler-conformance')

import warnings
warnings.simplefilter('ignore')

from collections.abc import Mapping
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.conditional import Conditional
from ansible.template import AnsibleEnvironment, AnsibleUndefined, Templar
from ansible.utils.display import Display
from jinja2.runtime import Undefined

Display.display = lambda self, *a, **k: None


def plain(v):
    """Without Ansible's own types."""
    if isinstance(v, bool) or v is None:
        return v
    if isinstance(v, str):
        return str.__str__(v) if type(v) is str else ''.join(v)
    if isinstance(v, int):
        return int(v)
    if isinstance(v, float):
        return float(v)
    if isinstance(v, Mapping):
        return {plain(k): plain(i) for k, i in v.items()}
    if isinstance(v, tuple):
        return tuple(plain(i) for i in v)
    if isinstance(v, list):
        return [plain(i) for i in v]
    return v


undefined_repr = AnsibleUndefined.__repr__


def repr_noted(self):
    """Text was made of something undefined, though it need not be in the output."""
    Judge.undefined_as_text = True
    return undefined_repr(self)


AnsibleUndefined.__repr__ = repr_noted


class Judge:
    undefined_as_text = False

    def __init__(self, folders):
        self.folders = folders
        self.loader = DataLoader()
        self.loader.set_basedir(folders[0] if folders else '/')

    def run(self, text, variables, mode):
        variables = dict(variables)
        variables['ansible_search_path'] = list(self.folders)
        templar = Templar(loader=self.loader, variables=variables)
        if mode == 'file':
            templar = templar.copy_with_new_env(environment_class=AnsibleEnvironment,
                                                searchpath=list(self.folders),
                                                newline_sequence='\n', trim_blocks=True,
                                                lstrip_blocks=False, available_variables=variables)
            return templar.do_template(text, preserve_trailing_newlines=True,
                                       escape_backslashes=False)
        if mode == 'condition':
            c = Conditional(loader=self.loader)
            c.when = [text]
            return bool(c.evaluate_conditional(templar, variables))
        templar.environment.loader.searchpath = list(self.folders)
        return templar.template(text)

    def answer(self, text, variables, mode):
        Judge.undefined_as_text = False
        try:
            result = self.run(text, variables, mode)
            if isinstance(result, Undefined):
                raise ValueError('undefined')
            result = plain(result)
            return {'output': [type(result).__name__, repr(result)]}
        except RecursionError as e:
            return {'error': 'recursion'}
        except Exception as e:
            return {'error': '%s: %s' % (type(e).__name__, e)}
