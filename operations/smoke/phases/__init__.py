"""The phases of a smoke run: one module for each, in the order in which they run."""

from operations.smoke.phases import approve, batch, deploy, destroy, load, monitor, predict, train

# The last phase also runs after a failure.
PHASES = (
    deploy.PHASE,
    load.PHASE,
    train.PHASE,
    approve.PHASE,
    predict.PHASE,
    batch.PHASE,
    monitor.PHASE,
    destroy.PHASE,
)
