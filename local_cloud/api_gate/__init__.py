"""The gate to the services: passes supported operations on, and rejects all others.

moto responds to the operations of hundreds of services, and some of its success responses do no
work. So the gate supports the operations that this package implements, and the operations of moto
that have a test here. An error response has the protocol of its request.
"""
