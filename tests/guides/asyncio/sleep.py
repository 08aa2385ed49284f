# Sleeps, then prints.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import asyncio


async def nap():
    await asyncio.sleep(0.02)
    print("awake")


asyncio.run(nap())
