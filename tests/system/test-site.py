#!/usr/bin/python3
"""The main job on two fresh hosts: the sample Django site is provisioned, deployed, changed, broken
and rebooted, with the built-in playbooks and templates."""
import difflib
import os
import shutil

from harness import ROOT, SAMPLE_SITE, case, check, contains, equal, main, unchanged

STAGING, PRODUCTION, BOOK = 'staging.example.test', 'www.example.test', 'book.example.test'
UNIT = 'gunicorn-%s.service'

# Hosts have no network: what pip would fetch comes from Debian's packages.
VARIABLES = """
[all:vars]
project=superlists
virtualenv_site_packages=true
extra_packages=['gunicorn','python3-django']
"""


def inventory(here):
    first, second = here.hosts[:2]
    details = [host.inventory_line.split(' ', 1)[1] for host in (first, second)]
    return ('[staging]\nnew-host %s\nsecond %s\n[staging:vars]\nSITENAME=%s\n'
            '[production]\n%s %s\n[production:vars]\nSITENAME={{ inventory_hostname }}\n'
            '[book]\nbook-host %s\n[book:vars]\nSITENAME=%s\n%s' %
            (*details, STAGING, PRODUCTION, details[0], details[1], BOOK, VARIABLES))


def make_project(project, text):
    shutil.copytree(SAMPLE_SITE, project.folder, dirs_exist_ok=True)
    project.write('inventory', text)
    project.git('init', '-q', '-b', 'main')
    project.git('add', '-A')
    project.git('commit', '-q', '-m', 'the site')


def same_changes(predicted, done):
    """The dry run's word: the same steps, the same files, the same diffs, and nothing else."""
    equal([row[:2] for row in done], [row[:2] for row in predicted], 'the steps that changed something')
    for (name, _, before), (_, _, after) in zip(predicted, done):
        equal(sorted(after), sorted(before), 'the paths in the diffs of %r' % name)
        for path in before:
            apart = '\n'.join(difflib.unified_diff(before[path].split('\n'), after[path].split('\n'),
                                                   'predicted', 'done', lineterm=''))
            check(not apart, 'the diff of %r: %s\n%s' % (name, path, apart))


def page(host, site=STAGING, path='/'):
    status, _, body = host.get(path, site)
    return status, body


@case('a dry run on a bare host changes nothing', hosts=2)
def dry_run_on_bare_host(here):
    make_project(here.project, inventory(here))
    host = here.hosts[0]
    check(not host.succeeds('command -v nginx || command -v git || command -v python3'),
          'the host is not bare')
    before = host.snapshot()
    run = here.project.sutler('provision', 'new-host', '--dry-run', '--json', status=0)
    unchanged(host, before, 'the dry run')
    here.predicted = run.changes('new-host')
    equal(run.summary('new-host')['failed'], 0, 'failed')
    paths = [path for _, _, diffs in here.predicted for path in diffs]
    for path in ('/etc/nginx/sites-available/' + STAGING, '/etc/systemd/system/' + UNIT % STAGING):
        check(path in paths, 'no diff for %s in %r' % (path, paths))


@case('provision does exactly what the dry run said', hosts=2)
def provision(here):
    run = here.project.sutler('provision', 'new-host', '--diff', '--json', status=0, timeout=300)
    same_changes(here.predicted, run.changes('new-host'))
    host = here.hosts[0]
    equal(host.run('systemctl is-active nginx; systemctl is-enabled nginx').split(),
          ['active', 'enabled'], 'nginx')
    equal(host.run('systemctl is-enabled ' + UNIT % STAGING).strip(), 'enabled', 'the unit')
    check(host.succeeds('nginx -t'), 'nginx -t')


@case('a dry run after it says no change', hosts=2)
def no_change_left(here):
    before = here.hosts[0].snapshot()
    run = here.project.sutler('provision', 'new-host', '--dry-run', '--json', '--detailed-exitcode',
                              status=0)
    equal(run.changes('new-host'), [], 'changes')
    equal(run.summary('new-host')['unpredicted'], 0, 'unpredicted')
    unchanged(here.hosts[0], before, 'the dry run')


