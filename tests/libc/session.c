// A session of a line-based server by plain C, on a descriptor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// True if it ended because it was cancelled.
int session(int fd)
{
    FILE *in = fdopen(fd, "r"), *out = fdopen(fd, "w");
    char line[200];
    for (int n = 1; fgets(line, sizeof line, in); n++) {
        if (!strncmp(line, "quit", 4))
            break;
        if (!strncmp(line, "sleep", 5))
            usleep((unsigned)atoi(line + 5) * 1000);
        fprintf(out, "%d: %s", n, line);
        fflush(out);
    }
    int cancelled = ferror(in) && errno == ECANCELED;
    fprintf(out, "bye\n");
    fflush(out);
    shutdown(fd, SHUT_WR);
    fclose(in);
    fclose(out); // of a descriptor that is closed by now
    return cancelled;
}
