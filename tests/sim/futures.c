// Workloads: futures, read and written, with values that own memory and without, closed unwritten, stopped and
// cancelled. Model: the reader gets one value, the one that the writer was told has moved.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "workload.h"
#include "workloads.h"

#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

enum { WRITTEN = 1000, OTHERWISE = 2000 };

typedef struct {
    uint32_t got;        // by the reader; 0 for none
    uint32_t gave;       // what the writer was told has moved; 0 for none
    bool may_be_default; // it was closed unwritten
} future_model;

static future_model model;

static void check(void)
{
    if (model.gave)
        EXPECT(model.got == model.gave, "%u was given, and %u came", model.gave, model.got);
    else
        EXPECT(!model.got || (model.may_be_default && model.got >= WRITTEN), "%u came, and nothing was given",
               model.got);
}

static void drop_text(workloads_string_t *value, bool moved)
{
    (void)moved;
    workloads_string_free(value);
    owed--;
}

static workloads_string_t text_of(uint32_t number)
{
    workloads_string_t text;
    workloads_string_dup(&text, number == WRITTEN ? "written" : "otherwise");
    owed++;
    return text;
}

static uint32_t number_of(const void *bytes, size_t length)
{
    if (length == 7 && !memcmp(bytes, "written", 7))
        return WRITTEN;
    return length == 9 && !memcmp(bytes, "otherwise", 9) ? OTHERWISE : 1;
}

WEFT_FUTURE(number, workloads_future_u32, uint32_t);
WEFT_FUTURE_OWNED(text, workloads_future_string, workloads_string_t, drop_text);

#define EXPORT_OR(...) WEFT_EXPORT_STEP_OR(__VA_ARGS__)
#define RETURN(...) WEFT_RETURN(__VA_ARGS__)

static uint32_t taken_text(workloads_string_t *value)
{
    uint32_t number = number_of(value->ptr, value->len);
    workloads_string_free(value);
    return number;
}

#define KIND number
#define VALUE uint32_t
#define MAKE(n) (n)
#define TAKEN(value) (value)
#define EXPORT_READ exports_workloads_read_number
#define RETURN_READ exports_workloads_read_number_return
#define READ_NAME "read-number"
#define EXPORT_WRITE exports_workloads_write_number
#define RETURN_WRITE exports_workloads_write_number_return
#define WRITE_NAME "write-number"
#define TAKE workloads_take_number
#define TAKE_NAME "take-number"
#define HOST_VALUE uint32_t
#define HOST_MAKE(value) ((value) = WRITTEN)
#define HOST_NUMBER(value) (value)
#define HOST_FREE(value) ((void)0)
#include "future_kind.h"

static const weft_sim_type text_type = {.kind = WEFT_SIM_STRING, .name = "string"};

#define KIND text
#define VALUE workloads_string_t
#define MAKE(n) text_of(n)
#define TAKEN(value) taken_text(&(value))
#define EXPORT_READ exports_workloads_read_text
#define RETURN_READ exports_workloads_read_text_return
#define READ_NAME "read-text"
#define EXPORT_WRITE exports_workloads_write_text
#define RETURN_WRITE exports_workloads_write_text_return
#define WRITE_NAME "write-text"
#define TAKE workloads_take_text
#define TAKE_NAME "take-text"
#define HOST_VALUE weft_sim_value
#define HOST_MAKE(value) ((value) = weft_sim_text_value(run.guest, "written"))
#define HOST_NUMBER(value) number_of((value).bytes, (value).count)
#define HOST_FREE(value) weft_sim_value_free(&text_type, &(value))
#include "future_kind.h"

const workload future_workloads[4] = {{"read-number", number_play_read, check},
                                      {"read-text", text_play_read, check},
                                      {"write-number", number_play_write, check},
                                      {"write-text", text_play_write, check}};
