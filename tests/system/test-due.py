#!/usr/bin/python3
"""What is due stays due: marks of handlers on a host, and the handlers of hosts that failed."""
import os
import re

from harness import case, check, contains, equal, main

MARKS = '/var/lib/sutler/due'


def ready(here, tasks, handlers, head='', name='site.yml'):
    host = here.hosts[0]
    if not getattr(here, 'prepared', False):
        here.prepared = True
        host.run('id marker >/dev/null 2>&1 || useradd -m marker')
        here.project.write('inventory', host.inventory_line + '\n')
    here.project.write(name, '- hosts: all\n  gather_facts: false\n  become: true\n%s  handlers:\n%s  tasks:\n%s'
                       % (head, handlers, tasks))
    return host


def fresh(here):
    here.hosts[0].run('rm -rf /srv/due /var/lib/sutler /home/marker/.local && mkdir -m 777 /srv/due && '
                      ': >/srv/due/ran && chmod 666 /srv/due/ran')


def marks(host, folder=MARKS):
    return host.run('ls %s 2>/dev/null || true' % folder).split()


def ran(host):
    return host.run('cat /srv/due/ran 2>/dev/null || true').split()


def play(here, *arguments, status, name='site.yml'):
    return here.project.sutler('play', name, '--json', *arguments, status=status)


def since(run):
    return [(step['name'], step['status']) for step in run.steps() if 'due_since' in step]


HANDLERS = """
    - {name: h, shell: echo h >>/srv/due/ran}
    - {name: i, shell: echo i >>/srv/due/ran}
"""
CHANGE = """
    - copy: {content: "v1", dest: /srv/due/file}
      notify: h
    - command: test -e /srv/due/ok
      changed_when: false
"""


@case('a handler that a later failure swallowed runs in the next run', hosts=1)
def next_run(here):
    host = ready(here, CHANGE, HANDLERS)
    fresh(here)
    play(here, status=1)
    equal(len(marks(host)), 1, 'the marks')
    equal(host.run('stat -c "%%a %%U" %s %s/*' % (MARKS, MARKS)).splitlines(), ['700 root', '600 root'], 'modes')
    equal(ran(host), [], 'what ran')
    host.run('touch /srv/due/ok')
    dry = play(here, '--dry-run', status=0)
    equal(since(dry), [('h', 'unpredicted')], 'what the dry run says')
    equal((len(marks(host)), ran(host)), (1, []), 'the host after a dry run')
    run = play(here, status=0)
    equal(since(run), [('h', 'changed')], 'what is due')
    check(re.match(r'20..-..-..T..:..:..Z$', run.steps(name='h')[0]['due_since']), 'since when')
    equal((marks(host), ran(host)), ([], ['h']), 'the host')
    run = play(here, status=0)
    equal((since(run), ran(host)), ([], ['h']), 'the third run')


@case('for people: due since, also when the handler changes nothing', hosts=1)
def words(here):
    host = ready(here, CHANGE, '    - {name: h, command: "true", changed_when: false}\n')
    fresh(here)
    play(here, status=1)
    host.run('touch /srv/due/ok')
    contains(here.project.sutler('play', 'site.yml', status=0).out, ': ok: h (due since 20', 'the output')
    equal(marks(host), [], 'the marks')


@case('an unchanged step leaves nothing, nor does a dry run', hosts=1)
def nothing(here):
    host = ready(here, """
    - copy: {content: "v1", dest: /srv/due/file}
      notify: h
    - shell: echo x
      changed_when: false
      notify: h
    - shell: echo x
      register: r
      changed_when: r.stdout == 'y'
      notify: h
    - command: echo x
      args: {creates: /srv/due/file}
      notify: h
    - command: "false"
      ignore_errors: true
      notify: h
    - block:
        - command: "false"
          notify: h
      rescue:
        - debug: msg=rescued
    - copy: {content: "v2", dest: /srv/due/file}
      check_mode: true
      when: false
      notify: h
    - meta: end_play
""", HANDLERS)
    fresh(here)
    play(here, '--dry-run', status=0)
    equal(host.run('ls -A /srv/due | grep -v ran; ls -d /var/lib/sutler 2>/dev/null || true'), '', 'the host after a dry run')
    host.run('printf v1 >/srv/due/file')
    play(here, status=0)
    equal(marks(host), [], 'the marks')


