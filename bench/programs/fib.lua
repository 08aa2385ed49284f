-- The twentieth Fibonacci number by its definition, n times; prints the sum of these.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
local n = ...

local function fib(i)
  if i < 2 then
    return i
  end
  return fib(i - 1) + fib(i - 2)
end

local sum = 0
for _ = 1, n do
  sum = sum + fib(20)
end
print(sum)
