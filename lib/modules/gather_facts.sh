#% gather_facts: gathers facts about the host
#% takes sets_facts
#% parameters of setup
#% with setup
#% here prepare=setup_prepare finish=setup_finish
#% returns ansible_facts
#% example
#%   - gather_facts:

do_gather_facts() {
	do_setup
}
