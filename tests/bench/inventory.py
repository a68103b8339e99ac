#!/usr/bin/python3
"""Inventories of 1,000, 10,000 and 100,000 hosts: time, memory, growth; beside ansible-inventory.

Each has a group for every 50 hosts, nested, with group_vars, and host_vars for every tenth host. The
work is to load it, resolve a pattern and print 10 hosts. Exits with 1 when 100,000 hosts take more
than 1.5 s or 400 MB, when the cost grows faster than linearly, or when listing 10,000 hosts is less
than 50 times faster than ansible-inventory (skipped where that is not installed, or with --quick)."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

SUTLER = os.environ.get('SUTLER', 'sutler')
SIZES = (1000, 10000, 100000)
SECONDS, MEGABYTES, FACTOR = 1.5, 400, 50


def make(count, folder):
    groups = count // 50
    os.makedirs(folder + '/group_vars')
    os.makedirs(folder + '/host_vars')
    with open(folder + '/inventory', 'w') as out:
        for group in range(groups):
            out.write('[g%d]\n' % group)
            for i in range(group * 50, group * 50 + 50):
                out.write('host%06d.example.org ansible_host=10.%d.%d.%d ansible_user=deploy '
                          'weight=%d\n' % (i, i >> 16, i >> 8 & 255, i & 255, i % 7))
            out.write('[g%d:vars]\nnumber=%d\nname="group %d"\n' % (group, group, group))
        for group in range(1, groups):
            out.write('[g%d:children]\ng%d\n' % ((group - 1) // 10, group))
    for group in range(groups):
        with open('%s/group_vars/g%d.yml' % (folder, group), 'w') as out:
            out.write('group_id: %d\nports: [80, 443]\nnested: {a: 1, b: text}\n' % group)
    for i in range(0, count, 10):
        with open('%s/host_vars/host%06d.example.org.yml' % (folder, i), 'w') as out:
            out.write('own: %d\n' % i)


def run(command, folder):
    """Best seconds of three, and the most megabytes, of a command run in folder."""
    best, most = None, 0
    for _ in range(3 if 'ansible' not in command[0] else 1):
        with open(os.devnull, 'w') as null:
            start = time.monotonic()
            process = subprocess.Popen(command, cwd=folder, stdout=null)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
        if status != 0:
            sys.exit('%s failed' % ' '.join(command))
        best = seconds if best is None else min(best, seconds)
        most = max(most, usage.ru_maxrss / 1024)
    return best, most


def main():
    top = tempfile.mkdtemp(prefix='inventory-bench-')
    bad = []
    times = {}
    try:
        for size in SIZES:
            folder = '%s/%d' % (top, size)
            make(size, folder)
            seconds, megabytes = run([SUTLER, 'inventory', '-i', 'inventory', '--hosts', 'g1[0:9]'],
                                     folder)
            times[size] = seconds
            print('%7d hosts: %.3f s, %.0f MB' % (size, seconds, megabytes))
        ratio = times[100000] / times[10000] / 10
        print('growth from 10,000 to 100,000: %.2f times linear' % ratio)
        if times[100000] > SECONDS or megabytes > MEGABYTES:
            bad.append('100,000 hosts: over %.1f s or %d MB' % (SECONDS, MEGABYTES))
        if ratio > 1.5:
            bad.append('the cost grows faster than linearly')
        if '--quick' not in sys.argv and shutil.which('ansible-inventory'):
            folder = top + '/10000'
            ours, _ = run([SUTLER, 'inventory', '-i', 'inventory', '--list'], folder)
            theirs, _ = run([shutil.which('ansible-inventory'), '-i', 'inventory', '--list'], folder)
            print('listing 10,000 hosts: %.2f s, ansible-inventory %.2f s: %.0f times faster' %
                  (ours, theirs, theirs / ours))
            if theirs / ours < FACTOR:
                bad.append('less than %d times faster' % FACTOR)
    finally:
        shutil.rmtree(top)
    for line in bad:
        print('not ok - ' + line)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
