#!/usr/bin/python3
"""What conditions and registered results see, compared with ansible-playbook: the same playbook, run by both here."""
import os
import shutil

from harness import Skip, case, equal, main, run_command

CALLBACK = '''
from ansible.plugins.callback import CallbackBase
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, 'stdout', 'lines'
    def say(self, r, failed=False):
        if r._task.action == 'debug' and 'results' not in r._result:
            print(r._host.name + ': ' + ('failed' if failed else str(r._result.get('msg')).replace('\\n', ' ')))
    def v2_runner_on_ok(self, r):
        self.say(r)
    def v2_runner_on_failed(self, r, ignore_errors=False):
        self.say(r, True)
    def v2_runner_item_on_ok(self, r):
        self.say(r)
    def v2_playbook_on_stats(self, stats):
        for host in sorted(stats.processed):
            found = stats.summarize(host)
            print(host, [found[key] for key in (
                'ok', 'changed', 'failures', 'skipped', 'rescued', 'ignored')])
'''


def by_ansible(here, *arguments):
    """What debug says, the recap, and whether all went well."""
    if shutil.which('ansible-playbook') is None:
        raise Skip('ansible-core is not installed')
    here.project.write('../callbacks/lines.py', CALLBACK)
    environment = dict(os.environ, ANSIBLE_STDOUT_CALLBACK='lines', HOME=here.project.home,
                       ANSIBLE_CALLBACK_PLUGINS=here.project.path('../callbacks'))
    done = run_command(['ansible-playbook', '-i', 'inventory', 'site.yml', *arguments],
                       check_status=False, cwd=here.project.folder, env=environment)
    return done.stdout.splitlines() + ['well' if done.returncode == 0 else 'failed'], done.stderr


def by_sutler(here, *arguments):
    run = here.project.sutler('play', 'site.yml', '--json', *arguments)
    lines = ['%s: %s' % (step['host'], 'failed' if step['status'] in ('failed', 'ignored') else step['msg'].replace('\n', ' '))
             for step in run.steps(module='debug') if step['status'] != 'skipped']
    for host, found in sorted(run.events[-1]['hosts'].items()):
        lines.append('%s %s' % (host, [found[key] for key in (
            'ok', 'changed', 'failed', 'skipped', 'rescued', 'ignored')]))
    return lines + ['well' if run.status == 0 else 'failed'], run.err


def both(here, tasks, head='', hosts=('a',), arguments=()):
    """Runs a play both ways, each in a folder of its own: {{ d }}."""
    here.project.write('inventory', ''.join(
        '%s ansible_connection=local ansible_python_interpreter=/usr/bin/python3\n' % host
        for host in hosts))
    here.project.write('site.yml', '- hosts: all\n  gather_facts: false\n%s  tasks:\n%s' % (head, tasks))
    answers, said = [], []
    for name, judge in (('ansible', by_ansible), ('sutler', by_sutler)):
        folder = os.path.join(here.folder, 'd')
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        lines, errors = judge(here, '-e', 'd=' + folder, *arguments)
        answers.append((lines, sorted(os.listdir(folder))))
        said.append('%s: %s' % (name, errors[-500:]))
    equal(answers[1], answers[0], 'what sutler did, compared with Ansible (%s)' % '; '.join(said))
    return answers[0]


UNTIL = """
    - shell: echo x >> {{ d }}/a; test $(wc -l < {{ d }}/a) -ge 3
      register: r
      until: r is succeeded
      retries: 5
      delay: 0
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
    - shell: echo x >> {{ d }}/b; exit $(( $(wc -l < {{ d }}/b) < 2 ))
      register: r
      until: not r.failed and r.attempts == 2 and r.rc == 0
      retries: "{{ 3 }}"
      delay: "0"
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
    - shell: "false"
      register: r
      until: r is not failed
      retries: 2
      delay: 0
      ignore_errors: true
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
    - shell: "false"
      register: r
      until: r is failed
      delay: 0
      ignore_errors: true
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
    - shell: echo x >> {{ d }}/c; wc -l < {{ d }}/c
      register: r
      changed_when: r.stdout == "2"
      until: r is changed
      delay: 0
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
    - shell: echo x >> {{ d }}/e; wc -l < {{ d }}/e
      register: r
      failed_when: r.attempts < 2
      until: r is succeeded
      delay: 0
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.failed_when_result }}"
    - shell: "false"
      register: r
      until: r.rc == 7
      retries: 0
      delay: 0
      ignore_errors: true
    - debug: msg="{{ r.attempts|default('none') }} {{ r.failed }} {{ r.changed }}"
    - shell: "exit {{ item }}"
      register: r
      until: r is succeeded
      retries: 1
      delay: -1
      loop: [0, 1]
      ignore_errors: true
    - debug: msg="{{ r.results | map(attribute='attempts') | list }} {{ r.failed }} {{ r.changed }}"
    - debug: msg=x
      register: r
      until: r is succeeded
      retries: 1
    - debug: msg="{{ r.attempts }} {{ r.failed }} {{ r.changed }}"
"""


