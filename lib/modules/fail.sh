#% fail: fails with a custom message
#% msg  any    ="Failed as requested from task"
#%                                       why
#% here run_here
#% returns msg
#% example
#%   - fail:
#%       msg: this play is for Debian
#%     when: ansible_facts.os_family != 'Debian'
