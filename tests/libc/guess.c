// A program of which no line knows of Weft: it asks on standard output, and reads answers on standard input.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int guess(int argc, char **argv);

static void goodbye(void)
{
    printf("goodbye\n");
}

static void farewell(void)
{
    printf("farewell, ");
}

// From some depth.
static int leave(int depth, int code)
{
    volatile char room[100] = {0};
    if (depth)
        return leave(depth - 1, code) + room[depth];
    if (code)
        exit(code);
    return code;
}

static int numbers(void)
{
    char number[20];
    int sum = 0;
    printf("numbers: "); // no line yet
    while (fgets(number, sizeof number, stdin) && *number != '\n') {
        sum += atoi(number);
        printf("%d ", sum);
    }
    printf("sum %d\n", sum);
    return sum;
}

// On descriptors, and in FILEs, that are there at the end.
static void opens(int line)
{
    int number = dup(1);
    fprintf(fdopen(number, "w"), "from line %d, ", line);
    fdopen(number, "r");
    printf("%d\n", number);
}

static void locks(void)
{
    FILE *file = fdopen(dup(1), "w");
    flockfile(file);
    fprintf(file, "locked, ");
}

// Where FILEs have been that are closed.
static void fills(void)
{
    char *all[20];
    for (int i = 0; i < 20; i++)
        memset(all[i] = malloc(1200), 0xf5, 1200);
    fflush(NULL);
    for (int i = 0; i < 20; i++)
        free(all[i]);
    fclose(fdopen(dup(1), "w"));
}

int guess(int argc, char **argv)
{
    char line[200];
    atexit(goodbye);
    atexit(farewell);
    printf("%s of %d\n", argv[argc - 1], argc);
    for (int n = 1; fgets(line, sizeof line, stdin); n++) {
        if (!strcmp(line, "exit\n"))
            leave(20, n);
        else if (!strcmp(line, "_exit\n"))
            _exit(n);
        else if (!strcmp(line, "numbers\n"))
            numbers();
        else if (!strcmp(line, "warn\n"))
            fprintf(stderr, "warned in line %d\n", n);
        else if (!strcmp(line, "raw\n"))
            write(1, "raw\n", 4);
        else if (!strcmp(line, "flood\n"))
            for (int i = 0; i < 200; i++)
                printf("%065000d\n", i);
        else if (!strcmp(line, "opens\n"))
            opens(n);
        else if (!strcmp(line, "locks\n"))
            locks();
        else if (!strcmp(line, "secret\n"))
            fprintf(fdopen(1, "w"), "of %s alone, ", argv[0]);
        else if (!strcmp(line, "fills\n"))
            fills();
        else
            printf("%d: %s", n, line);
    }
    return ferror(stdin) ? errno == ECANCELED ? 100 : 99 : 0;
}