@case('loops, topics, roles, several that notify, templated names', hosts=1)
def many(here):
    here.project.write('roles/r/handlers/main.yml', '- {name: in role, shell: echo r >>/srv/due/ran}\n')
    here.project.write('roles/r/tasks/main.yml', '- copy: {content: r, dest: /srv/due/r}\n  notify: in role\n')
    here.project.write('more.yml', '- shell: echo included >>/srv/due/ran\n')
    host = ready(here, """
    - include_role: {name: r}
    - copy: {content: x, dest: "/srv/due/{{ item }}"}
      loop: [a, b]
      notify: "h {{ item }}"
    - copy: {content: x, dest: /srv/due/c}
      notify: [topic, "it's $(due) `here`\\\\"]
    - copy: {content: x, dest: /srv/due/d}
      notify: [topic, file]
    - command: test -e /srv/due/ok
      changed_when: false
""", """
    - {name: h a, shell: echo a >>/srv/due/ran}
    - {name: "h {{ b }}", shell: echo b >>/srv/due/ran}
    - {shell: echo t1 >>/srv/due/ran, listen: topic}
    - {shell: echo t2 >>/srv/due/ran, listen: topic}
    - {name: loop, shell: "echo l{{ item }} >>/srv/due/ran", loop: [1, 2], listen: topic}
    - {name: never, shell: echo never >>/srv/due/ran, when: false, listen: topic}
    - {name: "it's $(due) `here`\\\\", shell: echo q >>/srv/due/ran}
    - {name: file, include_tasks: more.yml}
    - {name: idle, shell: echo idle >>/srv/due/ran}
""", head='  vars: {b: b}\n')
    fresh(here)
    play(here, status=1)
    equal(len(marks(host)), 9, 'the marks')
    host.run('touch /srv/due/ok')
    run = play(here, status=0)
    equal(sorted(ran(host)), sorted('a b t1 t2 l1 l2 q included r'.split()), 'what ran')
    equal(marks(host), [], 'the marks')
    check(('never', 'skipped') in since(run), 'a handler whose condition is false was asked for: %r' % since(run))
    equal(since(play(here, status=0)), [], 'nothing is left')


@case('loops of commands that failed in part and were forgiven leave nothing', hosts=1)
def forgiven_loops(here):
    for items in ('changes, fails', 'fails, changes', 'changes, fails, changes', 'fails, fails'):
        for around in ('    - shell: %s\n      loop: [%s]\n      notify: h\n      ignore_errors: true\n',
                       '    - block:\n      - shell: %s\n        loop: [%s]\n        notify: h\n'
                       '      rescue: [{debug: {msg: rescued}}]\n'):
            host = ready(here, around % ('test {{ item }} != fails', items) +
                         '    - command: test -e /srv/due/ok\n      changed_when: false\n', HANDLERS)
            fresh(here)
            play(here, status=1)
            equal((marks(host), ran(host)), ([], []), items + ' in ' + around)
    # An item that is not run decides on the mark that a failed one before it left to it.
    host = ready(here, '    - {shell: "false", args: {creates: "/srv/due/{{ item }}"}, loop: [none, ran], notify: h, '
                 'ignore_errors: true}\n    - command: test -e /srv/due/ok\n      changed_when: false\n', HANDLERS)
    fresh(here)
    play(here, status=1)
    equal((marks(host), ran(host)), ([], []), 'a failed item before one that is not run')


@case('a handler that failed stays due, with those behind it', hosts=1)
def failed(here):
    host = ready(here, '    - copy: {content: v1, dest: /srv/due/file}\n      notify: [h, i, k]\n', """
    - {name: h, shell: echo h >>/srv/due/ran}
    - {name: i, shell: test -e /srv/due/ok && echo i >>/srv/due/ran}
    - {name: k, shell: echo k >>/srv/due/ran}
""")
    fresh(here)
    play(here, status=1)
    equal((ran(host), len(marks(host))), (['h'], 2), 'what ran, and what is due')
    host.run('touch /srv/due/ok')
    run = play(here, status=0)
    equal([name for name, _ in since(run)], ['i', 'k'], 'what was due')
    equal((ran(host), marks(host)), (['h', 'i', 'k'], []), 'the host')


@case('marks are done where the play flushes, and not earlier', hosts=1)
def flush(here):
    host = ready(here, """
    - shell: echo one >>/srv/due/ran
    - meta: flush_handlers
    - shell: echo two >>/srv/due/ran
    - copy: {content: v1, dest: /srv/due/file}
      notify: h
    - command: test -e /srv/due/ok
""", HANDLERS)
    fresh(here)
    play(here, status=1)
    host.run('touch /srv/due/ok; : >/srv/due/ran')
    play(here, status=0)
    equal(ran(host), ['one', 'h', 'two'], 'the order')
    host.run('rm /srv/due/ok /srv/due/file')
    play(here, status=1)
    play(here, '--tags', 'none-of-them', status=2)
    equal(len(marks(host)), 1, 'a run that runs nothing')


