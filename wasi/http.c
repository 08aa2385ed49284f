// What services and clients share: the host's errors, and headers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "http.h"

// ---- Errors ----

weft_error weft__http_error(weft__http_code *code)
{
    static const int8_t errors[] = {
        [WASI_HTTP_TYPES_ERROR_CODE_DNS_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_HTTP_TYPES_ERROR_CODE_DNS_ERROR] = WEFT_ENONAME,
        [WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_NOT_FOUND] = WEFT_EDESTINATION,
        [WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_UNAVAILABLE] = WEFT_EDESTINATION,
        [WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_IP_PROHIBITED] = WEFT_EDESTINATION,
        [WASI_HTTP_TYPES_ERROR_CODE_DESTINATION_IP_UNROUTABLE] = WEFT_EHOSTUNREACH,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_REFUSED] = WEFT_ECONNREFUSED,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_TERMINATED] = WEFT_ECONNRESET,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_READ_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_WRITE_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_LIMIT_REACHED] = WEFT_ECONNLIMIT,
        [WASI_HTTP_TYPES_ERROR_CODE_TLS_PROTOCOL_ERROR] = WEFT_ETLS,
        [WASI_HTTP_TYPES_ERROR_CODE_TLS_CERTIFICATE_ERROR] = WEFT_ETLS,
        [WASI_HTTP_TYPES_ERROR_CODE_TLS_ALERT_RECEIVED] = WEFT_ETLS,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_DENIED] = WEFT_EDENIED,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_LENGTH_REQUIRED] = WEFT_ELENGTH,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_BODY_SIZE] = WEFT_ELENGTH,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_METHOD_INVALID] = WEFT_EMETHOD,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_URI_INVALID] = WEFT_EURI,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_URI_TOO_LONG] = WEFT_EURI,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_HEADER_SECTION_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_HEADER_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_TRAILER_SECTION_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_TRAILER_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_INCOMPLETE] = WEFT_EEOF,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_HEADER_SECTION_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_HEADER_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE] = WEFT_ELENGTH,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_TRAILER_SECTION_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_TRAILER_SIZE] = WEFT_EHEADER,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_TRANSFER_CODING] = WEFT_ECODING,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_CONTENT_CODING] = WEFT_ECODING,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_TIMEOUT] = WEFT_ETIMEDOUT,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_UPGRADE_FAILED] = WEFT_EUPGRADE,
        [WASI_HTTP_TYPES_ERROR_CODE_HTTP_PROTOCOL_ERROR] = WEFT_EPROTO,
        [WASI_HTTP_TYPES_ERROR_CODE_LOOP_DETECTED] = WEFT_EREDIRECTS,
        [WASI_HTTP_TYPES_ERROR_CODE_CONFIGURATION_ERROR] = WEFT_ECONFIG,
    };
    weft_error error = code->tag < sizeof errors ? (weft_error)errors[code->tag] : WEFT_EINTERNAL;
    weft__wasi_http_types_error_code_free(code);
    return error;
}

// A host may have one code for a body that was cut short and for one that breaks the protocol. In either case,
// not all has come.
weft_error weft__http_body_error(weft_error error)
{
    return error == WEFT_EPROTO ? WEFT_EEOF : error;
}

// ---- Bodies ----

weft_error weft__http_cut(const weft_deadline *deadline)
{
    return deadline && deadline->expired ? WEFT_ETIMEDOUT : WEFT_ECANCELED;
}

typedef weft__wasi_http_types_result_void_error_code_t received_result;
WEFT_FUTURE(received, weft__wasi_http_types_future_result_void_error_code, received_result);

uint32_t weft__http_received(void)
{
    received_writer out;
    received_reader in = received_reader_of(received_new(&out, (received_result){0}));
    if (received_close_writer(NULL, &out))
        return received_hand_on(&in);
    received_close_reader(&in);
    weft__wasi_http_types_future_result_void_error_code_write(out.op.handle, &out.value); // nobody is there
    weft__wasi_http_types_future_result_void_error_code_drop_writable(out.op.handle);
    return 0;
}

weft__http_contents weft__http_request_body(int32_t request, uint32_t received)
{
    weft__http_contents body;
    weft__wasi_http_types_static_request_consume_body((weft__wasi_http_types_own_request_t){request}, received,
                                                      &body);
    return body;
}

weft__http_contents weft__http_response_body(int32_t response, uint32_t received)
{
    weft__http_contents body;
    weft__wasi_http_types_static_response_consume_body((weft__wasi_http_types_own_response_t){response},
                                                       received, &body);
    return body;
}

