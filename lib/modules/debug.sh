#% debug: prints a message or a variable
#% msg        any        what to show; default: Hello world!
#% var        any        expression whose value to show
#% verbosity  int    =0  show only with as many -v
#% here run_here
#% returns msg, or the expression and its value
#% example
#%   - debug:
#%       var: ansible_facts.distribution
