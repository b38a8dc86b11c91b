"""The ten minutes from an empty database to the first gold line, for whoever founds the organisation."""