void weft__http_collect_from(weft__http_collect *self, weft_bytes_reader *in, weft_bytes_buffer *buffer,
                             size_t limit, weft_error *error, const weft_deadline *deadline)
{
    self->in = in;
    self->buffer = buffer;
    self->limit = limit;
    self->error = error;
    self->deadline = deadline;
    self->to_end.error = WEFT_ECANCELED; // before the first step
}

weft_stepped weft__http_collect_run(weft_coro *co)
{
    weft__http_collect *self = weft_frame(co, weft__http_collect);
    WEFT_BEGIN;
    WEFT_AWAIT(weft_bytes_read_to_end(co, &self->to_end, self->in, self->buffer, self->limit));
    WEFT_FINALLY;
    weft_error error = self->to_end.error ? self->to_end.error : self->in->error;
    *self->error = weft_cancelled(co) && error == WEFT_ECANCELED ? weft__http_cut(self->deadline) : error;
    WEFT_END;
}

// ---- Heads ----

const char *const weft__http_methods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                          "CONNECT", "OPTIONS", "TRACE", "PATCH"};

weft_text weft__decimal(uint64_t number, char digits[20])
{
    char *at = digits + 20;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    return weft_text_of(at, (size_t)(digits + 20 - at));
}

weft__wasi_http_types_borrow_fields_t weft__http_made(int32_t *fields)
{
    if (!*fields)
        *fields = weft__wasi_http_types_constructor_fields().__handle;
    return (weft__wasi_http_types_borrow_fields_t){*fields};
}

static weft_error header_error(bool is_done, weft__wasi_http_types_header_error_t *error)
{
    if (is_done)
        return WEFT_OK;
    weft__wasi_http_types_header_error_free(error);
    return WEFT_EHEADER;
}

weft_error weft__http_append(int32_t *fields, weft_text name, weft_text value)
{
    weft__wasi_http_types_field_name_t field = {(uint8_t *)name.at, name.length};
    weft__wasi_http_types_field_value_t content = {(uint8_t *)value.at, value.length};
    weft__wasi_http_types_header_error_t error;
    if (!weft_text_is_utf8(name))
        return WEFT_EHEADER;
    return header_error(
        weft__wasi_http_types_method_fields_append(weft__http_made(fields), &field, &content, &error), &error);
}

weft_error weft__http_append_all(int32_t *fields, const weft_http_header *headers, size_t count)
{
    weft__wasi_http_types_list_tuple2_field_name_field_value_t all = {(void *)(uintptr_t)headers, count};
    weft__wasi_http_types_header_error_t error;
    weft__wasi_http_types_own_fields_t made;
    weft_error result = WEFT_OK;
    if (!*fields) {
        result = header_error(weft__wasi_http_types_static_fields_from_list(&all, &made, &error), &error);
        *fields = result ? 0 : made.__handle;
        return result;
    }
    for (size_t i = 0; i < count && !result; i++)
        result = weft__http_append(fields, headers[i].name, headers[i].value);
    return result;
}

weft_error weft__http_set(int32_t *fields, weft_text name, weft_text value)
{
    weft__wasi_http_types_field_name_t field = {(uint8_t *)name.at, name.length};
    weft__wasi_http_types_field_value_t content = {(uint8_t *)value.at, value.length};
    weft__wasi_http_types_list_field_value_t all = {&content, value.at != NULL};
    weft__wasi_http_types_header_error_t error;
    if (!weft_text_is_utf8(name))
        return WEFT_EHEADER;
    return header_error(weft__wasi_http_types_method_fields_set(weft__http_made(fields), &field, &all, &error),
                        &error);
}

void weft__http_drop_fields(int32_t *fields)
{
    if (*fields)
        weft__wasi_http_types_fields_drop_own((weft__wasi_http_types_own_fields_t){*fields});
    *fields = 0;
}

weft__http_headers weft__http_all_of(weft__wasi_http_types_own_fields_t fields)
{
    weft__wasi_http_types_list_tuple2_field_name_field_value_t all;
    weft__wasi_http_types_method_fields_copy_all((weft__wasi_http_types_borrow_fields_t){fields.__handle},
                                                 &all);
    weft__wasi_http_types_fields_drop_own(fields);
    return (weft__http_headers){(weft_http_header *)(void *)all.ptr, all.len};
}

void weft__http_free_headers(weft__http_headers *headers)
{
    weft__wasi_http_types_list_tuple2_field_name_field_value_t all = {(void *)headers->all, headers->count};
    weft__wasi_http_types_list_tuple2_field_name_field_value_free(&all);
    *headers = (weft__http_headers){0};
}

weft_text weft__http_value(const weft__http_headers *headers, const char *name)
{
    for (size_t i = 0; i < headers->count; i++)
        if (weft_text_alike_z(headers->all[i].name, name))
            return headers->all[i].value;
    return (weft_text){NULL, 0};
}
