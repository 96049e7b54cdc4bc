"""Report: outcomes and problems as text for people (`page`, then `terminal` or `markdown`) and programs (`data`)."""
