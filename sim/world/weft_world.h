// WASI 0.3 for components in the native host, on this machine: its clocks, its random numbers, its files, its
// network, and the standard streams of the process. What a script answers itself (weft_sim_answer() after
// weft_world_answer()) is not asked of the world.
//
// Here are wasi:cli, wasi:clocks, wasi:filesystem, wasi:http, wasi:random and wasi:sockets, of every version
// 0.3.x. A call of another interface of wasi: ends the run with a message.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef WEFT_WORLD_H
#define WEFT_WORLD_H

#include "../weft_sim.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_world weft_world;

// In cut_after: the schedule draws it for each stream, and some are not cut.
#define WEFT_WORLD_CUT_ANYWHERE UINT64_MAX

// A directory that a program may use, under this name. Nothing in it leads out of it.
typedef struct weft_world_directory {
    int number; // open(2) gave it
    const char *name;
} weft_world_directory;

// Zero-initialised is a program without arguments and variables. What is pointed to is the caller's, and stays.
typedef struct weft_world_options {
    const char *const *arguments; // the first is the program's name
    uint32_t argument_count;
    const char *const *environment; // each is NAME=value
    uint32_t variable_count;
    const char *directory; // the one that the program is told that it is in; NULL: none
    const weft_world_directory *directories;
    uint32_t directory_count;
    bool tcp, udp; // the program may use the network by them, whatever the address
    bool names;    // and ask for the addresses of names
    uint16_t hold; // of a thousand calls of async functions, how many stay STARTING at first, by the schedule
    bool seeded;   // random numbers are drawn from the schedule, so that a seed has them again
    // Time stands while anybody can go on, and then is the one that is waited for first. It begins at the same
    // time in each run. Those outside have a tenth of a second of real time for what somebody waits for, too.
    bool virtual_time;
    bool slow; // each copy of a stream moves a few items, and takes some ms; the schedule draws both
    bool cut;  // each stream of bytes has its other side gone after so many of them
    uint64_t cut_after;
} weft_world_options;

// The outside of a host, which it takes over: weft_sim_on_idle(), weft_sim_on_resource_drop(). The standard
// streams are descriptors 0, 1 and 2.
weft_world *weft_world_new(weft_sim *sim, const weft_world_options *options);
// Answers the imports of wasi: of a component that lives in that host.
void weft_world_answer(weft_world *world, const weft_sim_component *component);
// Has calls fail that a component makes which is answered (weft_world_answer() before it). `fault` is
// CALL:ERROR for each, CALL:ERROR@N for the Nth, or CALL:ERROR%P for P in 100, drawn from the schedule. CALL is
// the end of a name such as "wasi:filesystem/types#descriptor.open-at", or libc's name for it ("open"); ERROR
// is a case of its error-code, or libc's name for that ("ENOSPC"). A * in the place of one is any, of errors by
// the schedule. A call that answers by a future, with a stream or without one, fails there: the stream is at
// its end at once. Returns NULL; or what is wrong and what there is, which is valid until the next time.
const char *weft_world_fail(weft_world *world, const char *fault);
// From here on nothing comes from outside: what can still happen inside does (weft_sim_settle), and no more.
void weft_world_end(weft_world *world);
// True if a component has ended the run by wasi:cli/exit, which is WEFT_SIM_STOPPED, and with which code.
bool weft_world_exited(const weft_world *world, int *code);
// Calls `told` in a run, between two steps of it, for this signal and those that were given before. From here
// on the process gets it in no other way. If the system has no descriptor for that, it says so on standard
// error, and the signal does what it did.
void weft_world_on_signal(weft_world *world, int signal, void (*told)(void *data), void *data);
// A component that exports wasi:http/handler, for clients that a socket has.
typedef struct weft_world_service {
    weft_world *world;
    const weft_sim_component *component;
    weft_sim_instance *instance;
    int listener; // bound, listening and O_NONBLOCK; the caller's
    int stop;     // a descriptor: once it can be read, no more clients are accepted; -1: none
} weft_world_service;
// A script, whose data is a weft_world_service. It ends when it was stopped and those in flight are answered.
// If the run ends otherwise, weft_world_free() tells clients that still wait so, by a status of 500.
void weft_world_serve(weft_sim *sim, void *service);
// Before weft_sim_free().
void weft_world_free(weft_world *world);

// What makes a component a program; NULL if it is none.
const weft_sim_export *weft_world_program(const weft_sim_component *component);
bool weft_world_is_service(const weft_sim_component *component);
// The import by that name, of whatever interface; NULL if there is none.
const weft_sim_func *weft_world_import(const weft_sim_component *component, const char *name);

// ---- A test that is a script, and has the world for all that the script does not do itself ----

typedef struct weft_world_test weft_world_test;
struct weft_world_test {
    const weft_sim_component *component; // "weft_sim_component" is its label, if it is linked with the test
    weft_world_options options;
    const char *takes; // an interface, without its version: the script answers its async functions; or NULL
    uint64_t seed;     // draws what a host may choose; 0: nothing unusual
    void (*script)(weft_world_test *test);
    bool failed; // the script sets it, if it is not content
    // While it runs.
    weft_sim *sim;
    weft_world *world;
    weft_sim_instance *instance;
};
// Runs the script with an instance of the component, until the script has ended and nothing else can happen.
// What main() may return: 0; the code that the component exited with; or 1, if the script set `failed`, or with
// a report of a trap or a deadlock on standard error.
int weft_world_test_run(weft_world_test *test);

// The rest is for scripts, and blocks.

// Runs a program: true if it says that all is well.
bool weft_world_run(weft_sim_instance *instance, const weft_sim_component *component);
// Until a descriptor, -1 for none, is ready for these events of poll(2): true; or until so many ns are over,
// UINT64_MAX for ever: false. `what` is said in reports.
bool weft_world_wait(weft_world *world, const char *what, int descriptor, short events, uint64_t timeout);

// A request or a response, whole. What is taken is the script's, until weft_world_http_free(); of what is
// given, no member is needed.
typedef struct weft_world_http {
    char *method, *path; // of a request; given as NULL: GET, /
    char *authority;     // of a request, whose scheme is HTTP; given as NULL: neither; taken: none is ""
    uint16_t status;     // of a response; given as 0: 200
    char *headers;       // lines "name: value", with a \n between; given, what a host forbids is left out
    char *body;          // with a NUL behind it
    size_t length;       // of the body; given as 0: as long as a text is
    const char *error;   // a case of error-code in place of it, or of the rest of its body
} weft_world_http;
void weft_world_http_free(weft_world_http *it);
// The next request that the component sends by "wasi:http/client", which the script takes: and the call, for
// weft_world_respond(). Its body is what a host would send: none of a GET, HEAD or CONNECT without
// content-length, and no more than a content-length says. If that is cut, or the call is to be cancelled before
// it is whole, `error` says so, and the body is what there was.
weft_sim_call *weft_world_accept(weft_world_test *test, weft_world_http *request);
void weft_world_respond(weft_world_test *test, weft_sim_call *call, const weft_world_http *response);
// Has the component, which is a service, handle a request. A status that no host sends comes as 500.
weft_world_http weft_world_ask(weft_world_test *test, const weft_world_http *request);

#ifdef __cplusplus
}
#endif

#endif
