"""What leaves for another organisation and what arrives from one."""