@case('the group is provisioned, the first host unchanged', hosts=2)
def provision_group(here):
    run = here.project.sutler('provision', 'staging', '--json', status=0, timeout=300)
    equal(run.summary('new-host')['changed'], 0, 'changed on new-host')
    check(run.summary('second')['changed'] > 0, 'nothing changed on the second host')


@case('a dry run of the first deployment changes nothing', hosts=2)
def dry_run_of_deployment(here):
    before = here.hosts[0].snapshot()
    run = here.project.sutler('deploy', 'new-host', '--dry-run', '--json', status=0)
    equal(run.summary('new-host')['failed'], 0, 'failed')
    unchanged(here.hosts[0], before, 'the dry run')


@case('deploy brings the site up on both hosts', hosts=2)
def deploy(here):
    run = here.project.sutler('deploy', 'staging', status=0, timeout=300)
    check('\x1b' not in run.out, 'escape codes in output that goes to no terminal')
    commit = here.project.git('rev-parse', 'HEAD').strip()
    for host in here.hosts[:2]:
        status, body = page(host)
        equal(status, 200, 'the page of ' + host.name)
        contains(body, STAGING, 'the page')
        check('DEBUG' not in body, 'DEBUG is on')
        source = '/home/admin/sites/%s/source' % STAGING
        equal(host.run("git -C '%s' rev-parse HEAD" % source, user='admin').strip(), commit, 'the source')


@case('pages come through the socket, static files from nginx', hosts=2)
def serving(here):
    host = here.hosts[0]
    contains(host.run('ss -xlH'), STAGING, 'the listening sockets')
    equal(host.run("ss -tlnH | awk '{ print $4 }' | grep -v ':22$' | grep -vc ':80$' || true").strip(),
          '0', 'other ports that listen')
    contains(host.get('/', STAGING)[1]['server'], 'nginx', 'the server')
    host.run('systemctl stop ' + UNIT % STAGING)
    try:
        equal(page(host)[0], 502, 'the page without gunicorn')
        equal(page(host, path='/static/base.css')[0], 200, 'a static file without gunicorn')
    finally:
        host.run('systemctl start ' + UNIT % STAGING)
    equal(page(host)[0], 200, 'the page with gunicorn')


@case("secrets are the site user's alone", hosts=2)
def secrets(here):
    host = here.hosts[0]
    folder = '/home/admin/sites/' + STAGING
    listing = host.run("cd '%s' && grep -ls SECRET_KEY * || true" % folder).split()
    check(listing, 'no file with the secret key in ' + folder)
    for name in listing:
        equal(host.owner_and_mode('%s/%s' % (folder, name)), 'admin:admin 600', name)


@case('a second deployment changes nothing', hosts=2)
def deploy_again(here):
    started = here.hosts[0].service_started(UNIT % STAGING)
    run = here.project.sutler('deploy', 'staging', '--json', status=0, timeout=300)
    for name in ('new-host', 'second'):
        equal((run.changes(name), run.summary(name)['changed']), ([], 0), 'changes on ' + name)
    equal(here.hosts[0].service_started(UNIT % STAGING), started, "gunicorn's start")


@case('a new commit is deployed and gunicorn restarted', hosts=2)
def deploy_commit(here):
    here.project.replace('lists/templates/home.html', 'Start a new To-Do list', 'Second edition')
    here.project.git('commit', '-qam', 'second edition')
    here.project.sutler('deploy', 'staging', status=0, timeout=300)
    for host in here.hosts[:2]:
        contains(page(host)[1], 'Second edition', 'the page of ' + host.name)


MIGRATION = """
import os
from django.db import migrations

def apply(apps, schema):
    if os.path.exists('/var/tmp/no-migration'):
        raise RuntimeError('the migration fails')

class Migration(migrations.Migration):
    dependencies = [('lists', '%s')]
    operations = [migrations.RunPython(apply, migrations.RunPython.noop)]
"""


