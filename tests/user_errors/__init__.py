"""Errors of users, planted one by one."""
