"""Catalogue: what each code of a problem means, with a wrong and a right example, in Russian and English."""
