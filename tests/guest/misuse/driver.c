// Calls the subject so that it breaks its rule: by itself, in a second call, or when it is cancelled.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "driver.h"

driver_callback_code_t exports_driver_run(driver_string_t *test)
{
    bool cancel = weft_rules_subject_prepare(test);
    driver_subtask_status_t status = weft_rules_subject_run(*test);
    if (DRIVER_SUBTASK_STATE(status) != DRIVER_SUBTASK_RETURNED) {
        driver_subtask_t call = DRIVER_SUBTASK_HANDLE(status);
        weft_rules_subject_poke(test);
        if (cancel) {
            driver_subtask_cancel(call);
        } else {
            driver_waitable_set_t set = driver_waitable_set_new();
            driver_waitable_join(call, set);
            driver_event_t event = {0};
            while (event.code != DRIVER_SUBTASK_RETURNED)
                driver_waitable_set_wait(set, &event);
            driver_waitable_join(call, 0);
            driver_waitable_set_drop(set);
        }
        driver_subtask_drop(call);
    }
    driver_string_free(test);
    driver_result_void_string_t result = {0};
    exports_driver_run_return(result);
    return DRIVER_CALLBACK_CODE_EXIT;
}

driver_callback_code_t exports_driver_run_callback(driver_event_t *event)
{
    (void)event;
    __builtin_trap();
}
