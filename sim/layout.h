// What values.c needs to know of a type's layout; what others may ask is in values.h.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_SIM_LAYOUT_H
#define WEFT_SIM_LAYOUT_H

#include "values.h"

uint32_t weft_sim__align_to(uint32_t offset, uint32_t alignment);
// Of a variant, and of what the spec makes one of: enum, option, result. An option has no parts, so ask here.
uint32_t weft_sim__case_count(const weft_sim_type *type);
const weft_sim_type *weft_sim__case_type(const weft_sim_type *type, uint32_t which); // NULL: no payload
uint32_t weft_sim__discriminant_size(const weft_sim_type *type);
uint32_t weft_sim__payload_offset(const weft_sim_type *type);
// Of a record's parts.
uint32_t weft_sim__parts_alignment(const weft_sim_part *parts, uint32_t count);
uint32_t weft_sim__parts_size(const weft_sim_part *parts, uint32_t count);
// Another component is there: descriptions of one that is not may have been in its place.
void weft_sim__layout_forget(void);
// Core values of one type; 0 for NULL.
uint32_t weft_sim__flat_count_of(const weft_sim_type *type);

#endif