def failing_migration(here, name, before, old, new):
    """A commit whose deployment fails at its migration, on the first host."""
    here.project.write('lists/migrations/%s.py' % name, MIGRATION % before)
    here.project.replace('lists/templates/home.html', old, new)
    here.project.git('add', '-A')
    here.project.git('commit', '-qam', new)
    host = here.hosts[0]
    host.run('touch /var/tmp/no-migration')
    run = here.project.sutler('deploy', 'new-host', status=1, timeout=300)
    contains(run.out + run.err, 'the migration fails', 'the output')
    host.run('rm /var/tmp/no-migration')


@case('after a migration that failed, the next deployment restarts gunicorn', hosts=2)
def migration_repaired(here):
    failing_migration(here, '0002_repaired', '0001_initial', 'Second edition', 'Edition of 0002')
    host = here.hosts[0]
    host.run("cd /home/admin/sites/%s/source && set -a && . ../secret-key && . ../environment && "
             "exec ../virtualenv/bin/python manage.py migrate --noinput" % STAGING, user='admin')
    started = host.service_started(UNIT % STAGING)
    run = here.project.sutler('deploy', 'new-host', '--json', status=0, timeout=300)
    equal([step for step, _, _ in run.changes('new-host')], ['restart gunicorn'], 'changes')
    check(host.service_started(UNIT % STAGING) != started, 'gunicorn was not restarted')
    contains(page(host)[1], 'Edition of 0002', 'the page')


@case('a deployment does not succeed while older code answers', hosts=2)
def older_code(here):
    failing_migration(here, '0003_unmarked', '0002_repaired', 'Edition of 0002', 'Edition of 0003')
    host = here.hosts[0]
    host.run('rm -rf /var/lib/sutler/due /home/admin/.local/state/sutler/due')
    host.run("cd /home/admin/sites/%s/source && set -a && . ../secret-key && . ../environment && "
             "exec ../virtualenv/bin/python manage.py migrate --noinput" % STAGING, user='admin')
    run = here.project.sutler('deploy', 'new-host', status=1, timeout=300)
    contains(run.out + run.err, 'older code answers', 'the output')
    host.run('systemctl restart ' + UNIT % STAGING)
    run = here.project.sutler('deploy', 'staging', status=0, timeout=300)
    contains(page(host)[1], 'Edition of 0003', 'the page')


@case('a virtual host that changed before a step failed is loaded by the next run', hosts=2)
def vhost_repaired(here):
    host = here.hosts[0]
    nginx = host.service_reloaded('nginx')
    with open(os.path.join(ROOT, 'templates', 'nginx.template.conf'), encoding='utf-8') as stream:
        here.project.write('templates/nginx.template.conf', stream.read().replace(
            'server_name', 'add_header X-Edition 2;\n    server_name', 1))
    unit = 'templates/gunicorn-systemd.template.service'
    here.project.write(unit, '[Service]\nExecStart=\n')
    here.project.sutler('provision', 'new-host', status=1, timeout=300)
    check('x-edition' not in host.get('/', STAGING)[1], 'nginx was reloaded by the run that failed')
    os.remove(here.project.path(unit))
    run = here.project.sutler('provision', 'new-host', '--json', status=0, timeout=300)
    check('reload nginx' in [step for step, _, _ in run.changes('new-host')], 'nginx is not said to be reloaded')
    check(host.service_reloaded('nginx') != nginx, 'nginx was not reloaded')
    equal(host.get('/', STAGING)[1].get('x-edition'), '2', 'the header of the new virtual host')
    os.remove(here.project.path('templates/nginx.template.conf'))
    here.project.sutler('provision', 'new-host', status=0, timeout=300)


