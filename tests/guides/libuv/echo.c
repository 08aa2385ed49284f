// A TCP server that sends back what it gets.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

struct message {
    uv_write_t write; // first
    uv_buf_t buffer;
};

static void freed(uv_handle_t *conn)
{
    free(conn);
}

static void give_room(uv_handle_t *conn, size_t size, uv_buf_t *buffer)
{
    (void)conn;
    buffer->base = malloc(size);
    buffer->len = buffer->base ? size : 0;
}

static void was_sent(uv_write_t *write, int status)
{
    struct message *message = (struct message *)write;
    if (status && !uv_is_closing((uv_handle_t *)write->handle))
        uv_close((uv_handle_t *)write->handle, freed);
    free(message->buffer.base);
    free(message);
}

static void echo(uv_stream_t *conn, ssize_t count, const uv_buf_t *buffer)
{
    struct message *message = count > 0 ? malloc(sizeof *message) : NULL;
    if (message) { // however much the peer has not read yet: nothing waits here
        message->buffer = uv_buf_init(buffer->base, (unsigned)count);
        if (!uv_write(&message->write, conn, &message->buffer, 1, was_sent))
            return;
        free(message);
    }
    free(buffer->base);
    if (count && !uv_is_closing((uv_handle_t *)conn))
        uv_close((uv_handle_t *)conn, freed);
}

static void accepted(uv_stream_t *server, int status)
{
    uv_tcp_t *conn = status ? NULL : malloc(sizeof *conn);
    if (!conn)
        return;
    uv_tcp_init(server->loop, conn);
    if (uv_accept(server, (uv_stream_t *)conn) || uv_read_start((uv_stream_t *)conn, give_room, echo))
        uv_close((uv_handle_t *)conn, freed);
}

int main(void)
{
    uv_tcp_t server;
    struct sockaddr_in address;
    int length = sizeof address;
    uv_ip4_addr("127.0.0.1", 0, &address);
    uv_tcp_init(uv_default_loop(), &server);
    if (uv_tcp_bind(&server, (struct sockaddr *)&address, 0) ||
        uv_listen((uv_stream_t *)&server, 100, accepted) ||
        uv_tcp_getsockname(&server, (struct sockaddr *)&address, &length))
        return 1;
    printf("127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
