# What docs/native.md shows: stops the service after a read, and looks around.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set pagination off
set breakpoint pending on
break upper
run in-pieces
backtrace 6
up
print self->buffer[0]@self->in.count
print self->co.line
printf "%s", weft_sim_leftovers((*weft_sim_component.self)->sim)
call (void)weft_dump()
