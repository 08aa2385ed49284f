# The functions by which the native host calls a component's exports.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

from abi import signature
from unsupported import Unsupported


class Exports:
    """`text` has the C of the functions, `rows` the initialiser of each export, by (interface, name)."""

    def __init__(self, world, tables, core_exports):
        self.world, self.tables, self.core_exports = world, tables, core_exports
        self.text, self.rows, self.callbacks = [], {}, []
        for interface, functions in world.exported.items():
            for name, function in functions.items():
                self.rows[interface, name] = self.row(interface, name, function, len(self.rows))

    def row(self, interface, name, function, number):
        core_name = name if interface is None else f"{interface}#{name}"
        lifted = f"[async-lift]{core_name}"
        asynchronous = lifted in self.core_exports
        declared = self.core_exports.get(lifted if asynchronous else core_name)
        if not declared:
            raise Unsupported(f"the world exports {core_name}, but the sources do not define it")
        params, results = signature(self.world, function, False, asynchronous)
        declared.check(params, results)

        arguments = ", ".join(f"args[{at}].{core}" for at, core in enumerate(params))
        call = f"{declared.symbol}({arguments});"
        call = f"result->{results[0]} = {call}" if results else call
        self.text.append(
            f"{declared.prototype};\n"
            f"static void enter_{number}(const weft_sim_core *args, weft_sim_core *result)\n"
            f"{{\n    (void)args;\n    (void)result;\n    {call}\n}}\n"
        )
        callback = post_return = "NULL"
        if asynchronous:
            called_back = self.core_exports.get(f"[callback]{lifted}")
            if not called_back:
                raise Unsupported(f"the async export {core_name} has no callback")
            callback = called_back.symbol
            self.callbacks.append(f"uint32_t {callback}(uint32_t event, uint32_t waitable, uint32_t code);\n")
        if after := self.core_exports.get(f"cabi_post_{core_name}"):
            after.check(results, [])
            post_return = f"leave_{number}"
            self.text.append(
                f"{after.prototype};\n"
                f"static void leave_{number}(const weft_sim_core *result)\n{{\n    {after.symbol}(result->{results[0]});\n}}\n"
            )
        described = self.tables.function(interface, name, function, True, asynchronous)
        return f"{{{described}, enter_{number}, {callback}, {post_return}}}"
