"""Mechanism shared by two or more services: no domain noun lives here but Principal."""
