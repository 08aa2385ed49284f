# Two at once: each takes its time, and both have a result.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import asyncio


async def work(number):
    await asyncio.sleep(0.02)
    return number * number


async def both():
    async with asyncio.TaskGroup() as scope:
        left = scope.create_task(work(3))
        right = scope.create_task(work(4))
    print(left.result() + right.result())


asyncio.run(both())
