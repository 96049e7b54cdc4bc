"""A portfolio decided by Spark, where one machine is too small."""
