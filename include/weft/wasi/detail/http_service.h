// The export behind http_service.h. Included by it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WASI_DETAIL_HTTP_SERVICE_H
#define WEFT_WASI_DETAIL_HTTP_SERVICE_H

#include "log.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the bindings call these.
typedef uint32_t weft__http_callback_code_t;
typedef weft_task_event weft__http_event_t;

// The head of a request's root frame, which runs the handler as its child.
typedef struct weft__http_root {
    weft_coro co;
    const char *name;
    weft_coro *handler;
    weft_http_exchange *http;
    weft_step *run;
    weft__log_host log;
    bool is_whole;
} weft__http_root;

weft_stepped weft__http_run(weft_coro *co);
uint32_t weft__http_refuse(int32_t request);

#ifdef __cplusplus
}
#endif

#define WEFT_HTTP_SERVICE(T)                                                                                   \
    WEFT__STATIC_ASSERT(WEFT__IS(&((T *)0)->http, weft_http_exchange *),                                       \
                        "a frame of a service has `weft_http_exchange http`");                                 \
    typedef struct T##__service {                                                                              \
        weft_coro co;                                                                                          \
        const char *name;                                                                                      \
        weft_coro *handler;                                                                                    \
        weft_http_exchange *http;                                                                              \
        weft_step *run;                                                                                        \
        weft__log_host log;                                                                                    \
        bool is_whole;                                                                                         \
        T##__WEFT_ASYNC_is_missing_above frame __attribute__((aligned(16)));                                   \
    } T##__service;                                                                                            \
    WEFT_UNZEROED(T##__service, frame);                                                                        \
    WEFT_EXPORT_STEP_OR(weft__http, weft__service_exports_wasi_http_handler_handle, T##__service,              \
                        weft__http_run, (int32_t request), return weft__http_refuse(request),                  \
                        __builtin_memset(&self->frame, 0, WEFT__ZEROED(T));                                    \
                        self->name = #T; self->handler = &self->frame.co; self->http = &self->frame.http;      \
                        self->run = T##__step; self->frame.http.weft__request = request)

#endif
