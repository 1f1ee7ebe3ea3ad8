"""The services of electronic registration with Vietnam Social Security, and the chassis they run on."""
