#!/bin/sh
# Lets ansible-playbook check a built-in playbook: ansible-accepts.sh PLAYBOOK
# git_push is a module of our own: a stand-in takes its place.
set -eu

playbook=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo '#!/usr/bin/python3' >"$folder/git_push.py"
echo 'localhost' >"$folder/inventory"
: >"$folder/ansible.cfg"
PATH=/usr/bin:$PATH ANSIBLE_LIBRARY=$folder ANSIBLE_CONFIG=$folder/ansible.cfg ANSIBLE_LOCAL_TEMP=$folder \
	ansible-playbook --syntax-check -i "$folder/inventory" "$playbook"
