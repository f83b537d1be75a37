"""Names in Python and torch that the attribute of a layer must not take."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from playground.graph.part_id import SEPARATOR

_MODULE = (
    "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda "
    "double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter "
    "get_submodule half ipu load_state_dict modules mtia named_buffers named_children "
    "named_modules named_parameters parameters register_backward_hook register_buffer "
    "register_forward_hook register_forward_pre_hook register_full_backward_hook "
    "register_full_backward_pre_hook register_load_state_dict_post_hook "
    "register_load_state_dict_pre_hook register_module register_parameter "
    "register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state "
    "set_submodule share_memory state_dict to to_empty train training type xpu zero_grad"
)
RESERVED = frozenset(_MODULE.split()) | frozenset(keyword.kwlist)
"""The public attributes of torch.nn.Module, and Python's keywords."""


def attribute_name(node_id: str, reserved: AbstractSet[str] = RESERVED) -> str:
    """The attribute name of a node in the compiled net and in exported scripts.

    A reserved name gets a trailing underscore. So does an id that already looks like such a name,
    or two nodes could share it.
    """
    return f"{node_id}_" if node_id.rstrip("_") in reserved else node_id


def unique_names(node_ids: Iterable[str], reserved: AbstractSet[str] = RESERVED) -> dict[str, str]:
    """Names for all nodes of a net by id; those of the parts of blocks have no separator."""
    ids = tuple(node_ids)
    names = {i: attribute_name(i, reserved) for i in ids if SEPARATOR not in i}
    used = set(names.values())
    for node_id in ids:
        if node_id not in names:
            name = attribute_name(node_id.replace(SEPARATOR, "_"), reserved)
            while name in used:
                name += "_"
            used.add(name)
            names[node_id] = name
    return names