@case('one template edited: the dry run shows that diff alone', hosts=2)
def edit_template(here):
    name = 'gunicorn-systemd.template.service'
    with open(os.path.join(ROOT, 'templates', name), encoding='utf-8') as stream:
        text = stream.read()
    here.project.write('templates/' + name, text)
    host = here.hosts[0]
    run = here.project.sutler('provision', 'new-host', '--dry-run', '--json', status=0)
    equal(run.changes('new-host'), [], "changes with the user's copy of the template")
    here.project.write('templates/' + name, text.replace('Gunicorn server for', 'Edited server for'))
    before = host.snapshot()
    run = here.project.sutler('provision', 'new-host', '--dry-run', '--json', status=0)
    unchanged(host, before, 'the dry run')
    here.predicted = run.changes('new-host')
    equal([name for name, _, _ in here.predicted], ['gunicorn unit', 'restart gunicorn'], 'the changes')
    diffs = list(here.predicted[0][2].items())
    equal([path for path, _ in diffs], ['/etc/systemd/system/' + UNIT % STAGING], 'files in the diff')
    lines = [line for line in diffs[0][1].splitlines()
             if line[:1] in '+-' and line[:3] not in ('+++', '---')]
    equal(lines, ['-Description=Gunicorn server for ' + STAGING,
                  '+Description=Edited server for ' + STAGING], 'the diff')


@case('the apply does that alone and restarts that service alone', hosts=2)
def apply_template(here):
    host = here.hosts[0]
    nginx = host.service_reloaded('nginx')
    gunicorn = host.service_started(UNIT % STAGING)
    run = here.project.sutler('provision', 'new-host', '--diff', '--json', status=0)
    same_changes(here.predicted, run.changes('new-host'))
    contains(host.read('/etc/systemd/system/' + UNIT % STAGING), 'Edited server for', 'the unit')
    equal(host.service_reloaded('nginx'), nginx, "nginx's last start or reload")
    check(host.service_started(UNIT % STAGING) != gunicorn, 'gunicorn was not restarted')
    equal(page(host)[0], 200, 'the page')


@case('a broken template never replaces a good one', hosts=2)
def broken_template(here):
    host = here.hosts[0]
    vhost = '/etc/nginx/sites-available/' + STAGING
    good, nginx = host.read(vhost), host.service_reloaded('nginx')
    with open(os.path.join(ROOT, 'templates', 'nginx.template.conf'), encoding='utf-8') as stream:
        here.project.write('templates/nginx.template.conf',
                           stream.read().replace('server_name', 'server_nmae'))
    run = here.project.sutler('provision', 'new-host', status=1)
    contains(run.out + run.err, 'server_nmae', "nginx's own words")
    equal(host.read(vhost), good, 'the virtual host')
    equal(host.service_reloaded('nginx'), nginx, "nginx's last start or reload")
    os.remove(here.project.path('templates/nginx.template.conf'))


FAILING = """
- hosts: new-host
  gather_facts: false
  become: true
  tasks:
    - name: before
      file: path=/root/before state=touch mode=0600
    - name: the one that fails
      shell: echo these are remote words >&2; exit 3
    - name: after
      file: path=/root/after state=touch mode=0600
"""


@case('a failing step: exit 1, its words, and nothing after it', hosts=2)
def failing_step(here):
    here.project.write('failing.yml', FAILING)
    run = here.project.sutler('play', 'failing.yml', status=1)
    for word in ('the one that fails', 'new-host', 'these are remote words'):
        contains(run.out + run.err, word, 'the output')
    host = here.hosts[0]
    check(host.exists('/root/before'), 'the step before it did not run')
    check(not host.exists('/root/after'), 'a later step ran')


@case('a host switched off: exit 3, and the other host is done', hosts=2)
def switched_off(here):
    here.project.replace('lists/templates/home.html', 'Edition of 0003', 'Third edition')
    here.project.git('commit', '-qam', 'third edition')
    here.hosts[1].control('off')
    try:
        run = here.project.sutler('deploy', 'staging', '--json', '--timeout', '5', status=3, timeout=300)
        equal(run.summary('second')['unreachable'], 1, 'unreachable on the second host')
        equal(run.summary('new-host')['failed'], 0, 'failed on the first host')
        contains(page(here.hosts[0])[1], 'Third edition', 'the page of the first host')
    finally:
        here.hosts[1].control('on')


