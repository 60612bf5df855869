"""The curators' page: collection, edits, records of visits and notes, trial."""
