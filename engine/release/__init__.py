"""Release: releases found, loaded, sealed and archived; a record through time."""
