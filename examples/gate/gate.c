// Middleware: compresses replies as they stream, limits how often a client asks, and gives each request an id,
// which the next service, the client and the log get.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//     wasm-tools compose gate.wasm -d serve.wasm -o both.wasm
//     wasmtime serve -S p3,cli -W component-model-async --env BURST=50 --dir path/to/files::site both.wasm
//
// Settings: BURST, so many requests at once, and PERIOD, the time until one more; CLIENT, the header that tells
// who asks. A component does not learn the address, so a proxy in front sets it; those without are one client.
// Each instance counts for itself, as long as it lives: --max-instance-reuse-count and --idle-instance-timeout
// say how long.
#include <weft/wasi.h>
#include <zlib.h>

typedef struct {
    weft_coro co;
    weft_http_exchange *http;
    weft_fetch inner;
    bool packs;
    z_stream packer;
    weft_error error;
    _Alignas(16) uint8_t piece[16384], packed[16384];
} passing;
WEFT_UNZEROED(passing, piece);

typedef struct {
    weft_coro co;
    weft_http_exchange http;
    char id[17];
    weft_local local;
    passing passing;
} gate;
WEFT_UNZEROED(gate, passing.piece);

static const char request_id; // the key of a task-local

// The table of clients. Where it is full, who has asked least is forgotten.
enum { SETS = 256, WAYS = 4 };

// True if the client may ask now. Else *pause is how long it is until then.
static bool may_ask(weft_text name, uint32_t burst, uint64_t period, uint64_t *pause)
{
    static uint64_t seed; // so that nobody can choose a name that is taken for another
    static struct client {
        uint64_t hash;
        weft_rate rate;
    } clients[SETS][WAYS];
    seed = seed ? seed : weft_random_u64();
    uint64_t hash = seed;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)name.at[i]) * 0x100000001b3;
    struct client *set = clients[(hash ^ hash >> 32) % SETS], *it = set;
    for (struct client *other = set; it->hash != hash && other < set + WAYS; other++)
        if (other->hash == hash || other->rate.full < it->rate.full)
            it = other;
    if (it->hash != hash)
        *it = (struct client){hash, {.clock = &weft_host_clock, .period = period, .burst = burst}};
    *pause = weft_rate_pause(&it->rate);
    return weft_rate_try(&it->rate);
}

// True if the client takes gzip: "br;q=1.0, gzip;q=0.8", or "*", which is all that are not named.
static bool takes_gzip(weft_text codings)
{
    weft_text weight;
    bool takes_others = false;
    while (weft_text_next(&codings, ',', &weight)) {
        weft_text name = {0};
        bool takes =
            !weft_text_next(&weight, ';', &name) || !weft_text_starts(weft_text_trim(weight), WEFT_TEXT("q=0"));
        for (size_t i = 0; i < weight.length; i++)
            takes |= weight.at[i] >= '1' && weight.at[i] <= '9';
        if (weft_text_alike_z(weft_text_trim(name), "gzip"))
            return takes;
        takes_others |= takes && weft_text_equal_z(weft_text_trim(name), "*");
    }
    return takes_others;
}

static bool is_compressible(weft_fetch *inner)
{
    weft_text type = weft_http_media_type(weft_fetch_header(inner, "content-type"));
    weft_text cache = weft_fetch_header(inner, "cache-control");
    uint64_t length = UINT64_MAX;
    (void)weft_text_to_u64(weft_fetch_header(inner, "content-length"), &length);
    return (inner->status == 200 || inner->status >= 400) && length >= 256 &&
           !weft_fetch_header(inner, "content-encoding").at &&
           weft_text_find(cache, WEFT_TEXT("no-transform")) == cache.length &&
           (weft_text_starts(type, WEFT_TEXT("text/")) || weft_text_ends(type, WEFT_TEXT("json")) ||
            weft_text_ends(type, WEFT_TEXT("xml")) || weft_text_ends(type, WEFT_TEXT("javascript")));
}

