"""Ansible's side of tests/conformance/run: writes what happens to $OBSERVER_FILE as JSON lines and prints nothing."""
import json
import os

from ansible.parsing.ajson import AnsibleJSONEncoder
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: observer
type: stdout
short_description: what happened, one JSON object a line
description: see above
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'stdout'
    CALLBACK_NAME = 'observer'

    def __init__(self):
        super().__init__()
        self.out = open(os.environ['OBSERVER_FILE'], 'a', encoding='utf-8')
        self.names = {}

    def write(self, event, host, task, status, fields, item=None):
        self.out.write(json.dumps({
            'event': event, 'host': host.get_name(), 'status': status, 'item': item,
            'name': self.names.get(task._uuid) or task.name or task.action.rpartition('.')[2],
            'module': task.action.rpartition('.')[2],
            'msg': fields.get('msg'), 'rc': fields.get('rc'), 'stdout': fields.get('stdout'),
        }, cls=AnsibleJSONEncoder) + '\n')
        self.out.flush()

    def step(self, result, status, item=False):
        fields = {} if result._result.get('_ansible_no_log') or 'censored' in result._result else result._result
        self.write('item' if item else 'step', result._host, result._task, status, fields,
                   self._get_item_label(result._result) if item else None)

    @staticmethod
    def good(result):
        return 'changed' if result._result.get('changed') else 'ok'

    # A name that holds a template is only written out while its task begins.
    def v2_playbook_on_task_start(self, task, is_conditional):
        self.names[task._uuid] = task.name

    def v2_playbook_on_handler_task_start(self, task):
        self.names[task._uuid] = task.name

    def v2_runner_on_ok(self, result):
        self.step(result, self.good(result))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.step(result, 'ignored' if ignore_errors else 'failed')

    def v2_runner_on_skipped(self, result):
        self.step(result, 'skipped')

    def v2_runner_on_unreachable(self, result):
        self.step(result, 'unreachable')

    def v2_runner_item_on_ok(self, result):
        self.step(result, self.good(result), item=True)

    def v2_runner_item_on_failed(self, result):
        self.step(result, 'failed', item=True)

    def v2_runner_item_on_skipped(self, result):
        self.step(result, 'skipped', item=True)

    def v2_playbook_on_include(self, included_file):
        for host in included_file._hosts:
            self.write('include', host, included_file._task, 'ok', {})

    def v2_playbook_on_stats(self, stats):
        recap = {host: stats.summarize(host) for host in sorted(stats.processed)}
        for counts in recap.values():
            counts['failed'] = counts.pop('failures')
        self.out.write(json.dumps({'event': 'recap', 'hosts': recap}) + '\n')
        self.out.flush()
