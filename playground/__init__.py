"""The whole system as processes of this machine, with people in it: what the demonstration, journeys, faults and benchmarks use.

with System(folder) as system:
stage = Stage(system)
dossier = stage.citizen().files()
stage.staff("approver", "79").approves_at_the_counter(dossier.no)
"""