// Adds headers or trailers of the next service, but for those that are not of a body that is compressed.
static weft_error copy(passing *self, const weft_http_header *from, size_t count,
                       weft_error (*add)(weft_http_exchange *, const weft_http_header *))
{
    weft_error error = WEFT_OK;
    for (const weft_http_header *it = from; it < from + count && !error; it++) {
        bool is_of_plain = weft_text_equal_z(it->name, "content-length") ||
                           weft_text_equal_z(it->name, "accept-ranges") || weft_text_equal_z(it->name, "etag");
        if (!(self->packs && is_of_plain))
            error = add(self->http, it);
    }
    return error;
}

// The next bytes of the reply; all of them if they do not fill the room.
static weft_text pack(passing *self)
{
    size_t came = self->inner.in.count;
    self->packer.next_out = self->packed;
    self->packer.avail_out = sizeof self->packed;
    deflate(&self->packer, !came ? Z_FINISH : came < sizeof self->piece ? Z_SYNC_FLUSH : Z_NO_FLUSH);
    return weft_text_of(self->packed, sizeof self->packed - self->packer.avail_out);
}

WEFT_ASYNC(passing)
{
    weft_http_exchange *it = self->http;
    weft_fetch *inner = &self->inner;
    const weft_http_header *all;
    size_t count;
    WEFT_BEGIN;
    weft_http_next_header_set(it, "x-request-id", weft_text_z(weft_local_get(co, &request_id)));
    WEFT_TRY(inner, weft_http_next(co, it, inner));
    if (is_compressible(inner)) {
        weft_http_header_add(it, "vary", WEFT_TEXT("accept-encoding"));
        self->packs =
            takes_gzip(weft_http_request_header(it, "accept-encoding")) &&
            !weft_text_equal_z(weft_http_method(it), "HEAD") &&
            !deflateInit2(&self->packer, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
    }
    if (self->packs)
        weft_http_header_add(it, "content-encoding", WEFT_TEXT("gzip"));
    all = weft_fetch_headers(inner, &count);
    self->error = copy(self, all, count, weft_http_header_copy);
    if (self->error)
        WEFT_FAIL(self->error);
    weft_http_begin(co, it, inner->status);
    do {
        WEFT_TRY(&inner->in, weft_bytes_read(co, &inner->in, self->piece, sizeof self->piece));
        self->packer.next_in = self->piece;
        self->packer.avail_in = inner->in.count;
        do {
            weft_text part = self->packs ? pack(self) : weft_text_of(self->piece, inner->in.count);
            WEFT_TRY(it, weft_write(co, &it->out, part));
        } while (self->packs && !self->packer.avail_out);
    } while (inner->in.count);
    all = weft_fetch_trailers(inner, &count);
    self->error = copy(self, all, count, weft_http_trailer_copy);
    if (self->error)
        WEFT_FAIL(self->error);
    WEFT_FINALLY;
    deflateEnd(&self->packer);
    weft_fetch_close(inner);
    WEFT_END;
}

WEFT_ASYNC(gate)
{
    weft_http_exchange *it = &self->http;
    weft_settings settings = {0};
    char word[64] = "";
    WEFT_BEGIN;
    weft_format(self->id, sizeof self->id, "%016llx", (unsigned long long)weft_random_u64());
    weft_local_bind(co, &self->local, &request_id, self->id);
    weft_http_header_add(it, "x-request-id", weft_text_z(self->id));
    weft_http_log_request(it, weft_text_z(self->id));
    weft_text_to_z(weft_setting_text("CLIENT", WEFT_TEXT("x-forwarded-for")), word, sizeof word);
    uint32_t burst = (uint32_t)weft_setting_integer(&settings, "BURST", 20, 1, 1000000);
    uint64_t period = weft_setting_duration(&settings, "PERIOD", WEFT_MILLISECONDS(100)), pause;
    if (settings.error)
        weft_log(WEFT_LOG_WARNING, "%s", settings.message);
    if (!may_ask(weft_http_request_header(it, word), burst, period, &pause)) {
        weft_format(word, sizeof word, "%llu", (unsigned long long)(pause + 999999999) / 1000000000);
        weft_http_header_add(it, "retry-after", weft_text_z(word));
        WEFT_TRY(it, weft_http_reply_status(co, it, 429));
    } else {
        WEFT_TRY_CALL(passing, &self->passing, .http = it);
    }
    WEFT_FINALLY;
    weft_local_unbind(&self->local);
    WEFT_END;
}
WEFT_HTTP_SERVICE(gate);
