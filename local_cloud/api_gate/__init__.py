"""The gate before the API: an operation is carried out here, or refused in its own protocol.

moto has answers for hundreds of services, among them successes without any work. So what is
neither this cloud's own nor one of moto's operations with a test is refused by name.
"""
