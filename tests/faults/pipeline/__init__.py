"""Two services on the chassis, as small as two services can be: ``intake`` files dossiers, ``office`` opens a case for each."""