@case('after a reboot the site is back', hosts=2)
def reboot(here):
    here.hosts[0].control('reboot')
    equal(page(here.hosts[0])[0], 200, 'the page')
    run = here.project.sutler('deploy', 'staging', '--json', status=0, timeout=300)
    equal(run.summary('new-host')['changed'], 0, 'changed')


@case('a second site on the same host does not disturb the first', hosts=2)
def two_sites(here):
    host = here.hosts[0]
    started = host.service_started(UNIT % STAGING)
    here.project.sutler('production', program='provision', status=0, timeout=300)
    here.project.sutler('production', program='deploy', status=0, timeout=300)
    contains(page(host, PRODUCTION)[1], PRODUCTION, 'the production page')
    contains(page(host, STAGING)[1], STAGING, 'the staging page')
    equal(host.service_started(UNIT % STAGING), started, "staging's gunicorn")
    host.run('systemctl stop ' + UNIT % PRODUCTION)
    equal((page(host, PRODUCTION)[0], page(host, STAGING)[0]), (502, 200), 'the pages')
    host.run('systemctl start ' + UNIT % PRODUCTION)


# The templates of the book, as they stand there.
BOOK_VHOST = """server {
    listen 80;
    server_name SITENAME;

    location /static {
        alias /home/elspeth/sites/SITENAME/static;
    }

    location / {
        proxy_set_header Host $host;
        proxy_pass http://unix:/tmp/SITENAME.socket;
    }
}
"""
BOOK_UNIT = """[Unit]
Description=Gunicorn server for SITENAME

[Service]
Restart=on-failure
User=elspeth
WorkingDirectory=/home/elspeth/sites/SITENAME/source
ExecStart=/home/elspeth/sites/SITENAME/virtualenv/bin/gunicorn \\
    --bind unix:/tmp/SITENAME.socket \\
    superlists.wsgi:application

[Install]
WantedBy=multi-user.target
"""


@case("the book's own templates work unchanged", hosts=2)
def book_templates(here):
    project = here.new_project('book')
    make_project(project, inventory(here) + 'site_user=elspeth\n')
    # The book edits settings.py on the host; its unit hands over no environment.
    project.replace('superlists/settings.py', 'DEBUG = os.environ.get("DJANGO_DEBUG") != "False"',
                    'DEBUG = False')
    project.git('commit', '-qam', 'debug is off')
    project.write('deploy_tools/nginx.template.conf', BOOK_VHOST)
    project.write('deploy_tools/gunicorn-systemd.template.service', BOOK_UNIT)
    settings = ('-e', 'nginx_template=%s' % project.path('deploy_tools/nginx.template.conf'),
                '-e', 'unit_template=%s' % project.path('deploy_tools/gunicorn-systemd.template.service'))
    host = here.hosts[1]
    project.sutler('provision', 'book-host', *settings, status=0, timeout=300)
    equal(host.read('/etc/nginx/sites-available/' + BOOK), BOOK_VHOST.replace('SITENAME', BOOK), 'vhost')
    equal(host.read('/etc/systemd/system/' + UNIT % BOOK), BOOK_UNIT.replace('SITENAME', BOOK), 'unit')
    project.sutler('deploy', 'book-host', *settings, status=0, timeout=300)
    equal(page(host, BOOK)[0], 200, 'the page')
    equal(page(host, BOOK, '/static/base.css')[0], 200, 'a static file')
    run = project.sutler('deploy', 'book-host', *settings, '--json', status=0, timeout=300)
    equal(run.summary('book-host')['changed'], 0, 'changed by a second deployment')


if __name__ == '__main__':
    main()
