# A producer and a consumer, with a queue between them.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import asyncio


async def produce(numbers):
    for number in range(1, 11):
        await numbers.put(number)
    await numbers.put(None)  # the end


async def consume():
    numbers, total = asyncio.Queue(2), 0
    async with asyncio.TaskGroup() as scope:
        scope.create_task(produce(numbers))
        while (number := await numbers.get()) is not None:
            total += number
    print(total)


asyncio.run(consume())
