// What a program is given, and how it ends, by plain C. Its first argument says what it does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void bye(void)
{
    printf("bye\n");
}

static int given(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        printf("%s\n", argv[i]);
    for (char **at = environ; *at; at++)
        if (!strncmp(*at, "OF_", 3))
            puts(*at);
    printf("%s\n", getenv("OF_ONE"));
    setenv("OF_ONE", "changed", 1);
    printf("%s %d\n", getenv("OF_ONE"), getenv("OF_NONE") == NULL);
    return 0;
}

static int cat(void)
{
    char buffer[1000];
    for (ssize_t count; (count = read(0, buffer, sizeof buffer)) > 0;)
        for (ssize_t at = 0, some; at < count; at += some)
            if ((some = write(1, buffer + at, (size_t)(count - at))) < 0)
                return 1;
    return 0;
}

static int times(void)
{
    double begin = now();
    usleep(30000);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 20000000;
    if (until.tv_nsec >= 1000000000)
        until.tv_sec++, until.tv_nsec -= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    poll(NULL, 0, 20);
    double took = now() - begin;
    sched_yield();
    printf("%d %d\n", took >= 0.07, took < 5);
    printf("%d\n", time(NULL) > 1700000000);
    return 0;
}

// Waits for standard input, with a time limit, and tells what came.
static int waits(void)
{
    struct pollfd in[] = {{.fd = 0, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    int ready = poll(in, 2, 50);
    printf("%d %d\n", ready, in[1].revents);
    fprintf(stderr, "go\n");
    printf("%d", poll(in, 2, 10000));
    printf(" %d %d\n", in[0].revents & POLLIN, in[1].revents & POLLIN);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(0, &set);
    printf("%d\n", select(1, &set, NULL, NULL, NULL));
    char buffer[16];
    ssize_t count = read(0, buffer, sizeof buffer);
    printf("%.*s", (int)count, buffer);
    fprintf(stderr, "end\n");
    count = read(0, buffer, sizeof buffer);
    printf("%d\n", (int)count);
    struct pollfd both[] = {{.fd = 1, .events = POLLOUT}, {.fd = 99, .events = POLLIN}};
    ready = poll(both, 2, -1);
    printf("%d %d\n", ready, both[0].revents == POLLOUT);
    return 0;
}

static int numbers(void)
{
    char one[16] = {0}, other[16] = {0};
    printf("%d %d", getentropy(one, sizeof one), getentropy(other, sizeof other));
    printf(" %d\n", memcmp(one, other, sizeof one) != 0);
    return 0;
}

static int failed(const char *what, long result)
{
    printf("%s %s\n", what,
           result >= 0        ? "0"
           : errno == ENOSYS  ? "ENOSYS"
           : errno == ENOTSUP ? "ENOTSUP"
           : errno == EPERM   ? "EPERM"
           : errno == EXDEV   ? "EXDEV"
                              : strerror(errno));
    errno = 0;
    return 0;
}

// What docs/libc.md says that there is not.
static int missing(void)
{
    char byte;
    int sub = open("sub", O_RDONLY | O_DIRECTORY);
    struct stat at;
    failed("stat", stat("sub/file", &at));
    failed("accept", accept(0, NULL, NULL));
    failed("nonblock", fcntl(0, F_SETFL, O_NONBLOCK));
    failed("above", openat(sub, "../other", O_RDONLY));
    failed("rename", renameat(sub, "file", AT_FDCWD, "moved"));
    failed("popen", popen("true", "r") ? 0 : -1);
    failed("system", system("true"));
    failed("getuid", (int)getuid());
    failed("getegid", (int)getegid());
    failed("chmod", chmod("sub/file", at.st_mode ^ 0100));
    failed("same mode", chmod("sub/file", at.st_mode));
    failed("chown", chown("sub/file", at.st_uid + 1, (gid_t)-1));
    failed("same owner", chown("sub/file", (uid_t)-1, at.st_gid));
    failed("fchown", fchown(sub, (uid_t)-1, (gid_t)-1));
    failed("peek", recv(0, &byte, 1, MSG_PEEK));
    failed("recv", recv(0, &byte, 1, 0));
    failed("send", send(2, &byte, 1, 0));
    return 0;
}

// Writes to a file until that fails, and tells whether as much is there as it was told.
static int fills(void)
{
    static char bytes[100000];
    int fd = open("full", O_WRONLY | O_CREAT | O_TRUNC, 0644), wrote, sum = 0;
    while ((wrote = (int)write(fd, bytes, sizeof bytes)) > 0)
        sum += wrote;
    struct stat at;
    fstat(fd, &at);
    printf("%d %d\n", wrote, sum == at.st_size);
    return 0;
}

static int lists(void)
{
    errno = 0;
    DIR *directory = opendir("d"); // which reads the first names
    while (directory && readdir(directory))
        ;
    printf("%d\n", errno == EILSEQ);
    return 0;
}

// Makes descriptors, closes two amid them, and tells which come next.
static int many(int count)
{
    int last = 0;
    for (int i = 0; i < count; i++)
        last = dup(0);
    printf("%d", last >= count);
    close(last / 2);
    close(last / 3);
    printf(" %d", dup(0) == last / 3);
    printf(" %d", dup(0) == last / 2);
    printf(" %d\n", dup(0) == last + 1);
    return 0;
}

static int opens(const char *path)
{
    char byte;
    int fd = open(path, O_RDONLY | O_CREAT, 0644);
    printf("%d", (int)read(fd, &byte, 1));
    printf(" %d\n", open("none", O_RDONLY | O_CREAT, 0644) < 0 && errno != ENOENT);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "given"))
        return given(argc, argv);
    if (!strcmp(what, "cat"))
        return cat();
    if (!strcmp(what, "times"))
        return times();
    if (!strcmp(what, "waits"))
        return waits();
    if (!strcmp(what, "numbers"))
        return numbers();
    if (!strcmp(what, "missing"))
        return missing();
    if (!strcmp(what, "fills"))
        return fills();
    if (!strcmp(what, "lists"))
        return lists();
    if (!strcmp(what, "opens"))
        return opens(argv[2]);
    if (!strcmp(what, "many"))
        return many(atoi(argv[2]));
    atexit(bye);
    printf("buffered, ");
    if (!strcmp(what, "exit"))
        exit(atoi(argv[2]));
    if (!strcmp(what, "_exit"))
        _exit(atoi(argv[2]));
    if (!strcmp(what, "abort"))
        abort();
    return argc > 2 ? atoi(argv[2]) : 0;
}
