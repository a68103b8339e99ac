#% set_fact: sets variables of the host
#% takes any_parameter sets_facts
#% cacheable  bool   =no  accepted; facts last for one run
#% here run_here
#% returns ansible_facts
#% example
#%   - set_fact:
#%       release: "{{ lookup('pipe', 'git describe') }}"
