"""Functions of Redshift that the laptop's warehouse does not support."""

from __future__ import annotations

_PREFIXES = ("st_", "h3_")
_NAMES = frozenset(
    " ".join(
        (
            # SUPER: arrays, objects, type information.
            "array array_concat array_contains array_distinct array_except array_flatten",
            "array_intersection array_position array_positions array_sort array_union",
            "get_array_length split_to_array subarray object object_transform json_parse",
            "can_json_parse json_serialize json_serialize_to_varbyte json_size json_typeof",
            "decimal_precision decimal_scale is_array is_bigint is_boolean is_char is_decimal",
            "is_float is_integer is_object is_scalar is_smallint is_varchar size",
            "lower_attribute_names upper_attribute_names get_number_attributes",
            # HLL sketches, models, geometry.
            "hll hll_create_sketch hll_cardinality hll_combine hll_combine_sketches explain_model",
            "addbbox dropbbox geometrytype supportsbbox",
            # Hashes whose algorithm is not documented, or not available here.
            "farmfingerprint64 murmur3_32_hash",
            # Formats of Teradata.
            "text_to_int_alt text_to_numeric_alt",
            "collate",
            # Administration and information about the cluster.
            "change_query_priority change_session_priority change_user_priority",
            "pg_cancel_backend pg_terminate_backend reboot_cluster set_config",
            "current_aws_account current_namespace default_iam_role has_assumerole_privilege",
            "pg_get_cols pg_get_grantee_by_iam_role pg_get_iam_role_by_user",
            "pg_get_late_binding_view_cols pg_last_copy_count pg_last_copy_id pg_last_query_id",
            "pg_last_unload_count pg_last_unload_id slice_num role_is_member_of user_is_member_of",
            "pg_timezone_names pg_timezone_abbrevs",
        )
    ).split()
)


def is_unavailable(name: str) -> bool:
    """Return whether Redshift has this function, but the laptop's warehouse does not."""
    return name in _NAMES or name.startswith(_PREFIXES)


def unavailable_names() -> list[str]:
    """Return the sorted names. The geometry functions are listed by their prefix."""
    return sorted({*_NAMES, *(f"{prefix}*" for prefix in _PREFIXES)})
