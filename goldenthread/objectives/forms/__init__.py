"""What people type about objectives. Rules of the domain are the services'; shapes are here."""
