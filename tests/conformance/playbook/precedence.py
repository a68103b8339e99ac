#!/usr/bin/python3
"""Which value a variable has, ours against ansible-playbook: precedence.py SUTLER [SEED...].

Each of 300 variables is set at a few levels chosen by chance, to the name of the level. A playbook then
writes all of them from many places: pre_tasks, roles, their dependencies, blocks, includes, imports, a
second play. Both must write the same."""
import json
import os
import random
import subprocess
import sys
import tempfile

LEVELS = '''role_defaults role_vars role_key role_params second_defaults second_vars dependency_defaults
    dependency_vars imported_defaults imported_vars inventory_all inventory_parent inventory_child inventory_other
    group_vars_all group_vars_parent group_vars_child play_group_vars_all play_group_vars_parent
    play_group_vars_child host host_vars play_host_vars play vars_files vars_files_2 block inner_block task set_fact
    include import include_role extra'''.split()
COUNT = 300


class Maker:
    """Writes the files of one seed into a folder."""

    def __init__(self, folder, seed):
        chance = random.Random(seed)
        self.folder = folder
        self.at = {level: {} for level in LEVELS}
        names = ['v%d' % i for i in range(COUNT)]
        for name in names:
            for level in chance.sample(LEVELS, chance.randrange(1, 8)):
                self.at[level][name] = level
        # Of every second seed, as hostvars has them.
        form = "%s | default('-')" if seed % 2 else "hostvars['h'].%s | default('-')"
        self.expression = '{{ [%s] | to_json }}' % ', '.join(form % name for name in names)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as stream:
            stream.write(text)

    def vars(self, level, indent=0):
        return ''.join('%s%s: %s\n' % (' ' * indent, *row) for row in self.at[level].items()) or ' ' * indent + 'z: 1\n'

    def show(self, place, indent=0):
        return '%s- copy: {content: "%s\\n", dest: "{{ out }}/%s"}\n' % (' ' * indent, self.expression, place)

    def role(self, name, defaults, variables, tasks, **meta):
        self.write('roles/%s/defaults/main.yml' % name, self.vars(defaults))
        self.write('roles/%s/vars/main.yml' % name, self.vars(variables))
        self.write('roles/%s/tasks/main.yml' % name, tasks)
        self.write('roles/%s/meta/main.yml' % name, json.dumps(meta))

    def inventory(self):
        lines = ['[child]', 'h ansible_connection=local ' + ' '.join('%s=%s' % row for row in self.at['host'].items()),
                 '[other]', 'h', '[parent:children]', 'child']
        for group in ('all', 'parent', 'child', 'other'):
            lines += ['[%s:vars]' % group] + ['%s=%s' % row for row in self.at['inventory_' + group].items()]
        self.write('inv/hosts', '\n'.join(lines + ['ansible_group_priority=5', '']))
        for group in ('all', 'parent', 'child'):
            self.write('inv/group_vars/%s.yml' % group, self.vars('group_vars_' + group))
            self.write('group_vars/%s.yml' % group, self.vars('play_group_vars_' + group))
        self.write('inv/host_vars/h.yml', self.vars('host_vars'))
        self.write('host_vars/h.yml', self.vars('play_host_vars'))

    def roles(self):
        self.role('dependency', 'dependency_defaults', 'dependency_vars', self.show('dependency'))
        self.role('second', 'second_defaults', 'second_vars', self.show('second'))
        self.role('imported', 'imported_defaults', 'imported_vars', self.show('imported'))
        self.role('lone', 'role_defaults', 'role_vars', self.show('lone'))
        self.role('main', 'role_defaults', 'role_vars', dependencies=['dependency'], tasks=(
            self.show('role-before') + '- set_fact:\n' + self.vars('set_fact', 4) + self.show('role') +
            '- include_tasks: inside.yml\n  vars:\n' + self.vars('include', 4)))
        self.write('roles/main/tasks/inside.yml', self.show('role-include'))

    def playbook(self):
        for name in ('include', 'import'):
            self.write(name + '.yml', self.show(name))
        self.write('files.yml', self.vars('vars_files'))
        self.write('files2.yml', self.vars('vars_files_2'))
        self.write('extra.json', json.dumps(self.at['extra']))
        self.write('site.yml', ''.join([
            '- hosts: all\n  gather_facts: false\n  vars:\n', self.vars('play', 4),
            '  vars_files: [files.yml, files2.yml]\n  pre_tasks:\n', self.show('pre', 2),
            '  roles:\n  - role: main\n    vars:\n', self.vars('role_key', 6), self.vars('role_params', 4),
            '  - second\n  tasks:\n', self.show('task', 2),
            '  - block:\n', '    - block:\n', self.show('inner', 6), self.show('inner-task', 6), '        vars:\n',
            self.vars('task', 10), '      vars:\n', self.vars('inner_block', 8), self.show('block', 4), '    vars:\n',
            self.vars('block', 6),
            '  - include_tasks: include.yml\n    vars:\n', self.vars('include', 6),
            '  - import_tasks: import.yml\n    vars:\n', self.vars('import', 6),
            '  - import_role: {name: imported}\n    vars:\n', self.vars('import', 6),
            '  - include_role: {name: lone}\n    vars:\n', self.vars('include_role', 6), self.show('end', 2),
            '- hosts: all\n  gather_facts: false\n  tasks:\n', self.show('second-play', 2)]))


def run(program, folder, out):
    os.mkdir(os.path.join(folder, out))
    environment = dict(os.environ, HOME=folder, ANSIBLE_LOCALHOST_WARNING='no')
    done = subprocess.run([*program, '-i', 'inv/hosts', 'site.yml', '-e', '@extra.json', '-e', 'out=' + os.path.join(folder, out)],
                          cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode or 'CRITICAL' in done.stderr:
        raise SystemExit('%s: exit %d\n%s%s' % (program[0], done.returncode, done.stdout[-3000:], done.stderr))


def compare(sutler, seed):
    different = 0
    with tempfile.TemporaryDirectory(prefix='precedence-') as folder:
        maker = Maker(folder, seed)
        maker.inventory()
        maker.roles()
        maker.playbook()
        run(['ansible-playbook'], folder, 'theirs')
        run([sutler, 'play'], folder, 'ours')
        places = sorted(os.listdir(os.path.join(folder, 'theirs')))
        for place in places:
            theirs, ours = (json.load(open(os.path.join(folder, who, place), encoding='utf-8'))
                            for who in ('theirs', 'ours'))
            for number, values in enumerate(zip(theirs, ours)):
                if values[0] != values[1]:
                    different += 1
                    print('not ok - seed %d, %s: v%d is set at %s: Ansible takes %s, we %s' % (
                        seed, place, number, [level for level in LEVELS if 'v%d' % number in maker.at[level]], *values))
    print('# seed %d: %d variables in %d places, %d differ' % (seed, COUNT, len(places), different))
    return different


if __name__ == '__main__':
    sys.exit(1 if sum(compare(os.path.abspath(sys.argv[1]), int(word)) for word in sys.argv[2:] or ['1']) else 0)
