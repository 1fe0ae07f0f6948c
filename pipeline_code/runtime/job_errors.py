"""The errors a job reports to the person who started it."""


class JobError(ValueError):
    """The root of a job's own errors: the message says what is wrong and what to do."""


class DataError(JobError):
    """The data given to a job cannot be used."""


class SettingError(JobError):
    """A setting of the job, such as a hyperparameter, cannot be used."""
