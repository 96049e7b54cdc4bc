"""Programme: one compiled release as frozen data, the only thing that later steps read."""
