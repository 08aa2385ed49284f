# The C file of a component. It defines what wit-bindgen's output leaves undefined, and describes the world to the native host.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from exports import Exports
from imports import Imports
from tables import Tables, array, literal


# By its label, because the type has that name in C.
DEFAULT = '\nextern const weft_sim_component component __asm__("weft_sim_component");\n__attribute__((__visibility__("default"))) '


def component(world, core_imports, core_exports, guards, part):
    tables = Tables(world, core_exports)
    exports = Exports(world, tables, core_exports)
    imports = Imports(world, tables, exports, core_imports)
    functions = [*exports.text, *imports.text, *(f"void {guard}(void);\nvoid {guard}(void)\n{{\n}}\n" for guard in guards)]
    resources = [f"&{name}" for name in tables.resources.values()]
    realloc = core_exports["cabi_realloc"].symbol if "cabi_realloc" in core_exports else None

    def field(name, rows):
        return f"    {name if rows else 'NULL'}, {len(rows)},\n"

    return "".join(
        [
            "// Native stubs, made by sim/stubs from the component's WIT and sources.\n",
            "#include <stub.h>\n\n",
            "static weft_sim_instance *self;\n\n",
            *exports.callbacks,
            f"void *{realloc}(void *old, size_t old_size, size_t alignment, size_t new_size);\n" if realloc else "",
            "\n",
            *tables.text,
            f"\nstatic const weft_sim_export exports[{len(exports.rows)}];\n" if exports.rows else "",
            array("weft_sim_func", "imports", imports.rows),
            array("weft_sim_resource *const", "resources", resources),
            "\n",
            "\n".join(functions),
            "\n",
            array("weft_sim_export", "exports", exports.rows.values()),
            "static " if part else DEFAULT,
            "const weft_sim_component component = {\n",
            f"    {literal(world.name)},\n",
            field("exports", exports.rows),
            field("imports", imports.rows),
            field("resources", resources),
            f"    {realloc or 'NULL'},\n",
            "    &self,\n",
            "    NULL, NULL,\n" if part else "    __start_weft_sim_parts, __stop_weft_sim_parts,\n",
            "};\n",
            "WEFT_SIM_PART part = &component;\n" if part else "",
        ]
    )
