#!/bin/sh
# Serves build/tea.cwasm at an address such as 127.0.0.1:8080.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
exec wasmtime serve --allow-precompiled --addr "$1" --no-logging-prefix --max-concurrent-requests 1000 \
    -S p3,cli -W component-model-async,max-memory-size=16777216,timeout=60s --env PRICE build/tea.cwasm
