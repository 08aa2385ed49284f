// A TCP server that sends back what it gets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void *echo(void *given)
{
    int conn = (int)(intptr_t)given;
    char buffer[4096];
    for (ssize_t count; (count = read(conn, buffer, sizeof buffer)) > 0;)
        for (ssize_t at = 0, sent; at < count; at += sent)
            if ((sent = send(conn, buffer + at, (size_t)(count - at), MSG_NOSIGNAL)) < 0)
                goto out;
out:
    close(conn);
    return NULL;
}

int main(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&address, length) || listen(listener, 100) ||
        getsockname(listener, (void *)&address, &length))
        return 1;
    printf("127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (int conn; (conn = accept(listener, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, echo, (void *)(intptr_t)conn))
            close(conn);
        else
            pthread_detach(thread);
    }
    return 1;
}
