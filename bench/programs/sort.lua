-- Sorts 1,000 numbers, as they are and by a function, n times; prints how many there were that are in order.
-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
local n = ...

local function numbers()
  local all, seed = {}, 1
  for i = 1, 1000 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    all[i] = seed
  end
  return all
end

local right = 0
for _ = 1, n do
  local up, down = numbers(), numbers()
  table.sort(up)
  table.sort(down, function(a, b)
    return a > b
  end)
  for i = 1, 1000 do
    if up[i] == down[1001 - i] and (i == 1 or up[i - 1] < up[i]) then
      right = right + 1
    end
  end
end
print(right)
