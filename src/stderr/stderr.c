// Shows Weft's messages on the component's standard error, through WASI 0.2: a misuse traps next, so nothing
// can await. Link this in front of weft; weft_add_component does so in Debug.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <stdint.h>
#include <weft/hooks.h>

// Three imports by hand: generated bindings would clash with a user's own bindings of wasi:io.
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

IMPORT("wasi:cli/stderr@0.2.12", "get-stderr") extern int32_t get_stderr(void);

IMPORT("wasi:io/streams@0.2.12", "[method]output-stream.blocking-write-and-flush")
extern void blocking_write_and_flush(int32_t stream, const char *text, size_t length, void *result);

IMPORT("wasi:io/streams@0.2.12", "[resource-drop]output-stream") extern void drop_output_stream(int32_t stream);

// The generated object with this symbol tells `wasm-tools component new` what the imports are.
extern void __component_type_object_force_link_weft_stderr(void);
void (*const weft_stderr_force_link)(void) = __component_type_object_force_link_weft_stderr;

// The most that blocking-write-and-flush takes in one call.
#define WRITE_MAX_BYTES 4096

void weft_report(const char *text, size_t length)
{
    // result<_, stream-error>, in the canonical layout. An error only ends the loop: there is nobody to tell.
    struct {
        uint8_t is_error;
        uint8_t error;
        int32_t cause;
    } result;
    int32_t stream = get_stderr();
    while (length > 0) {
        size_t part = length < WRITE_MAX_BYTES ? length : WRITE_MAX_BYTES;
        blocking_write_and_flush(stream, text, part, &result);
        if (result.is_error)
            break;
        text += part;
        length -= part;
    }
    drop_output_stream(stream);
}
