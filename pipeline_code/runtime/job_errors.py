"""Errors whose message a job reports as the reason of its failure."""


class JobError(ValueError):
    """Base class of the errors of a job; the message says what is wrong and what to do."""


class DataError(JobError):
    """The data of a job cannot be used."""


class SettingError(JobError):
    """A setting of the job, such as a hyperparameter, cannot be used."""
