"""The painters of the demo gallery, a family of works each."""
