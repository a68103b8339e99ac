#% assert: fails unless conditions hold
#% that          any    required                  conditions, as in 'when'
#% fail_msg|msg  any    ="Assertion failed"       what to say when one fails: a text or a list of texts
#% success_msg   any    ="All assertions passed"  what to say otherwise
#% quiet         bool   =no                       say less
#% here prepare run_here
#% returns msg; of a condition that does not hold also assertion, evaluated_to and values
#% example
#%   - assert:
#%       that:
#%         - port > 1024
#%       fail_msg: ports below 1024 belong to root
