// What of libc two fibers share, when one waits in the middle of a call. Its first argument says which.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/fiber.h>
#include <weft/libc.h>
#include <weft/wasi.h>

enum { LINES = 200, MOST = 4 };

// ---- Several at once ----

typedef struct {
    weft_coro co;
    weft_fiber fiber;
    void (*run)(int id);
    int id;
} task;

WEFT_FIBER(task)
{
    self->run(self->id);
}

static task tasks[MOST];

// Runs each in a fiber, begun in this order, and waits for all.
static void together(int count, void (*const runs[])(int id))
{
    weft_coro *co = weft_fiber_co();
    weft_scope scope = {0};
    weft_child handles[MOST] = {0};
    for (int i = 0; i < count; i++)
        WEFT_SPAWN(task, &tasks[i], &scope, &handles[i], .run = runs[i], .id = i);
    (void)WEFT_FIBER_AWAIT(weft_join_all(co, &scope));
    WEFT_FIBER_CLEANUP(weft_scope_close(co, &scope));
}
#define TOGETHER(...)                                                                                          \
    together(sizeof((void (*[])(int)){__VA_ARGS__}) / sizeof(void *), (void (*[])(int)){__VA_ARGS__})

// ---- A pipe, in which each write waits for its reader ----

static weft_bytes_reader pipe_in;
static weft_bytes_writer pipe_out;
static FILE *in, *out;
static char few[13]; // of which wasi-libc takes eight for itself

// Both ends are buffered by a few bytes, so that most calls wait in the middle of a line.
static void open_pipe(void)
{
    pipe_in = weft_bytes_reader_of(weft_bytes_new(&pipe_out));
    int fd = weft_fd(&pipe_in, &pipe_out, NULL, NULL);
    in = fdopen(fd, "r");
    out = fdopen(dup(fd), "w");
    setvbuf(out, few, _IOFBF, sizeof few);
}

static void close_pipe(void)
{
    fclose(in);
    fclose(out);
    weft_bytes_close_reader(&pipe_in);
    weft_bytes_close_writer(&pipe_out);
}

// ---- Lines ----

static int whole, in_order, switches, last[MOST], last_id;

// Counts a line, of the fiber `id`, if nothing of it is missing or from another.
static void count(const char *line)
{
    int id, number, length;
    char end[16];
    if (sscanf(line, "%d is at %d of its %15[a-z]\n%n", &id, &number, end, &length) < 3 ||
        strcmp(end, "lines") || line[length] || id >= MOST)
        return;
    whole++;
    in_order += number == last[id] + 1;
    last[id] = number;
    switches += id != last_id;
    last_id = id;
}

static void show_lines(const char *what)
{
    printf("%s: %d whole, %d in order, switched: %d\n", what, whole, in_order, switches > 10);
    whole = in_order = switches = 0;
    memset(last, 0, sizeof last);
}

static void print_lines(FILE *to, int id)
{
    for (int n = 1; n <= LINES; n++)
        switch (n % 4) {
        case 0:
            fprintf(to, "%d is at %d of its %s\n", id, n, "lines");
            break;
        case 1:
            flockfile(to);
            fputc('0' + id, to);
            fputs(" is at ", to);
            fprintf(to, "%d", n);
            fwrite(" of its lines\n", 1, 14, to);
            funlockfile(to);
            break;
        default: {
            char line[100];
            sprintf(line, "%d is at %d of its lines\n", id, n);
            fputs(line, to);
        }
        }
}

static void prints(int id)
{
    print_lines(out, id);
    fflush(id ? out : NULL);
}

static void counts(int id)
{
    char line[100];
    (void)id;
    for (int n = 0; n < 2 * LINES && fgets(line, sizeof line, in); n++)
        count(line);
}

static void two_print(void)
{
    open_pipe();
    TOGETHER(prints, prints, counts);
    close_pipe();
    show_lines("printed");
}

static int read_by[MOST];

static void gets_lines(int id)
{
    char *line = NULL;
    size_t size = 0;
    while (getline(&line, &size, in) > 0 && ++read_by[id])
        count(line);
    free(line);
}

static void prints_to_end(int id)
{
    print_lines(out, id);
    fflush(out);
    weft_bytes_close_writer(&pipe_out);
}

