"""The curator's page: collection, jobs, records, trial."""
