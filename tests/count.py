#!/usr/bin/python3
"""Counts test results: count.py FILE... (TAP files, and meson's testlog.json files).

Prints every failure and every skip with its reason, then "N passed, N failed, N skipped".
"""
import json
import os
import re
import sys

RESULT = re.compile(r'^(ok|not ok)\b\s*(\d*)\s*-?\s*([^#]*?)\s*(?:#\s*(\w+)\s*(.*))?$')
PLAN_SKIP = re.compile(r'^1\.\.0\s*#\s*skip\S*\s*(.*)', re.I)


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def tap(self, suite, text):
        """Adds the results of a TAP stream and returns how many it held."""
        found = 0
        for line in text.splitlines():
            plan, result = PLAN_SKIP.match(line), RESULT.match(line)
            if plan:
                self.skipped.append((suite, plan[1] or 'no reason given'))
            elif result:
                self.result(suite, result)
            else:
                continue
            found += 1
        return found

    def result(self, suite, match):
        name = '%s: %s' % (suite, match[3] or match[2])
        directive = (match[4] or '').lower()
        if directive == 'skip':
            self.skipped.append((name, match[5] or 'no reason given'))
        elif match[1] == 'ok' or directive == 'todo':
            self.passed += 1
        else:
            self.failed.append(name)

    def meson(self, suite, test):
        """Adds one entry of testlog.json: its TAP results, or the test as a whole."""
        name, verdict = '%s: %s' % (suite, test['name']), test['result']
        bad = len(self.failed)
        found = self.tap(name, test.get('stdout', ''))
        if verdict in ('FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT', 'UNEXPECTEDPASS'):
            if len(self.failed) == bad:
                self.failed.append('%s (%s)' % (name, verdict.lower()))
        elif not found and verdict == 'SKIP':
            words = (test.get('stdout') or test.get('stderr') or '').strip().splitlines()
            self.skipped.append((name, words[-1] if words else 'no reason given'))
        elif not found:
            self.passed += 1


def main(files):
    count = Count()
    for path in files:
        suite, kind = os.path.splitext(os.path.basename(path))
        with open(path, encoding='utf-8', errors='replace') as stream:
            if kind == '.json':
                for line in stream:
                    count.meson(suite, json.loads(line))
            else:
                count.tap(suite, stream.read())
    for name, reason in count.skipped:
        print('skipped: %s: %s' % (name, reason))
    for name in count.failed:
        print('FAILED: %s' % name)
    print('%d passed, %d failed, %d skipped' % (count.passed, len(count.failed), len(count.skipped)))
    return 1 if count.failed or not count.passed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
