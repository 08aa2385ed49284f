# A timeout, and what is cleaned up then.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
import asyncio


async def work():
    try:
        await asyncio.sleep(3600)
    finally:
        print("cleaned up")


async def limited():
    try:
        await asyncio.wait_for(work(), 0.02)
    except TimeoutError:
        print("too late")


asyncio.run(limited())