@case('until sees failed, changed and attempts')
def until(here):
    lines, _ = both(here, UNTIL)
    equal(lines[0], 'a: 3 False True', 'the third attempt went well')


CHECK_MODE = """
    - copy: content=x dest={{ d }}/f
      check_mode: true
      register: c
    - debug: msg="is {{ c.changed }}"
    - stat: path={{ d }}/f
      register: s
    - debug: msg="is {{ s.stat.exists }}"
    - copy: content=x dest={{ d }}/f
      register: c
    - debug: msg="is {{ c.changed }}"
    - command: cat {{ d }}/f
      register: c
    - debug: msg="is {{ c.stdout }}"
    - file: path={{ d }}/dir state=directory
      check_mode: true
    - copy: content=x dest={{ d }}/dir/f
      ignore_errors: true
      register: c
    - debug: msg="is {{ c.failed }}"
    - file: path={{ d }}/f state=absent
      check_mode: true
    - lineinfile: path={{ d }}/f line=two
      register: c
    - debug: msg="is {{ c.changed }}"
    - lineinfile: path={{ d }}/f line={{ item }}
      check_mode: true
      loop: [a, b]
      register: c
    - debug: msg="is {{ c.results|map(attribute='changed')|list }}"
    - command: touch {{ d }}/never
      check_mode: true
      register: c
    - debug: msg="is {{ c is skipped }} {{ c.changed }}"
    - command: cat {{ d }}/f
      register: c
    - debug: msg="is {{ c.stdout }}"
    - group: name=sutler-no-such-group state=present
      check_mode: true
    - group: name=sutler-no-such-group state=absent
      register: c
    - debug: msg="is {{ c.changed }}"
"""


@case('a prediction within a real run ends with its task')
def check_mode(here):
    lines, files = both(here, CHECK_MODE)
    equal(files, ['f'], 'the files')
    equal(lines[1], 'a: is False', 'the file, after a task in check mode')


LOOP_ERRORS = """
    - command: echo x
      register: r
    - debug: msg="{{ item }}"
      loop: "{{ r.rc }}"
      ignore_errors: true
    - block:
        - debug: msg="{{ item }}"
          loop: "{{ r.nokey }}"
      rescue:
        - debug: msg=rescued
    - debug: msg=end
"""


@case('an error of a loop is ignored and rescued as one of the task')
def loop_errors(here):
    lines, _ = both(here, LOOP_ERRORS)
    equal(lines[-1], 'well', 'the end')


FORCED = """
    - command: "true"
      notify: [h, k]
    - command: "true"
      loop: [1, 2]
      notify: l
    - block:
        - command: "false"
      always:
        - debug: msg=always
    - debug: msg=never
"""
FORCED_HANDLERS = """  handlers:
    - {name: h, debug: msg=h}
    - {name: k, command: "{{ kcmd | default('true') }}"}
    - {name: l, debug: msg=l}
    - {name: idle, debug: msg=idle}
"""


@case('forced handlers run on hosts that failed')
def forced(here):
    for number, (head, *arguments) in enumerate((
            ('',), ('', '--force-handlers'), ('', '--force-handlers', '-e', 'kcmd=false'),
            ('  force_handlers: true\n',), ('  force_handlers: false\n', '--force-handlers'))):
        # Each in a play of its own: what is due to one is not to another.
        lines, _ = both(here, FORCED, head='  name: "%d"\n' % number + head + FORCED_HANDLERS,
                        arguments=arguments)
        equal('a: h' in lines, 1 <= number <= 3, 'the first handler')


FACTS = """- hosts: a
  gather_facts: false
  tasks:
    - command: cat /etc/hostname
      register: h
    - set_fact:
        ver: "{{ h.stdout.split()[0] }}"
        "{{ 'na' + 'me' }}": "{{ h.rc }}"
    - copy: {content: "{{ ver }}", dest: "{{ d }}/made"}
    - debug: {msg: "{{ name }}"}
    - set_fact: {ver: known}
    - debug: {msg: "{{ ver }}"}
"""


@case('a fact made of what a dry run does not know is not known either')
def facts_of_commands(here):
    here.project.write('inventory', 'a ansible_connection=local\n')
    here.project.write('site.yml', FACTS)
    run = here.project.sutler('play', 'site.yml', '--json', '--dry-run', '-e', 'd=' + here.folder, status=0)
    equal([step['status'] for step in run.steps()], ['unpredicted'] * 4 + ['ok', 'ok'], 'what is told')
    equal(run.steps()[-1]['msg'], 'known', 'a fact that is set again')


main()
