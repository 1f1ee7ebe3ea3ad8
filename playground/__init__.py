"""Run the whole system as local processes, with simulated people: used by the demo, journeys, fault tests and benchmarks.

with System(folder) as system:
stage = Stage(system)
dossier = stage.citizen().files()
stage.staff("approver", "79").approves_at_the_counter(dossier.no)
"""
