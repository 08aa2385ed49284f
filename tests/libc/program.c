// What a program is given, and how it ends, by plain C. Its first argument says what it does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
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
    struct pollfd in = {.fd = 0, .events = POLLIN};
    printf("%d %d\n", poll(&in, 1, 50), in.revents);
    fprintf(stderr, "go\n");
    printf("%d", poll(&in, 1, 10000));
    printf(" %d\n", in.revents & POLLIN);
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
    printf("%d %d\n", poll(both, 2, -1), both[0].revents == POLLOUT);
    return 0;
}

static int numbers(void)
{
    char one[16] = {0}, other[16] = {0};
    printf("%d %d", getentropy(one, sizeof one), getentropy(other, sizeof other));
    printf(" %d\n", memcmp(one, other, sizeof one) != 0);
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
