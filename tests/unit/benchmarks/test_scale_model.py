"""The model of many rows: fitted to measurements, it gives instances, minutes and dollars."""

from __future__ import annotations

import pytest

from benchmarks.scale_model import (
    PREPARATION,
    SIZES,
    STAGES,
    START_MINUTES,
    TRAINING,
    Measurement,
    Measurements,
    fitted,
    measured_table,
    need,
    table,
)

LINEAR = Measurements(
    tuple(
        Measurement(stage, rows, rows / 100_000, 50 + rows / 10_000)
        for stage in (PREPARATION, TRAINING)
        for rows in (10**6, 10**7)
    )
)


def test_linear_measurements_are_met():
    model = fitted(LINEAR.of(TRAINING))
    assert model.seconds_per_row == pytest.approx(1e-5)
    assert model.mebibytes(10**8) == pytest.approx(50 + 10**4)


def test_the_memory_of_a_stage_that_reads_batches_is_the_largest_measured():
    assert fitted(LINEAR.of(PREPARATION)).mebibytes(10**11) == 50 + 10**3


@pytest.mark.parametrize(
    ("rows", "instances", "is_measured"), [(10**7, 1, True), (10**8, 2, False), (10**9, 17, False)]
)
def test_instances_are_added_for_memory(rows, instances, is_measured):
    found = need(TRAINING, rows, LINEAR, 0.25)
    assert (found.instances, found.is_measured) == (instances, is_measured)
    assert found.usd == pytest.approx(instances * found.minutes / 60 * 0.25)


def test_instances_are_added_for_time():
    bounded = Measurements((Measurement(PREPARATION, 10**7, 100.0, 140.0),))
    found = need(PREPARATION, 10**9, bounded, 0.25)
    assert found.instances == 3  # 10,000 seconds of one vCPU, at most an hour
    assert found.minutes == pytest.approx(START_MINUTES + 10_000 / 60 / 3)


def test_a_new_measurement_replaces_the_old_one():
    new = LINEAR.with_one(Measurement(TRAINING, 10**7, 1.0, 1.0))
    assert len(new.all) == 4
    assert new.of(TRAINING)[-1].cpu_seconds == 1.0


def test_the_committed_measurements_have_every_stage_and_a_line_for_every_size():
    assert all(Measurements.read().of(stage) for stage in STAGES)
    assert len(table().splitlines()) == 2 + len(SIZES)
    assert "10,000,000" in measured_table()
