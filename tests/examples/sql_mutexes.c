// The mutexes of the sql example block: two fibers use one connection, and wait in the middle of each write.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include "../../examples/sql/owner.h"
#include "../../examples/sql/surroundings.h"
#include <sqlite3.h>
#include <unistd.h>
#include <weft/fiber.h>
#include <weft/libc.h>
#include <weft/wasi.h>

static sqlite3 *db;
static int writing, together, writes, errors;

bool owner_may_go_on(void)
{
    return true;
}

static ssize_t slow_write(int fd, const void *from, size_t size, off_t at)
{
    writes++;
    together += writing++ > 0;
    WEFT_FIBER_CLEANUP(weft_yield(weft_fiber_co()));
    writing--;
    return pwrite(fd, from, size, at);
}

static void run(const char *sql)
{
    errors += sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK;
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
} client;

WEFT_FIBER(client)
{
    for (int i = 0; i < 20; i++)
        run("INSERT INTO t VALUES(1)");
}

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    weft_scope scope;
    weft_child children[2];
    client clients[2];
} both;

WEFT_FIBER(both)
{
    surroundings_set_up();
    sqlite3_vfs *files = sqlite3_vfs_find("unix");
    errors += files->xSetSystemCall(files, "pwrite", (sqlite3_syscall_ptr)slow_write) != SQLITE_OK;
    errors += sqlite3_open("data/mutexes.db", &db) != SQLITE_OK;
    run("CREATE TABLE t(a)");
    for (int i = 0; i < 2; i++)
        WEFT_SPAWN(client, &self->clients[i], &self->scope, &self->children[i], .fiber.stack_size = 256 * 1024);
    WEFT_FIBER_CLEANUP(weft_join_all(co, &self->scope));
    WEFT_FIBER_CLEANUP(weft_scope_close(co, &self->scope));
    errors += sqlite3_total_changes(db) != 40;
    sqlite3_close(db);
}

typedef struct {
    weft_coro co;
    both both;
} mutexes;

WEFT_ASYNC(mutexes)
{
    WEFT_BEGIN;
    WEFT_CALL(both, &self->both, .fiber.stack_size = 256 * 1024);
    if (errors || together || writes < 40)
        WEFT_FAIL(WEFT_EIO);
    WEFT_END;
}
WEFT_COMMAND(mutexes);
