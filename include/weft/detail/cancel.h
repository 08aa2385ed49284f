// What the lines of cancel.h are made of. Included by cancel.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_DETAIL_CANCEL_H
#define WEFT_DETAIL_CANCEL_H

#define WEFT__CANCEL(name, kind, module, function, index)                                                      \
    WEFT__EXTERN_C WEFT__BUILTIN(module, "[async-lower][" #kind "-cancel-read-" #index "]" function) uint32_t  \
    name##__cancel_read_async(uint32_t handle);                                                                \
    WEFT__EXTERN_C WEFT__BUILTIN(module, "[async-lower][" #kind "-cancel-write-" #index "]" function) uint32_t \
    name##__cancel_write_async(uint32_t handle);                                                               \
    __attribute__((unused)) static inline void name##_cancel_read(name##_reader *in)                           \
    {                                                                                                          \
        weft__op_request_cancel(&in->op, name##__cancel_read_async);                                           \
    }                                                                                                          \
    __attribute__((unused)) static inline void name##_cancel_write(name##_writer *out)                         \
    {                                                                                                          \
        weft__op_request_cancel(&out->op, name##__cancel_write_async);                                         \
    }                                                                                                          \
    WEFT__SEMICOLON

#endif