static void two_read(void)
{
    open_pipe();
    TOGETHER(gets_lines, prints_to_end, gets_lines);
    close_pipe();
    printf("read: %d whole, %d in order, by both: %d\n", whole, in_order, read_by[0] > 10 && read_by[2] > 10);
}

static FILE *file;

static void prints_to_file(int id)
{
    print_lines(file, id);
}

static void one_file(void)
{
    char line[100];
    file = fopen("lines", "w+");
    setvbuf(file, few, _IOFBF, sizeof few);
    TOGETHER(prints_to_file, prints_to_file);
    rewind(file);
    while (fgets(line, sizeof line, file))
        count(line);
    fclose(file);
    show_lines("file");
}

static void prints_to_stdout(int id)
{
    print_lines(stdout, id);
}

// ---- A FILE that another closes ----

static char got[MOST];

static void gets_one(int id)
{
    errno = 0;
    int c = getc(in);
    got[id] = (char)(c >= 0 ? c : errno == EBADF ? '-' : '?');
}

static void closes(int id)
{
    got[id] = fclose(in) ? '?' : 'c';
    weft_bytes_close_reader(&pipe_in);
}

static void sends(int id)
{
    usleep(1000); // by then, the others wait
    fprintf(out, "x");
    fflush(out);
    got[id] = 's';
}

static void another_closes(void)
{
    open_pipe();
    setvbuf(in, NULL, _IONBF, 0);
    TOGETHER(gets_one, closes, gets_one, sends);
    fclose(out);
    weft_bytes_close_writer(&pipe_out);
    printf("closed: %.4s\n", got);
}

// ---- Locks ----

static void locks(int id)
{
    flockfile(out);
    flockfile(out);
    usleep(2000);
    funlockfile(out);
    usleep(2000);
    got[id] = fputs("mine", out) >= 0 ? 'l' : '?';
    funlockfile(out);
}

static void tries(int id)
{
    got[id] = ftrylockfile(out) ? 'b' : '?';
}

static void waits_for_lock(int id)
{
    got[id] = fputs("his", out) == EOF && errno == ECANCELED ? 'c' : '?';
}

static void cancels(int id)
{
    usleep(1000);
    weft_cancel(&tasks[2].co);
    got[id] = fflush(in) || ftrylockfile(in) ? '?' : 'o'; // another FILE
    funlockfile(in);
}

static void cancelled(void)
{
    static char room[200]; // glibc does not keep text in less than 128
    open_pipe();
    setvbuf(out, room, _IOFBF, sizeof room);
    TOGETHER(locks, tries, waits_for_lock, cancels);
    printf("locked: %.4s %d\n", got, ftrylockfile(out));
    weft_bytes_close_reader(&pipe_in);
    close_pipe();
}

// One that may not wait has closed it, too.
static void closes_cancelled(int id)
{
    got[id] = fclose(out) == EOF && errno == ECANCELED ? 'c' : '?';
}

static void holds(int id)
{
    flockfile(out);
    fputs("held", out);
    usleep(2000);
    weft_cancel(&tasks[1].co);
    usleep(2000);
    got[id] = fputs(", left", out) >= 0 ? 'h' : '?';
    funlockfile(out);
    weft_bytes_close_writer(&pipe_out);
}

static void gets_all(int id)
{
    char text[20] = "";
    fgets(text, sizeof text, in);
    got[id] = strcmp(text, "held, left") ? '?' : 'g';
}

static void left_closed(void)
{
    open_pipe();
    int number = fileno(out);
    TOGETHER(holds, closes_cancelled, gets_all);
    got[3] = close(number) ? 'e' : '?';
    fclose(in);
    weft_bytes_close_reader(&pipe_in);
    printf("left: %.4s\n", got);
}

// ---- Flushes of all ----

static void reads_for_long(int id)
{
    got[id] = (char)getc(in);
}

// The other fiber, which reads, does not stand in the way.
static void flushes(int id)
{
    usleep(1000);
    FILE *other = fopen("other", "w");
    fputs("text", other);
    got[id] = fflush(NULL) ? '?' : 'f';
    struct stat at;
    got[2] = stat("other", &at) || at.st_size != 4 ? '?' : 'w';
    fclose(other);
    fputs("y", out);
    fflush(NULL);
}

static void all_flushed(void)
{
    open_pipe();
    TOGETHER(reads_for_long, flushes);
    close_pipe();
    printf("flushed: %.3s\n", got);
}