@case("marks belong to project, playbook, play and host, and renamed ones are dropped with a word", hosts=1)
def whose(here):
    host = ready(here, CHANGE, HANDLERS)
    fresh(here)
    play(here, status=1)
    host.run('touch /srv/due/ok')
    other = here.new_project('other')
    for project, name in ((here.project, 'other.yml'), (other, 'site.yml')):
        project.write('inventory', host.inventory_line + '\n')
        project.write(name, here.project.read('site.yml'))
        equal(since(project.sutler('play', name, '--json', status=0)), [], 'another playbook')
    here.project.write('aliases', host.inventory_line.replace(host.name, 'alias', 1) + '\n')
    equal(since(play(here, '-i', 'aliases', status=0)), [], 'another name of the host')
    ready(here, CHANGE, HANDLERS, head='  name: other\n', name='other.yml')
    equal(len(marks(host)), 1, 'the mark')
    ready(here, CHANGE.replace('notify: h', 'notify: x'), HANDLERS.replace('name: h', 'name: x'))
    dry = play(here, '--dry-run', status=0)
    contains(dry.err, "handler 'h' of play 'all' is due since 20", 'the dry run')
    equal(len(marks(host)), 1, 'the mark after a dry run')
    play(here, '--start-at-task', 'command', status=2)
    run = play(here, status=0)
    contains(run.err, "the playbook does not have it any more: its mark is dropped", 'the warning')
    equal((since(run), marks(host), ran(host)), ([], [], []), 'the host')


@case('clones of a repository share their marks, whatever the spelling of its address', hosts=1)
def clones(here):
    host = ready(here, CHANGE, HANDLERS)
    fresh(here)
    for name, address in (('one', 'git@git.example.test:me/site.git'), ('two', 'https://git.example.test/me/site/'),
                          ('other', 'git@git.example.test:me/other.git')):
        project = here.new_project(name)
        project.write('inventory', host.inventory_line + '\n')
        with open(here.project.path('site.yml'), encoding='utf-8') as file:
            project.write('site.yml', file.read())
        project.git('init', '-q')
        project.git('remote', 'add', 'origin', address)
        project.sutler('play', 'site.yml', status=1 if name == 'one' else 0)
        if name == 'one':
            equal(len(marks(host)), 1, 'the marks')
            host.run('touch /srv/due/ok')
        else:
            equal(ran(host), ['h'], 'what ran after ' + name)
        if name == 'two':
            equal(marks(host), [], 'the marks that the second clone leaves')


@case('marks of another user, and a folder that cannot be had', hosts=1)
def users(here):
    host = ready(here, """
    - copy: {content: v1, dest: /srv/due/mine}
      become_user: marker
      notify: [h, mine]
    - command: test -e /srv/due/ok
      changed_when: false
""", HANDLERS + '    - {name: mine, shell: "id -un >>/srv/due/ran", become_user: marker}\n')
    fresh(here)
    folder = '/home/marker/.local/state/sutler/due'
    play(here, status=1)
    equal((len(marks(host)), len(marks(host, folder))), (0, 2), 'the marks of the user')
    host.run('touch /srv/due/ok')
    run = play(here, status=0)
    equal(sorted(name for name, _ in since(run)), ['h', 'mine'], 'what was due')
    equal((marks(host, folder), ran(host)), ([], ['h', 'marker']), 'the host')
    fresh(here)
    host.run('touch /home/marker/.local; touch /srv/due/ok')
    run = play(here, status=0)
    contains(run.err, "unable to note in '%s'" % folder, 'the warning')
    host.run('rm /home/marker/.local')


@case('a cut link, and a connection opened anew', hosts=1)
def reset(here):
    host = ready(here, """
    - copy: {content: v1, dest: /srv/due/file}
      notify: h
    - meta: reset_connection
    - command: test -e /srv/due/file
      changed_when: false
""", HANDLERS)
    fresh(here)
    run = play(here, status=0)
    equal((since(run), ran(host), marks(host)), ([], ['h'], []), 'the host')


@case('what makes it due may happen here', hosts=1)
def here_and_there(here):
    host = ready(here, """
    - command: "true"
      changed_when: false
    - debug: msg=x
      changed_when: not (ok | default(false))
      notify: h
    - command: test -e /srv/due/ok
      changed_when: false
""", HANDLERS)
    fresh(here)
    play(here, status=1)
    host.run('touch /srv/due/ok')
    run = play(here, '-e', '{"ok": true}', status=0)
    equal((since(run), ran(host), marks(host)), ([('h', 'changed')], ['h'], []), 'the host')


@case('one round trip for a steady run, with handlers or without', hosts=1)
def steady(here):
    def trips():
        words_ = here.project.sutler('play', 'site.yml', '-v', status=0).out
        return int(re.search(r'(\d+) round trips', words_).group(1))
    host = ready(here, CHANGE, HANDLERS)
    fresh(here)
    host.run('touch /srv/due/ok')
    play(here, status=0)
    with_handlers = trips()
    ready(here, CHANGE.replace('      notify: h\n', ''), HANDLERS)
    check(with_handlers <= trips() + 1, '%d round trips with handlers' % with_handlers)
    equal(os.path.basename(MARKS) in host.run('ls /var/lib/sutler'), True, 'the folder')


main()