// ---- Directories ----

static void make_files(const char *folder)
{
    char path[100];
    mkdir(folder, 0777);
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "%s/a-file-with-a-long-name-%d", folder, i);
        close(open(path, O_CREAT | O_WRONLY, 0666));
    }
}

static int listed[MOST];

static void lists(int id)
{
    DIR *directory = opendir(id ? "b" : "a");
    for (struct dirent *entry; (entry = readdir(directory)); usleep(10))
        listed[id] += !strncmp(entry->d_name, "a-file", 6);
    closedir(directory);
}

static void two_list(void)
{
    make_files("a");
    make_files("b");
    TOGETHER(lists, lists);
    printf("listed: %d %d\n", listed[0], listed[1]);
}

// Both go to and fro, and remove a folder of their own, by a path from the root.
static void goes(int id)
{
    char path[16], here[100];
    snprintf(path, sizeof path, "/here/%d", id);
    for (int i = 0; i < 20; i++) {
        mkdir(path, 0777);
        listed[id] += chdir(id ? "/here/b" : "/here") || remove(path);
        getcwd(here, sizeof here);
        listed[id] += strcmp(here, "/here") && strcmp(here, "/here/b");
    }
}

static void two_go(void)
{
    mkdir("/here/b", 0777);
    TOGETHER(goes, goes);
    printf("gone: %d %d wrong\n", listed[0], listed[1]);
}

static void goes_away(int id)
{
    (void)id;
    chdir("/here/b");
}

static void stays(int id)
{
    char here[100];
    usleep(5000);
    printf("%d is in %s\n", id, getcwd(here, sizeof here));
}

static void one_directory(void)
{
    mkdir("/here/b", 0777);
    TOGETHER(goes_away, stays);
}

// ---- What calls keep that do not wait ----

static void splits(int id)
{
    char text[] = "a b c", other[] = "1 2 3", *at = NULL;
    char *part = id ? strtok(other, " ") : strtok(text, " ");
    for (int i = 0; i < 3; i++, part = strtok(NULL, " ")) {
        got[id] = part ? *part : '-';
        usleep(1000);
    }
    for (part = strtok_r(id ? strcpy(other, "1 2 3") : strcpy(text, "a b c"), " ", &at); part;
         part = strtok_r(NULL, " ", &at)) {
        got[id + 2] = *part;
        usleep(1000);
    }
}

static void two_split(void)
{
    TOGETHER(splits, splits);
    printf("strtok: %c %c, strtok_r: %c %c\n", got[0], got[1], got[2], got[3]);
}

static void sets(int id)
{
    setenv(id ? "B" : "A", "old", 1);
    usleep(1000);
    setenv(id ? "A" : "B", id ? "of 1" : "of 0", 1);
}

static void two_set(void)
{
    TOGETHER(sets, sets);
    printf("environment: %s, %s\n", getenv("A"), getenv("B"));
}

// ---- The end ----

static void prints_for_ever(int id)
{
    for (int n = 1;; n++)
        printf("%d is at %d of its lines\n", id, n);
}

// While another is in the middle of a write, and one more exits.
static void exits(int id)
{
    usleep(50000);
    printf("%d exits\n", id);
    exit(0);
}

static void one_exits(void)
{
    TOGETHER(prints_for_ever, exits, exits);
}

static void to_stdout(void)
{
    TOGETHER(prints_to_stdout, prints_to_stdout);
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"print", two_print},         {"read", two_read},        {"file", one_file},
    {"stdout", to_stdout},        {"close", another_closes}, {"lock", cancelled},
    {"flush", all_flushed},       {"list", two_list},        {"go", two_go},
    {"directory", one_directory}, {"split", two_split},      {"set", two_set},
    {"exit", one_exits},          {"left", left_closed},
};

typedef struct {
    weft_coro co;
    weft_fiber fiber;
} all;

WEFT_FIBER(all)
{
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        if (weft_text_equal_z(weft_argument(1), tests[i].name))
            tests[i].run();
    fflush(NULL);
}

typedef struct {
    weft_coro co;
    all all;
} shared;

WEFT_ASYNC(shared)
{
    WEFT_BEGIN;
    WEFT_TRY_CALL(all, &self->all, .fiber.stack_size = 256 * 1024);
    WEFT_END;
}
WEFT_COMMAND(shared);
